import { cpSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AssetHashType,
  DockerImage,
  type Duration,
  RemovalPolicy,
  Validations,
} from "aws-cdk-lib";
import {
  Grant,
  type IGrantable,
  type IPrincipal,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  Function,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { ENV } from "bedrock-chat-server/names";
import { Construct } from "constructs";
import { expected } from "./validate.ts";

const SETTINGS_FILE = "settings.json";

export interface ChatFunctionProps {
  /** Folder with an `index.mjs` that exports `handler`. */
  readonly codePath: string;
  readonly description: string;
  /** Packed beside the code as one JSON file, for which the environment's 4 KB would be too small. */
  readonly settings: object;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  /** MB; Lambda gives CPU in proportion. */
  readonly memorySize: number;
  /**
   * Invocations that run at the same time at most, and are kept free for this function.
   *
   * @default - what the account has left
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * How long the log is kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
}

/** A Lambda function of the chat, with a role and a log group of its own and no permission but to log and to trace. */
export class ChatFunction extends Construct implements IGrantable {
  readonly function: Function;
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, props: ChatFunctionProps) {
    super(scope, id);
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    });
    this.grantPrincipal = role;
    const logGroup = new LogGroup(this, "Logs", {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    this.function = new Function(this, "Function", {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: "index.handler",
      code: codeWithSettings(props.codePath, props.settings),
      environment: { ...props.environment, [ENV.settingsFile]: SETTINGS_FILE },
      timeout: props.timeout,
      memorySize: props.memorySize,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      role,
      logGroup,
      tracing: Tracing.ACTIVE,
    });
    Validations.of(role).acknowledge({
      id: "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
      reason:
        "AWS X-Ray knows no resources: its two write actions take only *.",
    });
  }

  /** Lets `grantee` invoke the function itself, none of its versions or aliases. */
  grantInvoke(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ["lambda:InvokeFunction"],
      resourceArns: [this.function.functionArn],
    });
  }
}

/** The handler's folder with the settings written into it, made at synthesis and without Docker. */
function codeWithSettings(codePath: string, settings: object): Code {
  if (!existsSync(join(codePath, "index.mjs")))
    return expected("codePath", codePath, "a folder that holds index.mjs");
  const json = `${JSON.stringify(settings, null, 2)}\n`;
  return Code.fromAsset(codePath, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry("never-used"),
      // CDK takes bundlings of an app that differ in a function only for the same one: two chats would share their settings.
      environment: { SETTINGS: json },
      local: {
        tryBundle(outputPath) {
          cpSync(codePath, outputPath, { recursive: true });
          writeFileSync(join(outputPath, SETTINGS_FILE), json);
          return true;
        },
      },
    },
  });
}
