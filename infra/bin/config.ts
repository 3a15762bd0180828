import type { Node } from "constructs";
import type {
  ChatAuth,
  ChatBudgets,
  ChatLimits,
  ChatModel,
} from "../lib/settings.ts";

/** A host name with what belongs to it. */
export interface DomainConfig {
  readonly domainName: string;
  /** Certificate of AWS Certificate Manager: in the stack's region for `domain`, in us-east-1 for the others. */
  readonly certificateArn: string;
  /** Zone of Route 53 that gets the records; with `hostedZoneName`. Without a zone you make the records yourself. */
  readonly hostedZoneId?: string;
  readonly hostedZoneName?: string;
}

/** One deployment, in plain values. */
export interface StageConfig {
  /** Default: what the AWS credentials of the deployment say. */
  readonly account?: string;
  readonly region?: string;

  /** Models that visitors may be served by. */
  readonly models: readonly ChatModel[];
  /** Default: the first of `models`. */
  readonly defaultModel?: string;
  /** Destination regions of inference profiles that differ from the known ones. */
  readonly inferenceRegions?: Readonly<Record<string, readonly string[]>>;
  /** What every conversation begins with. */
  readonly systemPrompt?: string;
  /** Guardrail of Amazon Bedrock, by its id or ARN and its version (`"1"`, or `"DRAFT"`). Default: none. */
  readonly guardrail?: { readonly id: string; readonly version: string };
  /** Names of the tools that pages may offer the model. Default: none. */
  readonly tools?: readonly string[];
  /** What the widget of the printed snippet is headed. */
  readonly heading?: string;

  /**
   * Origins of the pages that may use the chat: `https://www.example.com`, or `https://*.example.com` for all subdomains.
   * Default: none, and no page of any site may.
   */
  readonly allowedOrigins?: readonly string[];
  /** Whether clients that name no origin, which are no browsers, are refused too. Default: false. */
  readonly requireOrigin?: boolean;
  /** How users sign in, and whether they must. Default: nobody does, all visitors are anonymous. */
  readonly auth?: ChatAuth;
  /** Days that conversations are kept. Default: 30. */
  readonly retentionDays?: number;
  /** Whether conversations outlive the stack and are backed up until then. Default: true. */
  readonly keepData?: boolean;
  /** Days that logs are kept: 1, 3, 5, 7, 14, 30, 60, 90, …; whatever CloudWatch knows. Default: 30. */
  readonly logRetentionDays?: number;
  readonly logLevel?: "DEBUG" | "INFO" | "WARN" | "ERROR";
  /** Whether every frame is logged in full, texts and tokens included. Default: false. */
  readonly logFrames?: boolean;

  /** Longest question in characters. Default: 8,000. */
  readonly maxTextLength?: number;
  /** Seconds that an answer goes on while nobody is connected. Default: 120. */
  readonly unwatchedSeconds?: number;
  /** How much an address, a visitor, a connection and a conversation may use. Default: see SECURITY.md. */
  readonly limits?: ChatLimits;
  /** How much the whole site may use, in tokens and in dollars. Default: see SECURITY.md; no dollars. */
  readonly budgets?: ChatBudgets;
  /** Longest time of one answer. Default: 900. */
  readonly workerTimeoutSeconds?: number;
  /** Answers at the same time at most. Default: what the account's concurrency allows. */
  readonly workerConcurrency?: number;
  /** Connects and frames a second, all visitors together. Default: 100. */
  readonly throttleRate?: number;
  readonly throttleBurst?: number;

