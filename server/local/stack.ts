import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableDefinition } from "../src/dynamodb/table-definition.ts";
import { ENV, TABLE, WORKER_MAX_EVENT_AGE_SECONDS } from "../src/names.ts";
import { parseSettings } from "../src/settings.ts";
import { localApi, STAGE } from "./api.ts";
import { startBedrockEndpoint } from "./bedrock/endpoint.ts";
import type {
  BedrockEndpoint,
  BedrockEndpointOptions,
} from "./bedrock/endpoint.ts";
import { startDynamoDb } from "./dynamodb.ts";
import type { LocalDynamoDb } from "./dynamodb.ts";
import { baseEnvironment, LOCAL_AWS } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { Gateway } from "./gateway/gateway.ts";
import type { GatewayObserver } from "./gateway/observer.ts";
import type { GatewayLimits } from "./gateway/limits.ts";
import { listenAsLocalhost } from "./http.ts";
import { startLambdaEndpoint } from "./lambda/endpoint.ts";
import type { LambdaEndpoint, LambdaOptions } from "./lambda/endpoint.ts";
import { raisedLimits } from "./raised-limits.ts";
import type { UsageChoice } from "./raised-limits.ts";
import { startSecrets, visitorKeySecret } from "./secrets.ts";
import { serveStatic } from "./static.ts";
import type { StaticRoot } from "./static.ts";

export const ROUTER = "router";
export const WORKER = "worker";

/** Who answers: a model behind an endpoint of this stack, or Bedrock (or what stands for it) elsewhere. */
export type BedrockChoice =
  | { readonly serve: BedrockEndpointOptions }
  /** AWS variables of the worker: credentials, region, and perhaps an endpoint. */
  | { readonly elsewhere: Environment };

export interface LocalStackOptions {
  readonly bedrock: BedrockChoice;
  /** Port of the page, the WebSocket API and `@connections`; 0, the default, takes a free one. */
  readonly port?: number;
  /** Folder that keeps conversations and the key of the visitor tokens; without it they are gone with the process. */
  readonly stateFolder?: string;
  /** Content of the handlers' settings file, or the path of one. Pages of this machine may connect beside what it allows. */
  readonly settings: object | string;
  readonly logLevel?: string;
  /** Whether the functions log frames in full. */
  readonly logFrames?: boolean;
  readonly roots?: readonly StaticRoot[];
  /** Whether limits and budgets are those of the settings, or 100 times as high, which is the default. */
  readonly usage?: UsageChoice;
  readonly limits?: Partial<GatewayLimits>;
  /** Modules of the two functions; default: the project's handlers. */
  readonly handlers?: { readonly router: URL; readonly worker: URL };
  readonly workerTimeoutMs?: number;
  readonly observer?: GatewayObserver;
  readonly onFunctionLog?: LambdaOptions["onLog"];
  readonly onFunctionFailure?: LambdaOptions["onFailure"];
}

export interface LocalStack {
  /** `http://localhost:<port>` */
  readonly url: string;
  /** `ws://localhost:<port>/prod` */
  readonly webSocketUrl: string;
  readonly gateway: Gateway;
  readonly lambda: LambdaEndpoint;
  readonly dynamodb: LocalDynamoDb;
  /** Absent when Bedrock is elsewhere. */
  readonly bedrock?: BedrockEndpoint;
  /** Ends everything at once and resolves when the state is on disk. */
  close(): Promise<void>;
}

const DATABASE = "dynamodb";
const VISITOR_KEY = "visitor-key.json";
const SETTINGS = "settings.json";
/** What is in the state folder: to begin anew is to delete these. */
export const STATE: readonly string[] = [DATABASE, VISITOR_KEY, SETTINGS];

const HANDLERS = {
  router: new URL("../src/handlers/router.ts", import.meta.url),
  worker: new URL("../src/handlers/worker.ts", import.meta.url),
};
/** Whatever a developer opens: the demo, a page of another local server, a file. */
const LOCAL_ORIGINS: readonly string[] = [
  ...["localhost", "127.0.0.1", "[::1]"].flatMap((host) => [
    `http://${host}:*`,
    `https://${host}:*`,
  ]),
  "null",
];
const TABLE_NAME = "bedrock-chat";
const VISITOR_KEY_SECRET = "bedrock-chat-visitor-key";
const ROUTER_TIMEOUT_MS = 10_000;
const WORKER_TIMEOUT_MS = 15 * 60_000;

/** Starts all that the handlers need of AWS on this machine, and the handlers behind it. */
export async function startLocalStack(
  options: LocalStackOptions,
): Promise<LocalStack> {
  const parts: Part[] = [];
  const close = async () => {
    for (const part of parts.splice(0).reverse()) await part.close();
  };
  const keep: Keep = (part) => {
    parts.push(part);
    return part;
  };
  try {
    return await start(options, keep, close);
  } catch (error) {
    await close();
    throw error;
  }
}

interface Part {
  close(): void | Promise<void>;
}

/** Whatever is started is kept, so that a failure in the middle leaves nothing running. */
type Keep = <T extends Part>(part: T) => T;

