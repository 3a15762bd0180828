/** Bedrock's failures as our codes: before the stream (HTTP) and in the middle of it (exception frames). */
import type { ErrorCode } from "bedrock-chat-widget/protocol";
import { ChatError } from "../chat/errors.ts";

/** By name: mid-stream exceptions have no HTTP status, and the SDK has no class for some of these. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ValidationException: "model_rejected",
  AccessDeniedException: "model_rejected",
  ResourceNotFoundException: "model_rejected",
  ConflictException: "model_rejected",
  ThrottlingException: "model_throttled",
  ServiceQuotaExceededException: "model_throttled",
  ModelNotReadyException: "model_unavailable",
  ModelErrorException: "model_unavailable",
  ModelStreamErrorException: "model_unavailable",
  InternalServerException: "model_unavailable",
  ServiceUnavailableException: "model_unavailable",
  ModelTimeoutException: "timeout",
  TimeoutError: "timeout",
  // Ours to mend, not the question's fault.
  CredentialsProviderError: "internal",
  ExpiredTokenException: "internal",
  IncompleteSignatureException: "internal",
  InvalidSignatureException: "internal",
  UnrecognizedClientException: "internal",
};

/**
 * Each family of models says in its own words that the input does not fit: Claude ("Input is too long for requested
 * model", "prompt is too long", "input length and `max_tokens` exceed context limit"), Nova ("Input Tokens Exceeded"),
 * Titan ("Too many input tokens"), Llama, Mistral and gpt-oss ("maximum context length").
 */
const TOO_LONG = [
  /\b(input|prompt) is too long\b/i,
  /\bexceeds? (the )?context (limit|length|window)\b/i,
  /\binput tokens exceeded\b/i,
  /\bnumber of input tokens exceeds\b/i,
  /\btoo many (input|total) (tokens|text bytes)\b/i,
  /\bmaximum context length\b/i,
  /\bcontext[_ ]length[_ ]exceeded\b/i,
];

/**
 * `error`, thrown by the SDK, as a `ChatError` with what Bedrock said as its message: that names accounts and ARNs and
 * is for the log alone. `streaming`: the stream had begun, so that a broken connection means a truncated answer.
 */
export function bedrockError(error: unknown, streaming: boolean): ChatError {
  const { name, message, status } = read(error);
  return new ChatError(
    codeOf(name, message, status, streaming),
    `Bedrock failed${streaming ? " in mid-stream" : ""}: ${name}: ${message}`,
    { cause: error },
  );
}

function codeOf(
  name: string,
  message: string,
  status: number | undefined,
  streaming: boolean,
): ErrorCode {
  const known = Object.hasOwn(CODES, name) ? CODES[name]! : undefined;
  // Some models report an overlong input through a ModelErrorException or in mid-stream.
  if (
    (known === "model_rejected" || name.startsWith("Model")) &&
    TOO_LONG.some((text) => text.test(message))
  )
    return "context_too_long";
  if (known) return known;
  if (streaming) return "stream_truncated";
  if (status === 429) return "model_throttled";
  if (status !== undefined && status >= 400 && status < 500)
    return "model_rejected";
  // A 5xx without a name that we know, or no reply at all.
  return "model_unavailable";
}

function read(error: unknown) {
  if (!(error instanceof Error))
    return { name: "Error", message: String(error) };
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return {
    // In mid-stream the SDK gives an exception that it has no class for the name in the frame: `modelTimeoutException`.
    name: error.name.charAt(0).toUpperCase() + error.name.slice(1),
    message: error.message,
    status: $metadata?.httpStatusCode,
  };
}
