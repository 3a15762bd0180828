import { utf8Length, type Usage } from "bedrock-chat-widget/protocol";
import { isOpen } from "./frames.ts";
import type { Limits } from "./limits.ts";
import { pageContextBlock, withoutPageContext } from "./page-context.ts";
import type {
  Conversation,
  ModelBlock,
  ModelConfig,
  ModelMessage,
  ModelRequest,
  Store,
  Turn,
} from "./ports.ts";
import { NEWEST, placeBehind, visibleTurns } from "./visible-turns.ts";

/** Turns that are read at a time. */
const PAGE = 20;

/** Bytes of a token, on the low side: English has about 4, code about 3, and other scripts 2 to 3. */
const BYTES_PER_TOKEN = 2.5;

/** What the roles and separators around a message take. */
const TOKENS_PER_MESSAGE = 8;

/** A cautious estimate: the window is better left unfilled than exceeded. */
export const estimateTokens = (...texts: readonly string[]): number =>
  texts.reduce(
    (sum, text) =>
      sum + Math.ceil(utf8Length(text) / BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE,
    0,
  );

export interface MostUsageOptions {
  readonly models: readonly ModelConfig[];
  readonly systemPrompt?: string | undefined;
  readonly limits: Pick<Limits, "maxPageContextLength">;
}

const isBlank = (block: ModelBlock): boolean =>
  typeof block === "string" && block.trim() === "";

/** Definitions of tools as text, for the estimate; nothing when there are none. */
const toolTexts = (tools: ModelRequest["tools"]): string[] =>
  tools ? [JSON.stringify(tools)] : [];

/** Tokens of everything that the request holds. */
export const estimateRequest = ({
  system = "",
  messages,
  tools,
}: Omit<ModelRequest, "model">): number =>
  estimateTokens(
    system,
    ...toolTexts(tools),
    ...messages.map(({ content }) => JSON.stringify(content)),
  );

/**
 * The most that the first call of the model for a question can use: what the conversation holds and what is added to it, as
 * far as the window goes, and the longest answer.
 */
export function mostUsage(
  { models, systemPrompt = "", limits }: MostUsageOptions,
  {
    text,
    context,
    tools,
    model: id,
  }: Pick<Turn, "text" | "context" | "tools" | "model">,
  conversation: Pick<Conversation, "contextTokens"> | undefined,
): Usage {
  const { contextTokens = 0, maxTokens = 0 } =
    models.find((model) => model.id === id) ?? {};
  const page = pageContextBlock(context, limits.maxPageContextLength) ?? "";
  // What the newest turn had read and written begins with the same prompt and tools.
  const held = Math.max(
    conversation?.contextTokens ?? 0,
    estimateTokens(systemPrompt, ...toolTexts(tools)),
  );
  return {
    inputTokens: Math.min(
      held + estimateTokens(page, text),
      contextTokens - maxTokens,
    ),
    outputTokens: maxTokens,
  };
}

/** Messages as Bedrock wants them: no blank text, roles that alternate, a user's message first. */
export function alternating(messages: readonly ModelMessage[]): ModelMessage[] {
  const result: ModelMessage[] = [];
  for (const { role, content } of messages) {
    const blocks = content.filter((block) => !isBlank(block));
    const last = result.at(-1);
    if (blocks.length === 0 || (!last && role !== "user")) continue;
    if (last?.role === role)
      result.splice(-1, 1, { role, content: [...last.content, ...blocks] });
    else result.push({ role, content: blocks });
  }
  return result;
}

/**
 * The request without the oldest messages that do not fit the window any more. A turn grows while its tools are called; its
 * own messages, the last `own` ones, always stay.
 */
export function withinWindow(request: ModelRequest, own: number): ModelRequest {
  const { model } = request;
  const messages = [...request.messages];
  while (
    messages.length > own &&
    estimateRequest({ ...request, messages }) >
      model.contextTokens - model.maxTokens
  )
    do messages.shift();
    while (messages.length > own && messages[0]?.role !== "user");
  return { ...request, messages };
}

/** A past turn for the model. What failed or was stopped stays, with as much of an answer as there was. */
const messagesOf = ({ text, answer = "" }: Turn): ModelMessage[] => [
  { role: "user", content: [withoutPageContext(text)] },
  { role: "assistant", content: [answer] },
];

/** A guardrail looks at the whole conversation each time: with this turn in it, it would refuse every later one too. */
const isWithheld = ({ lastFrame }: Turn): boolean =>
  lastFrame?.type === "turn-end" &&
  lastFrame.stopReason === "guardrail_intervened";

/**
 * What the model gets for a question: as many of the newest whole turns as fit its window beside the answer, without those
 * that a newer turn replaces or a guardrail withheld, then the question itself, which is always in.
 */
export async function modelMessages(
  store: Store,
  turn: Turn,
  model: ModelConfig,
  system: string | undefined,
  limits: Pick<Limits, "maxPageContextLength" | "maxContextTurns">,
): Promise<ModelMessage[]> {
  const page = pageContextBlock(turn.context, limits.maxPageContextLength);
  const question = [
    ...(page === undefined ? [] : [page]),
    withoutPageContext(turn.text),
  ];
  let left =
    model.contextTokens -
    model.maxTokens -
    estimateTokens(system ?? "", ...question, ...toolTexts(turn.tools));
  const past: Turn[] = [];
  const from = placeBehind(turn, NEWEST.hiddenFrom);
  for await (const { turn: older } of visibleTurns(
    store,
    turn.conversationId,
    from,
    PAGE,
  )) {
    if (isOpen(older) || isWithheld(older)) continue;
    left -= estimateTokens(older.text, older.answer ?? "");
    if (left < 0 || past.length === limits.maxContextTurns) break;
    past.push(older);
  }
  return alternating([
    ...past.reverse().flatMap(messagesOf),
    { role: "user", content: question },
  ]);
}