async function start(
  options: LocalStackOptions,
  keep: Keep,
  close: () => Promise<void>,
): Promise<LocalStack> {
  const folder = options.stateFolder ?? temporaryFolder(keep);
  mkdirSync(folder, { recursive: true });
  // The port comes first: when it is taken, nothing else need be started.
  const server = createServer();
  const front = keep(await listenAsLocalhost(server, options.port));
  const services = await startServices(options, folder, keep);
  const { bedrock, dynamodb, secrets } = services;
  const lambda = keep(
    await startFunctions(options, bedrock, {
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      [ENV.tableName]: TABLE_NAME,
      [ENV.callbackUrl]: `${front.url}/${STAGE}`,
      [ENV.visitorKeySecretId]: VISITOR_KEY_SECRET,
      [ENV.settingsFile]: settingsFile(options, folder),
      [ENV.logLevel]: options.logLevel ?? "INFO",
      [ENV.logFrames]: options.logFrames ? "on" : "off",
    }),
  );
  const gateway = keep(startGateway(options, lambda));
  serveFront(server, gateway, options.roots ?? []);
  lambda.warm(ROUTER);
  lambda.warm(WORKER);
  return {
    url: `http://localhost:${front.port}`,
    webSocketUrl: `ws://localhost:${front.port}/${STAGE}`,
    gateway,
    lambda,
    dynamodb,
    ...(bedrock && { bedrock }),
    close,
  };
}

async function startServices(
  { bedrock, stateFolder }: LocalStackOptions,
  folder: string,
  keep: Keep,
) {
  const table = {
    table: tableDefinition(TABLE_NAME),
    timeToLive: TABLE.timeToLive,
  };
  const visitorKey = visitorKeySecret(join(folder, VISITOR_KEY));
  return {
    dynamodb: keep(
      await startDynamoDb(
        stateFolder === undefined
          ? table
          : { ...table, folder: join(folder, DATABASE) },
      ),
    ),
    secrets: keep(await startSecrets({ [VISITOR_KEY_SECRET]: visitorKey })),
    bedrock:
      "serve" in bedrock
        ? keep(await startBedrockEndpoint(bedrock.serve))
        : undefined,
  };
}

function startGateway(
  { limits, observer }: LocalStackOptions,
  lambda: LambdaEndpoint,
): Gateway {
  return new Gateway({
    api: localApi(ROUTER),
    invoke: (name, payload) => lambda.invoke(name, payload),
    ...(limits && { limits }),
    ...(observer && { observer }),
  });
}

/** Puts the API and the files behind the one public port. */
function serveFront(
  server: Server,
  gateway: Gateway,
  roots: readonly StaticRoot[],
): void {
  server.on("upgrade", (request, stream, head) => {
    void gateway.handleUpgrade(request, stream, head);
  });
  server.on("request", (request, response) => {
    if (gateway.serves(request.url)) {
      void gateway.handleRequest(request, response);
    } else {
      void serveStatic(roots, request, response);
    }
  });
}

function startFunctions(
  options: LocalStackOptions,
  bedrock: BedrockEndpoint | undefined,
  shared: Environment,
): Promise<LambdaEndpoint> {
  const handlers = options.handlers ?? HANDLERS;
  const base = baseEnvironment(process.env);
  const modelAccess =
    "elsewhere" in options.bedrock
      ? options.bedrock.elsewhere
      : { ...LOCAL_AWS, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock!.url };
  return startLambdaEndpoint({
    functions: (url) => [
      {
        name: ROUTER,
        entry: handlers.router,
        timeoutMs: ROUTER_TIMEOUT_MS,
        env: {
          ...base,
          ...LOCAL_AWS,
          ...shared,
          AWS_ENDPOINT_URL_LAMBDA: url,
          [ENV.workerFunctionName]: WORKER,
        },
      },
      {
        name: WORKER,
        entry: handlers.worker,
        timeoutMs: options.workerTimeoutMs ?? WORKER_TIMEOUT_MS,
        env: { ...base, ...modelAccess, ...shared },
        asynchronous: {
          retryAttempts: 0,
          maxEventAgeMs: WORKER_MAX_EVENT_AGE_SECONDS * 1000,
        },
      },
    ],
    ...(options.onFunctionLog && { onLog: options.onFunctionLog }),
    ...(options.onFunctionFailure && { onFailure: options.onFunctionFailure }),
  });
}

function settingsFile(
  { settings, usage = "raised" }: LocalStackOptions,
  folder: string,
): string {
  const given: { readonly allowedOrigins?: readonly string[] } =
    typeof settings === "string"
      ? (JSON.parse(readFileSync(settings, "utf8")) as object)
      : settings;
  const allowedOrigins = [...(given.allowedOrigins ?? []), ...LOCAL_ORIGINS];
  const file = join(folder, SETTINGS);
  const local = { ...given, allowedOrigins };
  const raised = usage === "raised" ? raisedLimits(parseSettings(local)) : {};
  const json = JSON.stringify({ ...local, ...raised }, null, 2);
  writeFileSync(file, `${json}\n`);
  return file;
}

function temporaryFolder(keep: Keep): string {
  const folder = mkdtempSync(join(tmpdir(), "bedrock-chat-"));
  keep({ close: () => rmSync(folder, { recursive: true, force: true }) });
  return folder;
}
