/**
 * The one family of errors that the server throws on purpose. `code` is what clients act on; what a visitor reads is
 * `sentence`, never the text of a service.
 */
import { isRetryable, type ErrorCode } from "bedrock-chat-widget/protocol";
import type { Failure } from "./ports.ts";

const SENTENCES: Readonly<Record<ErrorCode, string>> = {
  bad_request: "The chat sent something that the server does not understand.",
  too_large: "That message is too long.",
  unauthorized: "Please sign in to use the chat.",
  forbidden_origin: "The chat may not be used from this page.",
  not_found: "This conversation is not available any more.",
  model_rejected: "The assistant cannot answer this question.",
  context_too_long:
    "This conversation has become too long for the assistant. Please start a new one.",
  budget_exceeded:
    "The assistant has answered as many questions as it may for now. Please come back later.",
  not_ready: "The chat is not connected yet. Please try again.",
  busy: "The assistant is still answering. Please wait until it has finished.",
  rate_limited: "That was a bit fast. Please try again in a moment.",
  model_throttled:
    "The assistant is very busy right now. Please try again in a moment.",
  model_unavailable:
    "The assistant is not available right now. Please try again.",
  stream_truncated: "The answer broke off. Please try again.",
  timeout: "The answer took too long. Please try again.",
  internal: "Something went wrong on our side. Please try again.",
};

export interface ChatErrorOptions {
  readonly cause?: unknown;
  readonly retryAfterMs?: number;
}

/** A failure with a code. `message` is for the log: it may carry what a service said. */
export class ChatError extends Error {
  override readonly name: string = "ChatError";
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;

  constructor(
    code: ErrorCode,
    message: string,
    { cause, retryAfterMs }: ChatErrorOptions = {},
  ) {
    super(message, { cause });
    this.code = code;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }

  /** What the visitor may read. */
  get sentence(): string {
    return SENTENCES[this.code];
  }
}

/** A frame that is not served. Its message is written for whoever sent the frame and goes out as it is. */
export class Refusal extends ChatError {
  override readonly name = "Refusal";

  constructor(
    code: ErrorCode,
    message: string = SENTENCES[code],
    options: ChatErrorOptions = {},
  ) {
    super(code, message, options);
  }

  override get sentence(): string {
    return this.message;
  }
}

/** `error` as one of ours: anything unexpected is `internal`. */
export const toChatError = (error: unknown): ChatError =>
  error instanceof ChatError
    ? error
    : new ChatError(
        "internal",
        error instanceof Error ? error.message : String(error),
        { cause: error },
      );

/** What a frame tells about `error`. */
export const failureOf = (error: ChatError): Failure => ({
  code: error.code,
  message: error.sentence,
  retryable: isRetryable(error.code),
  ...(error.retryAfterMs === undefined
    ? {}
    : { retryAfterMs: error.retryAfterMs }),
});
