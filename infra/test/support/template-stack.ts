import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ENV } from "bedrock-chat-server/names";
import { startBedrockEndpoint } from "../../../server/local/bedrock/endpoint.ts";
import type { EndpointModel } from "../../../server/local/bedrock/endpoint-model.ts";
import { startDynamoDb } from "../../../server/local/dynamodb.ts";
import {
  baseEnvironment,
  LOCAL_AWS,
} from "../../../server/local/environment.ts";
import { Gateway } from "../../../server/local/gateway/gateway.ts";
import { refuseUpgrade } from "../../../server/local/gateway/handshake.ts";
import { listen } from "../../../server/local/http.ts";
import {
  type LambdaEndpoint,
  startLambdaEndpoint,
} from "../../../server/local/lambda/endpoint.ts";
import { startSecrets } from "../../../server/local/secrets.ts";
import {
  ACCOUNT,
  API_ID,
  type DeployedTemplate,
  REGION,
  type Resource,
} from "./deployed-template.ts";
import {
  readBedrock,
  readConnections,
  readDynamoDb,
  type Reader,
  readLambda,
  readSecrets,
  startGuard,
} from "./guard.ts";
import { type Ask, matches, permissionsOf } from "./permissions.ts";
import { apiOf } from "./template-api.ts";
import { connectKeysOf, edgeOf, edgeServer } from "./template-edge.ts";

export interface TemplateStack {
  /** What visitors connect to: CloudFront where the template has it in front, or else the API. */
  readonly webSocketUrl: string;
  readonly apiUrl: string;
  /** What roles and resource policies did not allow, in words. */
  readonly denied: readonly string[];
  close(): Promise<void>;
}

interface FunctionProperties {
  readonly Code: { S3Key: string };
  readonly Environment: { Variables: Record<string, string> };
  readonly Role: string;
  readonly Timeout: number;
}

/**
 * Runs what a template describes, on this machine: its table, its API, its functions with the packed code and the
 * environment that it gives them, and between them and each service the permissions of their roles.
 *
 * @param assembly Folder of the cloud assembly, with the packed code.
 */
export async function startTemplateStack(
  template: DeployedTemplate,
  assembly: string,
  model: EndpointModel,
): Promise<TemplateStack> {
  const closers: (() => void | Promise<void>)[] = [];
  const keep = <T extends { close(): void | Promise<void> }>(started: T): T => {
    closers.push(() => started.close());
    return started;
  };
  const denied: string[] = [];
  const front = createServer();
  const { url, port } = keep(await listen(front));
  const secrets = secretsOf(template);
  const edge = edgeOf(template, secrets);
  const edgeUrl = edge && keep(await listen(edgeServer(edge, front))).url;
  const services = {
    dynamodb: keep(await startTable(template.only("AWS::DynamoDB::Table"))).url,
    bedrock: keep(await startBedrockEndpoint({ model })).url,
    secrets: keep(await startSecrets(secrets)).url,
    connections: url,
    lambda: "",
  };

  const functions = await Promise.all(
    chatFunctions(template).map(async (resource) => {
      const properties = resource.properties as unknown as FunctionProperties;
      const isAllowed = permissionsOf(template, roleOf(properties));
      const guard = async (target: () => string, asks: Reader) => {
        const onDenied = ({ action, resource: on }: Ask) =>
          void denied.push(`${resource.id} may not ${action} on ${on}`);
        return keep(await startGuard({ target, asks, isAllowed, onDenied }))
          .url;
      };
      const code = join(
        assembly,
        `asset.${properties.Code.S3Key.slice(0, 64)}`,
      );
      const variables = properties.Environment.Variables;
      return {
        name: resource.id,
        entry: pathToFileURL(join(code, "index.mjs")),
        timeoutMs: properties.Timeout * 1_000,
        env: {
          ...baseEnvironment(process.env),
          ...LOCAL_AWS,
          ...variables,
          AWS_ENDPOINT_URL_DYNAMODB: await guard(
            () => services.dynamodb,
            readDynamoDb,
          ),
          AWS_ENDPOINT_URL_BEDROCK_RUNTIME: await guard(
            () => services.bedrock,
            readBedrock,
          ),
          AWS_ENDPOINT_URL_SECRETS_MANAGER: await guard(
            () => services.secrets,
            readSecrets,
          ),
          AWS_ENDPOINT_URL_LAMBDA: await guard(
            () => services.lambda,
            readLambda,
          ),
          // Lambda runs in the folder of the code, a thread does not.
          [ENV.settingsFile]: join(code, variables[ENV.settingsFile] ?? ""),
          [ENV.callbackUrl]: localCallbackUrl(
            variables[ENV.callbackUrl],
            await guard(() => services.connections, readConnections),
          ),
        },
        asynchronous: asyncConfig(template, resource.id),
      };
    }),
  );
  const lambda = keep(
    await startLambdaEndpoint({ functions: () => functions }),
  );
  services.lambda = lambda.url;

  const gateway = keep(
    startGateway(template, lambda, (reason) => denied.push(reason)),
  );
  const connectKeys = connectKeysOf(template, secrets);
  front.on("upgrade", (request, stream, head) => {
    const key = String(request.headers["x-api-key"]);
    if (connectKeys?.includes(key) === false)
      refuseUpgrade(stream, 403, '{"message":"Forbidden"}');
    else void gateway.handleUpgrade(request, stream, head);
  });
  front.on("request", (request, response) => {
    void gateway.handleRequest(request, response);
  });
  const { StageName } = template.only("AWS::ApiGatewayV2::Stage").properties;
  const apiUrl = `ws://127.0.0.1:${port}/${StageName as string}`;
  return {
    webSocketUrl: edgeUrl?.replace(/^http/, "ws") ?? apiUrl,
    apiUrl,
    denied,
    close: async () => {
      for (const end of closers.reverse()) await end();
    },
  };
}

