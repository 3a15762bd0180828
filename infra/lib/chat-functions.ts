import { join } from "node:path";
import { Duration, Validations } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { ENV, WORKER_MAX_EVENT_AGE_SECONDS } from "bedrock-chat-server/names";
import { Construct } from "constructs";
import { HANDLERS_PATH } from "./assets.ts";
import type { ChatApi } from "./chat-api.ts";
import { ChatFunction } from "./chat-function.ts";
import type { ChatTable } from "./chat-table.ts";
import {
  grantApplyGuardrail,
  grantInvokeModels,
  type ModelAccessOptions,
} from "./model-access.ts";
import { type ChatSettings, settingsFile } from "./settings.ts";
import { matching, wholeNumber } from "./validate.ts";
import type { VisitorKey } from "./visitor-key.ts";

export interface ChatFunctionsProps extends ChatSettings, ModelAccessOptions {
  readonly api: ChatApi;
  readonly table: ChatTable;
  readonly visitorKey: VisitorKey;
  /**
   * Folder with `router/index.mjs` and `worker/index.mjs`.
   *
   * @default - the handlers of this package
   */
  readonly handlersPath?: string;
  /**
   * Longest time that one answer may take, in seconds.
   *
   * @default 900
   */
  readonly workerTimeoutSeconds?: number;
  /**
   * Answers that are given at the same time at most. More questions wait up to a minute and then fail.
   *
   * @default - what the account has left
   */
  readonly workerConcurrency?: number;
  /**
   * How long the functions' logs are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * Least severe messages that are logged.
   *
   * @default "INFO"
   */
  readonly logLevel?: "DEBUG" | "INFO" | "WARN" | "ERROR";
  /**
   * Whether every frame is logged in full, with what visitors write and their tokens: to find a fault, never for long.
   *
   * @default false
   */
  readonly logFrames?: boolean;
}

/** What is left when API Gateway waits 29 seconds at most; every frame is answered far sooner. */
const ROUTER_TIMEOUT = Duration.seconds(10);
const MEMORY_MB = 512;
const MOST_LAMBDA_SECONDS = 900;

/** The router, which serves the API's routes, and the worker, which alone may call a model. */
export class ChatFunctions extends Construct {
  readonly router: ChatFunction;
  readonly worker: ChatFunction;
  /** Questions whose worker never ran or died. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: ChatFunctionsProps) {
    super(scope, id);
    const { api, table, visitorKey, logRetention } = props;
    const handlers = props.handlersPath ?? HANDLERS_PATH;
    const settings = settingsFile(props);
    const environment = {
      [ENV.tableName]: table.table.tableName,
      [ENV.callbackUrl]: api.stage.callbackUrl,
      [ENV.logLevel]: matching(
        "logLevel",
        props.logLevel ?? "INFO",
        /^(DEBUG|INFO|WARN|ERROR)$/,
        "DEBUG, INFO, WARN or ERROR",
      ),
      ...(props.logFrames && { [ENV.logFrames]: "on" }),
    };

    this.worker = new ChatFunction(this, "Worker", {
      description: "Has the model answer one question of the chat",
      codePath: join(handlers, "worker"),
      settings,
      environment,
      timeout: Duration.seconds(
        wholeNumber(
          "workerTimeoutSeconds",
          props.workerTimeoutSeconds ?? MOST_LAMBDA_SECONDS,
          30,
          MOST_LAMBDA_SECONDS,
        ),
      ),
      memorySize: MEMORY_MB,
      reservedConcurrentExecutions:
        props.workerConcurrency === undefined
          ? undefined
          : wholeNumber(
              "workerConcurrency",
              props.workerConcurrency,
              1,
              100_000,
            ),
      logRetention,
    });
    this.router = new ChatFunction(this, "Router", {
      description: "Serves the connections and frames of the chat",
      codePath: join(handlers, "router"),
      settings,
      environment: {
        ...environment,
        [ENV.workerFunctionName]: this.worker.function.functionName,
        [ENV.visitorKeySecretId]: visitorKey.secret.secretArn,
      },
      timeout: ROUTER_TIMEOUT,
      memorySize: MEMORY_MB,
      logRetention,
    });

    this.deadLetters = new Queue(this, "DeadLetters", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetters).acknowledge({
      id: "AwsSolutions::AwsSolutions-SQS3",
      reason:
        "This is a dead-letter queue itself: it takes what Lambda could not run.",
    });
    // One question is billed once: Lambda never runs the worker again for the same event.
    this.worker.function.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: Duration.seconds(WORKER_MAX_EVENT_AGE_SECONDS),
      onFailure: new SqsDestination(this.deadLetters),
    });

    for (const grantee of [this.router, this.worker]) {
      table.grantReadWrite(grantee);
      api.grantManageConnections(grantee);
    }
    visitorKey.grantRead(this.router);
    this.worker.grantInvoke(this.router);
    grantInvokeModels(this.worker, props.models, props);
    if (props.guardrail) grantApplyGuardrail(this.worker, props.guardrail);
    api.serveBy(this.router.function);
  }

  /** Has the router take visitors' addresses from what CloudFront says, if it brings this key. */
  believeEdge(originKey: ISecret): void {
    const { function: router } = this.router;
    router.addEnvironment(ENV.edgeKeySecretId, originKey.secretArn);
    originKey.grantRead(this.router);
  }
}
