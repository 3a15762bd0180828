/**
 * The settings of a deployment: one JSON file packed beside the handlers. It imports no AWS SDK, so that synthesis and
 * local tools can validate the same file.
 */
import { DEFAULT_MAX_TEXT_LENGTH } from "bedrock-chat-widget/protocol";
import { parseAuth, type AuthSettings } from "./auth/issuers.ts";
import type { Budgets, UsageLimits } from "./chat/limits.ts";
import type { ModelConfig } from "./chat/ports.ts";
import {
  fail,
  flag,
  fraction,
  object,
  text,
  texts,
  whole,
  type Json,
} from "./checks.ts";
import {
  budgets,
  prices,
  USAGE_LIMITS,
  usageLimits,
} from "./limit-settings.ts";
import {
  isOriginPattern,
  ORIGIN_PATTERN_SENTENCE,
  type OriginRules,
} from "./origins.ts";

export interface Settings extends OriginRules {
  /** At least one. */
  readonly models: readonly ModelConfig[];
  /** Id of the model that serves a question without a known hint. */
  readonly defaultModel: string;
  readonly systemPrompt?: string;
  /** Id or ARN, and version, of the Bedrock guardrail that every call of a model goes through. */
  readonly guardrail?: { readonly id: string; readonly version: string };
  /** Names of the tools that pages may offer the model; none when it is absent. */
  readonly tools?: readonly string[];
  /** Who may talk; anonymous visitors only when it is absent. */
  readonly auth?: AuthSettings;
  /** How long conversations are kept. */
  readonly retentionDays: number;
  readonly limits: UsageLimits & {
    /** Longest question in UTF-16 code units. */
    readonly maxTextLength: number;
    /** How long an answer goes on while no connection listens. */
    readonly unwatchedSeconds: number;
  };
  readonly budgets: Budgets;
}

const DEFAULT_CONTEXT_TOKENS = 100_000;
const DEFAULT_RETENTION_DAYS = 30;
const DEFAULT_UNWATCHED_SECONDS = 120;
/** A question of this length still fits a frame, whatever its script. */
const MOST_TEXT_LENGTH = 10_000;

/** A name that Bedrock takes for a tool. */
const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

function toolNames(value: unknown): string[] {
  const names = texts("tools", value);
  names.forEach((name, i) => {
    if (!TOOL_NAME.test(name))
      fail(`tools[${i}]`, name, "1 to 64 characters of A-Z, a-z, 0-9, _ and -");
  });
  return names;
}

/** As Bedrock takes them. */
const GUARDRAIL_ID =
  /^([a-z0-9]{1,64}|arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail\/[a-z0-9]+)$/;
const GUARDRAIL_VERSION = /^([1-9][0-9]{0,7}|DRAFT)$/;

function guardrail(value: unknown): Settings["guardrail"] {
  const fields = object("guardrail", value, ["id", "version"]);
  const id = text("guardrail.id", fields.id);
  if (!GUARDRAIL_ID.test(id))
    fail("guardrail.id", id, "the id or the ARN of a guardrail");
  const version = text("guardrail.version", fields.version);
  if (!GUARDRAIL_VERSION.test(version))
    fail("guardrail.version", version, 'a number as text, or "DRAFT"');
  return { id, version };
}

function modelSettings(name: string, value: unknown): ModelConfig["settings"] {
  if (value === undefined) return undefined;
  const { temperature, topP, stopSequences, additionalModelRequestFields } =
    object(name, value, [
      "temperature",
      "topP",
      "stopSequences",
      "additionalModelRequestFields",
    ]);
  const extra = additionalModelRequestFields;
  if (
    extra !== undefined &&
    (typeof extra !== "object" || extra === null || Array.isArray(extra))
  )
    return fail(`${name}.additionalModelRequestFields`, extra, "an object");
  return {
    ...(temperature === undefined
      ? {}
      : { temperature: fraction(`${name}.temperature`, temperature) }),
    ...(topP === undefined ? {} : { topP: fraction(`${name}.topP`, topP) }),
    ...(stopSequences === undefined
      ? {}
      : { stopSequences: texts(`${name}.stopSequences`, stopSequences) }),
    ...(extra === undefined
      ? {}
      : { additionalModelRequestFields: extra as Json }),
  };
}

