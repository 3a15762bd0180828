/** Makes a question out of what the visitor typed, or says why it cannot be asked. */
import {
  stringifyFrame,
  utf8Length,
  type ErrorCode,
  type SendFrame,
  type ToolDefinition,
  type TurnError,
} from "../protocol.ts";
import type { ChatState, ChatTurn } from "./model.ts";
import type { Question } from "./session-options.ts";
import type { AskedQuestion } from "./state.ts";

/** Questions that may wait to be sent. */
export const MAX_WAITING = 20;

export const isWaiting = (turn: ChatTurn): boolean => turn.status === "waiting";

export interface QuestionDetails {
  readonly turnId: string;
  readonly createdAt: number;
  readonly replaces?: string | undefined;
  readonly modelHint?: string | undefined;
  readonly maxTextLength?: number | undefined;
  readonly tools?: readonly ToolDefinition[] | undefined;
}

export function prepareQuestion(
  state: ChatState,
  question: Question,
  details: QuestionDetails,
): { readonly asked: AskedQuestion } | { readonly error: TurnError } {
  const { conversationId, limits, turns } = state;
  const { turnId, createdAt, replaces, modelHint, maxTextLength, tools } =
    details;
  const text = question.text.trim();
  if (text === "") return refuse("bad_request", "The question is empty.");
  const most = Math.min(limits.maxTextLength, maxTextLength ?? Infinity);
  if (text.length > most)
    return refuse(
      "too_large",
      `The question has ${text.length} characters; at most ${most} are allowed.`,
    );
  if (turns.filter(isWaiting).length >= MAX_WAITING)
    return refuse(
      "busy",
      `${MAX_WAITING} questions are waiting to be sent; no more can be taken.`,
    );
  const asked: AskedQuestion = {
    turnId,
    text,
    createdAt,
    replaces,
    context: question.context || undefined,
    tools,
    modelHint: modelHint || undefined,
  };
  const bytes = utf8Length(stringifyFrame(sendFrame(conversationId, asked)));
  return bytes > limits.maxFrameBytes
    ? refuse(
        "too_large",
        `The question has ${bytes} bytes with its context; at most ${limits.maxFrameBytes} are allowed.`,
      )
    : { asked };
}

/** The frame that asks a question. */
export const sendFrame = (
  conversationId: string,
  { turnId, text, modelHint, context, tools, replaces }: AskedQuestion,
): SendFrame => ({
  type: "send",
  conversationId,
  turnId,
  text,
  model: modelHint,
  context,
  tools,
  replaces,
});

const refuse = (
  code: ErrorCode,
  message: string,
): { readonly error: TurnError } => ({
  error: { code, message, retryable: code === "busy", requestId: "local" },
});
