/** What Bedrock checks before it calls a model, with its own sentences. */
import { BedrockException } from "./exceptions.ts";
import type {
  ContentBlock,
  ConverseBody,
  ConverseMessage,
} from "./endpoint-model.ts";

const MODEL_ID = /^[a-z0-9-]+(\.[A-Za-z0-9_-]+)+(:[A-Za-z0-9]+)*$/;
const MODEL_ARN = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:[a-z-]+\/[^\s]+$/;

const refuse = (message: string): never => {
  throw new BedrockException("ValidationException", message);
};

const constraint = (value: unknown, path: string, rule: string): never => {
  const shown =
    value === undefined || value === null
      ? "null"
      : `'${typeof value === "string" ? value : JSON.stringify(value)}'`;
  return refuse(
    `1 validation error detected: Value ${shown} at '${path}' failed to satisfy constraint: ${rule}`,
  );
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Throws unless `modelId` looks like a model id, an inference-profile id or an ARN of one. */
export function checkModelId(modelId: string): void {
  if (!MODEL_ID.test(modelId) && !MODEL_ARN.test(modelId))
    refuse("The provided model identifier is invalid.");
}

/** The body, checked; throws `BedrockException` as Bedrock refuses it. */
export function checkBody(body: unknown): ConverseBody {
  if (!isObject(body))
    return constraint(null, "body", "Member must not be null");
  const messages = body["messages"];
  if (!Array.isArray(messages))
    return constraint(messages, "messages", "Member must not be null");
  checkMessages(messages);
  checkInferenceConfig(body["inferenceConfig"]);
  checkGuardrailConfig(body["guardrailConfig"]);
  return body as ConverseBody;
}

function checkMessages(messages: readonly unknown[]): void {
  const shaped = messages.map((message, index) => checkShape(message, index));
  if (shaped[0]?.role !== "user")
    refuse(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  if (shaped.some(({ role }, index) => role === shaped[index - 1]?.role))
    refuse(
      "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
    );
  shaped.forEach((message, index) => checkContent(message, index));
  checkToolResults(shaped);
}

function checkShape(message: unknown, index: number): ConverseMessage {
  const at = `messages.${index + 1}.member`;
  if (!isObject(message))
    return constraint(message, at, "Member must not be null");
  const { role, content } = message;
  if (role !== "user" && role !== "assistant")
    constraint(
      role,
      `${at}.role`,
      "Member must satisfy enum value set: [user, assistant]",
    );
  if (!Array.isArray(content))
    constraint(content, `${at}.content`, "Member must not be null");
  return message as unknown as ConverseMessage;
}

function checkContent({ content }: ConverseMessage, index: number): void {
  if (content.length === 0)
    refuse(
      `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
    );
  content.forEach((block, position) => {
    if (block.text !== undefined && String(block.text).trim() === "")
      refuse(
        `The text field in the ContentBlock object at messages.${index}.content.${position} is blank. Add text to the text field, and try again.`,
      );
  });
}

const toolUses = (message: ConverseMessage | undefined): readonly string[] =>
  (message?.content ?? []).flatMap(({ toolUse }: ContentBlock) =>
    toolUse ? [toolUse.toolUseId] : [],
  );

const toolResults = (message: ConverseMessage | undefined): readonly string[] =>
  (message?.content ?? []).flatMap(({ toolResult }: ContentBlock) =>
    toolResult ? [toolResult.toolUseId] : [],
  );

/** Every tool that the model asked for is answered in the very next message, and nothing else is. */
function checkToolResults(messages: readonly ConverseMessage[]): void {
  messages.forEach((message, index) => {
    if (message.role !== "user") return;
    const asked = toolUses(messages[index - 1]);
    const answered = toolResults(message);
    const missing = asked.filter((id) => !answered.includes(id));
    if (missing.length > 0)
      refuse(
        `Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(", ")}`,
      );
    if (answered.length > asked.length)
      refuse(
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
      );
  });
}

function checkInferenceConfig(config: unknown): void {
  if (!isObject(config)) return;
  const { maxTokens } = config;
  if (maxTokens === undefined) return;
  if (!Number.isInteger(maxTokens) || (maxTokens as number) < 1)
    constraint(
      maxTokens,
      "inferenceConfig.maxTokens",
      "Member must have value greater than or equal to 1",
    );
}

const GUARDRAIL_IDENTIFIER =
  "(|([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))";
const GUARDRAIL_VERSION = "(|([1-9][0-9]{0,7})|(DRAFT))";

function checkGuardrailConfig(config: unknown): void {
  if (config === undefined) return;
  if (!isObject(config))
    return constraint(config, "guardrailConfig", "Member must not be null");
  for (const [field, pattern] of [
    ["guardrailIdentifier", GUARDRAIL_IDENTIFIER],
    ["guardrailVersion", GUARDRAIL_VERSION],
  ] as const) {
    const value = config[field];
    const path = `guardrailConfig.${field}`;
    if (typeof value !== "string")
      return constraint(value, path, "Member must not be null");
    if (!new RegExp(`^${pattern}$`).test(value))
      constraint(
        value,
        path,
        `Member must satisfy regular expression pattern: ${pattern}`,
      );
  }
  for (const [field, values] of [
    ["streamProcessingMode", ["async", "sync"]],
    ["trace", ["disabled", "enabled", "enabled_full"]],
  ] as const) {
    const value = config[field];
    if (value !== undefined && !values.some((known) => known === value))
      constraint(
        value,
        `guardrailConfig.${field}`,
        `Member must satisfy enum value set: [${values.join(", ")}]`,
      );
  }
}

/** Throws when more output is asked for than the model can give. */
export function checkModelLimit(body: ConverseBody, limit: number): void {
  const asked = body.inferenceConfig?.maxTokens;
  if (asked !== undefined && asked > limit)
    refuse(
      `The maximum tokens you requested exceeds the model limit of ${limit}. Try again with a maximum tokens value that is lower than ${limit}.`,
    );
}