function model(name: string, value: unknown): ModelConfig {
  const fields = object(name, value, [
    "id",
    "label",
    "modelId",
    "maxTokens",
    "contextTokens",
    "prices",
    "settings",
  ]);
  const maxTokens = whole(`${name}.maxTokens`, fields.maxTokens, 1, 1_000_000);
  const { contextTokens = Math.max(DEFAULT_CONTEXT_TOKENS, 2 * maxTokens) } =
    fields;
  const settings = modelSettings(`${name}.settings`, fields.settings);
  const priced = prices(`${name}.prices`, fields.prices);
  return {
    id: text(`${name}.id`, fields.id),
    label: text(`${name}.label`, fields.label),
    modelId: text(`${name}.modelId`, fields.modelId),
    maxTokens,
    contextTokens: whole(
      `${name}.contextTokens`,
      contextTokens,
      maxTokens + 1,
      10_000_000,
    ),
    ...(priced && { prices: priced }),
    ...(settings && { settings }),
  };
}

function models(value: unknown): ModelConfig[] {
  if (!Array.isArray(value) || value.length === 0)
    return fail("models", value, "an array of at least one model");
  const list = value.map((item, i) => model(`models[${i}]`, item));
  list.forEach(({ id }, i) => {
    if (list.findIndex((other) => other.id === id) !== i)
      fail(`models[${i}].id`, id, "an id that no model before it has");
  });
  return list;
}

function origins(name: string, value: unknown): string[] {
  const list = texts(name, value);
  list.forEach((item, i) => {
    if (!isOriginPattern(item))
      fail(`${name}[${i}]`, item, ORIGIN_PATTERN_SENTENCE);
  });
  return list;
}

/** Reads settings from parsed JSON. Throws `ConfigError` for the first value that is missing, illegal or unknown. */
export function parseSettings(json: unknown): Settings {
  const fields = object("settings", json, [
    "models",
    "defaultModel",
    "systemPrompt",
    "guardrail",
    "tools",
    "allowedOrigins",
    "requireOrigin",
    "auth",
    "retentionDays",
    "limits",
    "budgets",
  ]);
  const list = models(fields.models);
  const ids = list.map(({ id }) => id);
  const defaultModel = text("defaultModel", fields.defaultModel ?? ids[0]);
  if (!ids.includes(defaultModel))
    fail("defaultModel", defaultModel, `one of ${ids.join(", ")}`);
  const limits = object("limits", fields.limits ?? {}, [
    "maxTextLength",
    "unwatchedSeconds",
    ...USAGE_LIMITS,
  ]);
  const auth = fields.auth === undefined ? undefined : parseAuth(fields.auth);
  return {
    models: list,
    defaultModel,
    ...(fields.systemPrompt === undefined
      ? {}
      : { systemPrompt: text("systemPrompt", fields.systemPrompt) }),
    ...(fields.guardrail === undefined
      ? {}
      : { guardrail: guardrail(fields.guardrail) }),
    ...(fields.tools === undefined ? {} : { tools: toolNames(fields.tools) }),
    allowedOrigins: origins("allowedOrigins", fields.allowedOrigins ?? []),
    requireOrigin: flag("requireOrigin", fields.requireOrigin ?? false),
    ...(auth && { auth }),
    retentionDays: whole(
      "retentionDays",
      fields.retentionDays ?? DEFAULT_RETENTION_DAYS,
      1,
      3_650,
    ),
    limits: {
      ...usageLimits(limits),
      maxTextLength: whole(
        "limits.maxTextLength",
        limits.maxTextLength ?? DEFAULT_MAX_TEXT_LENGTH,
        1,
        MOST_TEXT_LENGTH,
      ),
      unwatchedSeconds: whole(
        "limits.unwatchedSeconds",
        limits.unwatchedSeconds ?? DEFAULT_UNWATCHED_SECONDS,
        0,
        900,
      ),
    },
    budgets: budgets(fields.budgets, list),
  };
}
