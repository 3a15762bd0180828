/** Reads what the functions are told by their environment. Nothing else reads it. */
import { readFileSync } from "node:fs";
import {
  DEFAULT_LIMITS,
  DEFAULT_TIMING,
  type Limits,
  type Timing,
  type UsageLimits,
} from "./chat/limits.ts";
import { ConfigError } from "./checks.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";
import { ENV, WORKER_MAX_EVENT_AGE_SECONDS } from "./names.ts";
import { parseSettings, type Settings } from "./settings.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Between the age at which an invocation is dropped and the moment at which its turn is given up. */
const EVENT_AGE_MARGIN_SECONDS = 15;

type Environment = Readonly<Record<string, string | undefined>>;

/** What both functions need. */
export interface Config {
  readonly tableName: string;
  readonly callbackUrl: string;
  readonly logLevel: LogLevel;
  /** Whether frames are logged in full, texts and tokens included. */
  readonly logFrames: boolean;
  /** Whether calls of AWS services are traced: there is nothing that takes traces but on Lambda. */
  readonly isTraced: boolean;
  readonly settings: Settings;
  readonly retentionMs: number;
  readonly timing: Timing;
  readonly limits: Limits;
  readonly usage: UsageLimits;
}

/** What only the router needs. */
export interface RouterConfig extends Config {
  readonly workerFunctionName: string;
  readonly visitorKeySecretId: string;
  /** Absent where nothing is in front of the API. */
  readonly edgeKeySecretId?: string;
}

function required(env: Environment, name: string, expected: string): string {
  const value = env[name];
  if (value === undefined || value.trim() === "")
    throw new ConfigError(
      `${name} is ${value === undefined ? "not set" : "empty"}; expected ${expected}.`,
    );
  return value;
}

function url(env: Environment, name: string): string {
  const value = required(env, name, "the URL of the @connections endpoint");
  const isWeb =
    URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
  if (!isWeb)
    throw new ConfigError(
      `${name} is ${JSON.stringify(value)}; expected an http or https URL.`,
    );
  return value.replace(/\/+$/, "");
}

function logLevel(env: Environment): LogLevel {
  const value = env[ENV.logLevel] ?? "INFO";
  const level = LOG_LEVELS.find((known) => known === value);
  if (!level)
    throw new ConfigError(
      `${ENV.logLevel} is ${JSON.stringify(value)}; expected one of ${LOG_LEVELS.join(", ")}.`,
    );
  return level;
}

function logFrames(env: Environment): boolean {
  const value = env[ENV.logFrames] ?? "off";
  if (value !== "on" && value !== "off")
    throw new ConfigError(
      `${ENV.logFrames} is ${JSON.stringify(value)}; expected on or off.`,
    );
  return value === "on";
}

function settings(env: Environment, readFile: (path: string) => string) {
  const path = required(env, ENV.settingsFile, "the path of a JSON file");
  try {
    return parseSettings(JSON.parse(readFile(path)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `${ENV.settingsFile} is ${JSON.stringify(path)}; expected a file with valid settings: ${reason}`,
      { cause: error },
    );
  }
}

const readUtf8 = (path: string): string => readFileSync(path, "utf8");

/** The worker's configuration. Throws {@link ConfigError} for what is missing or illegal. */
export function readConfig(
  env: Environment = process.env,
  readFile: (path: string) => string = readUtf8,
): Config {
  const chosen = settings(env, readFile);
  return {
    tableName: required(env, ENV.tableName, "the name of a DynamoDB table"),
    callbackUrl: url(env, ENV.callbackUrl),
    logLevel: logLevel(env),
    logFrames: logFrames(env),
    isTraced: env.AWS_EXECUTION_ENV?.startsWith("AWS_Lambda_") ?? false,
    settings: chosen,
    retentionMs: chosen.retentionDays * DAY_MS,
    timing: {
      ...DEFAULT_TIMING,
      acceptLeaseMs:
        (WORKER_MAX_EVENT_AGE_SECONDS + EVENT_AGE_MARGIN_SECONDS) * 1_000,
      unwatchedMs: chosen.limits.unwatchedSeconds * 1_000,
    },
    limits: { ...DEFAULT_LIMITS, maxTextLength: chosen.limits.maxTextLength },
    usage: chosen.limits,
  };
}

/** The router's configuration. */
export function readRouterConfig(
  env: Environment = process.env,
  readFile: (path: string) => string = readUtf8,
): RouterConfig {
  const secret = "the id of a secret in Secrets Manager";
  return {
    ...readConfig(env, readFile),
    workerFunctionName: required(
      env,
      ENV.workerFunctionName,
      "the name or ARN of the worker function",
    ),
    visitorKeySecretId: required(env, ENV.visitorKeySecretId, secret),
    ...(env[ENV.edgeKeySecretId] === undefined
      ? {}
      : { edgeKeySecretId: required(env, ENV.edgeKeySecretId, secret) }),
  };
}