/** The functions with the handlers' environment, and not those that CDK brings along. */
export const chatFunctions = (template: DeployedTemplate): Resource[] =>
  template.ofType("AWS::Lambda::Function").filter(({ properties }) => {
    const { Environment } = properties as Partial<FunctionProperties>;
    return Environment?.Variables[ENV.tableName] !== undefined;
  });

function startTable({ id, properties }: Resource) {
  const { TimeToLiveSpecification, ...table } = properties as {
    TimeToLiveSpecification: { AttributeName: string };
  } & Record<string, unknown>;
  const pick = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, table[name]]));
  return startDynamoDb({
    table: {
      TableName: id,
      ...pick(
        "AttributeDefinitions",
        "BillingMode",
        "KeySchema",
        "LocalSecondaryIndexes",
      ),
    },
    timeToLive: TimeToLiveSpecification.AttributeName,
  });
}

/** Secrets as CloudFormation generates them. */
function secretsOf(template: DeployedTemplate): Record<string, string> {
  return Object.fromEntries(
    template.ofType("AWS::SecretsManager::Secret").map(({ id, properties }) => {
      const { SecretStringTemplate, GenerateStringKey, PasswordLength } =
        properties.GenerateSecretString as {
          SecretStringTemplate?: string;
          GenerateStringKey?: string;
          PasswordLength: number;
        };
      const generated = "k".repeat(PasswordLength);
      return [
        `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${id}`,
        SecretStringTemplate === undefined
          ? generated
          : JSON.stringify({
              ...(JSON.parse(SecretStringTemplate) as object),
              [GenerateStringKey!]: generated,
            }),
      ];
    }),
  );
}

const roleOf = ({ Role }: FunctionProperties): string =>
  Role.replace(/^<(.+)\.Arn>$/, "$1");

/** The same stage by way of the guard, if the template's is the right one. */
function localCallbackUrl(url: string | undefined, guard: string): string {
  const origin = `https://${API_ID}.execute-api.${REGION}.amazonaws.com/`;
  if (!url?.startsWith(origin))
    throw new Error(`The callback URL is ${url}; expected ${origin}….`);
  return `${guard}/${url.slice(origin.length)}`;
}

function asyncConfig(template: DeployedTemplate, functionId: string) {
  const config = template
    .ofType("AWS::Lambda::EventInvokeConfig")
    .find(({ properties }) => properties.FunctionName === functionId);
  if (!config) return {};
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } =
    config.properties as Record<string, number>;
  return {
    retryAttempts: MaximumRetryAttempts!,
    maxEventAgeMs: MaximumEventAgeInSeconds! * 1_000,
  };
}

/** API Gateway invokes only what a permission of the function allows it to. */
function startGateway(
  template: DeployedTemplate,
  lambda: LambdaEndpoint,
  onDenied: (reason: string) => void,
) {
  const api = apiOf(template);
  const permissions = template
    .ofType("AWS::Lambda::Permission")
    .map(({ properties }) => properties as Record<string, string>)
    .filter(({ Principal }) => Principal === "apigateway.amazonaws.com");
  return new Gateway({
    api,
    invoke: (name, payload) => {
      const { requestContext } = JSON.parse(payload) as {
        requestContext: { routeKey: string; stage: string };
      };
      const { routeKey, stage } = requestContext;
      const source = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${API_ID}/${stage}/${routeKey}`;
      const isAllowed = permissions.some(
        ({ FunctionName, SourceArn }) =>
          FunctionName!.endsWith(`:${name}`) && matches(SourceArn!, source),
      );
      if (isAllowed) return lambda.invoke(name, payload);
      const reason = `API Gateway may not invoke ${name} for ${routeKey}`;
      onDenied(reason);
      return Promise.reject(new Error(reason));
    },
  });
}