  /** Name of the WebSocket URL. */
  readonly domain?: DomainConfig & { readonly path?: string };
  /** Name under which the script is served. */
  readonly widgetDomain?: DomainConfig;
  /** Whether the script is hosted at all. Default: true. */
  readonly hostWidget?: boolean;
  /** CloudFront and AWS WAF in front of the WebSocket API. Default: none. */
  readonly edge?: {
    readonly domain?: DomainConfig;
    readonly handshakeLimit?: number;
    readonly webAclArn?: string;
    readonly keyVersion?: number;
  };
  /** Who hears of alarms, and from when on. */
  readonly alarms?: {
    readonly email?: string;
    readonly errors?: number;
    readonly throttles?: number;
    readonly firstTokenTimeMs?: number;
  };
  /** A watch over the AWS account's bill. */
  readonly costBudget?: {
    readonly monthlyDollars: number;
    readonly email: string;
  };
  /** Whether the stack sets the role by which API Gateway logs, one per account and region. Default: true. */
  readonly accountLogRole?: boolean;
}

export interface AppConfig {
  readonly defaultStage: string;
  /** By name; each is a stack of its own. */
  readonly stages: Readonly<Record<string, StageConfig>>;
}

/** Lets an editor check and complete the configuration. */
export const defineConfig = (config: AppConfig): AppConfig => config;

/** What a text from the context or the environment must hold. */
const KINDS = {
  account: "string",
  region: "string",
  models: "object",
  defaultModel: "string",
  inferenceRegions: "object",
  systemPrompt: "string",
  guardrail: "object",
  tools: "object",
  heading: "string",
  allowedOrigins: "object",
  requireOrigin: "boolean",
  auth: "object",
  retentionDays: "number",
  keepData: "boolean",
  logRetentionDays: "number",
  logLevel: "string",
  logFrames: "boolean",
  maxTextLength: "number",
  unwatchedSeconds: "number",
  limits: "object",
  budgets: "object",
  workerTimeoutSeconds: "number",
  workerConcurrency: "number",
  throttleRate: "number",
  throttleBurst: "number",
  domain: "object",
  widgetDomain: "object",
  hostWidget: "boolean",
  edge: "object",
  alarms: "object",
  costBudget: "object",
  accountLogRole: "boolean",
} as const satisfies Record<keyof StageConfig, string>;

const PREFIX = "BEDROCK_CHAT_";

export interface ChosenStage {
  readonly name: string;
  readonly config: StageConfig;
}

/** The stage that this run is about, with the context's values over the environment's over the file's. */
export function chooseStage(
  app: AppConfig,
  node: Node,
  env: Readonly<Record<string, string | undefined>>,
): ChosenStage {
  const known = new Set([
    `${PREFIX}STAGE`,
    ...Object.keys(KINDS).map(variableOf),
  ]);
  for (const name of Object.keys(env))
    if (name.startsWith(PREFIX) && !known.has(name))
      throw new Error(
        `${name} is not a setting; expected one of ${[...known].join(", ")}.`,
      );

  const name =
    (node.tryGetContext("stage") as string | undefined) ??
    env[`${PREFIX}STAGE`] ??
    app.defaultStage;
  const stage = app.stages[name];
  if (!stage)
    throw new Error(
      `stage is ${JSON.stringify(name)}; expected one of ${Object.keys(app.stages).join(", ")}.`,
    );
  const overrides: Record<string, unknown> = {};
  for (const [key, kind] of Object.entries(KINDS)) {
    const context: unknown = node.tryGetContext(key);
    const variable = variableOf(key);
    if (context !== undefined) overrides[key] = parse(key, context, kind);
    else if (env[variable] !== undefined)
      overrides[key] = parse(variable, env[variable], kind);
  }
  return { name, config: { ...stage, ...overrides } };
}

const variableOf = (key: string): string =>
  PREFIX + key.replace(/[A-Z]/g, "_$&").toUpperCase();

function parse(name: string, value: unknown, kind: string): unknown {
  // `cdk.json` may hold the value itself; the command line and the environment hold its text.
  const parsed =
    typeof value === "string" && kind !== "string" ? json(value) : value;
  if (typeof parsed === kind && parsed !== null) return parsed;
  throw new Error(
    `${name} is ${JSON.stringify(value)}; expected ${kind === "object" ? "JSON of what the configuration has there" : `a ${kind}`}.`,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
