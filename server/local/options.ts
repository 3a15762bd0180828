import { parseArgs } from "node:util";
import type { UsageChoice } from "./raised-limits.ts";

/** What `npm start` was asked for. */
export interface CliOptions {
  readonly help: boolean;
  readonly fresh: boolean;
  readonly verbose: boolean;
  readonly port: number;
  /** Where the user wants the state kept. */
  readonly stateFolder?: string;
  readonly model: ModelChoice;
  readonly usage: UsageChoice;
}

export type ModelChoice =
  | { readonly kind: "demo" }
  /** An OpenAI-compatible server. */
  | { readonly kind: "server"; readonly url: string; readonly name: string }
  /** Bedrock with the user's credentials. */
  | { readonly kind: "bedrock" }
  /** Whatever `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` names. */
  | { readonly kind: "endpoint"; readonly url: string };

/** A flag or a variable that cannot be meant; the message is one sentence. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const HELP = `Runs the chat on this machine: page, WebSocket API, Lambda functions, DynamoDB and a model.

  npm start -- [options]

  --fresh              forget the conversations of earlier runs
  --verbose            show every frame and every line that the functions log
  --model-url URL      let an OpenAI-compatible server answer, such as http://localhost:11434/v1
  --model-name NAME    the model that this server is to use, such as llama3.2
  --bedrock            let Amazon Bedrock answer, with your AWS credentials
  --limits deployed    hold visitors to the limits and budgets of a deployment, not to 100 times as much
  --help               show this

  PORT                               port of the page; default 3000
  STATE_FOLDER                       where conversations are kept; default .local
  SETTINGS_FILE                      JSON file with models, system prompt and limits
  BEDROCK_MODEL_ID                   model or inference profile for --bedrock
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME   a Bedrock endpoint of your own; none is started then
`;

export const BEDROCK_ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME";
const DEFAULT_PORT = 3000;
const SEE_HELP = "npm start -- --help lists the options";

const FLAGS = {
  fresh: "boolean",
  verbose: "boolean",
  bedrock: "boolean",
  help: "boolean",
  "model-url": "string",
  "model-name": "string",
  limits: "string",
} as const;

/** Reads the command line and the environment. Throws `UsageError`. */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CliOptions {
  const flags = readFlags(args);
  return {
    help: flags.has("help"),
    fresh: flags.has("fresh"),
    verbose: flags.has("verbose"),
    port: readPort(env["PORT"]),
    ...(env["STATE_FOLDER"] && { stateFolder: env["STATE_FOLDER"] }),
    model: readModel(flags, env[BEDROCK_ENDPOINT_VARIABLE]),
    usage: readUsage(flags.get("limits")),
  };
}

/** Looks at every token itself, because the sentences of `parseArgs` are not for people who want to start a chat. */
function readFlags(args: readonly string[]): ReadonlyMap<string, string> {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(FLAGS).map(([name, type]) => [name, { type }]),
    ),
    strict: false,
    tokens: true,
  });
  const flags = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      throw new UsageError(`${token.value} is not an option; ${SEE_HELP}.`);
    }
    const { name, rawName, value } = token;
    if (!Object.hasOwn(FLAGS, name)) {
      throw new UsageError(`${rawName} is not an option; ${SEE_HELP}.`);
    }
    if (flags.has(name)) {
      throw new UsageError(`${rawName} is given twice; once is enough.`);
    }
    if (FLAGS[name as keyof typeof FLAGS] === "boolean") {
      if (value !== undefined) {
        throw new UsageError(`${rawName} takes no value, got ${value}.`);
      }
    } else if (!value || value.startsWith("--")) {
      throw new UsageError(`${rawName} needs a value; ${SEE_HELP}.`);
    }
    flags.set(name, value ?? "");
  }
  return flags;
}

function readUsage(value = "raised"): UsageChoice {
  if (value === "deployed" || value === "raised") return value;
  throw new UsageError(
    `--limits is ${value}; expected deployed or raised, which is the default.`,
  );
}

function readPort(value: string | undefined): number {
  if (value === undefined || value === "") return DEFAULT_PORT;
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port > 65_535) {
    throw new UsageError(
      `PORT is ${value}; expected a whole number from 0 to 65535.`,
    );
  }
  return port;
}

function readModel(
  flags: ReadonlyMap<string, string>,
  endpoint = "",
): ModelChoice {
  const url = flags.get("model-url");
  const name = flags.get("model-name");
  if (url !== undefined && flags.has("bedrock")) {
    throw new UsageError(
      "--bedrock and --model-url name two models; choose one of them.",
    );
  }
  if (url === undefined && name !== undefined) {
    throw new UsageError(
      "--model-name needs --model-url, which says where that model is served.",
    );
  }
  if (endpoint !== "") {
    checkUrl(BEDROCK_ENDPOINT_VARIABLE, endpoint);
    if (url !== undefined) {
      throw new UsageError(
        `--model-url and ${BEDROCK_ENDPOINT_VARIABLE} name two models; leave one of them out.`,
      );
    }
  }
  if (flags.has("bedrock")) return { kind: "bedrock" };
  if (endpoint !== "") return { kind: "endpoint", url: endpoint };
  if (url === undefined) return { kind: "demo" };
  if (name === undefined) {
    throw new UsageError(
      "--model-url needs --model-name, the model that this server is to use.",
    );
  }
  checkUrl("--model-url", url);
  return { kind: "server", url, name };
}

function checkUrl(name: string, value: string): void {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new UsageError(
      `${name} is ${value}; expected an address such as http://localhost:11434/v1.`,
    );
  }
}
