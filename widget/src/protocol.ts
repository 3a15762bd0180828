/**
 * The wire protocol of Bedrock Chat, version 1: every frame as a type, and the validators that both ends use.
 * The prose is in PROTOCOL.md. This module imports nothing and needs neither a DOM nor Node.
 */

/** The WebSocket subprotocol that a client offers and `$connect` echoes. */
export const SUBPROTOCOL = "bedrock-chat.v1";

/** Largest client frame in UTF-8 bytes. API Gateway closes the socket above 32 KB and a browser cannot split a message. */
export const MAX_CLIENT_FRAME_BYTES = 32_000;

/** Largest server frame in UTF-8 bytes, the one answer to a plain client apart. */
export const MAX_SERVER_FRAME_BYTES = 16_000;

/** Largest `{"message":"…"}` to a plain client in UTF-8 bytes; `PostToConnection` refuses 128 KB (131,072). */
export const MAX_PLAIN_FRAME_BYTES = 128_000;

/** Default of `limits.maxTextLength`, in UTF-16 code units. */
export const DEFAULT_MAX_TEXT_LENGTH = 8_000;

/** Most turns that one `history` request may ask for. */
export const MAX_HISTORY_LIMIT = 50;

/** Turns that a `history` request without `limit` asks for. */
export const DEFAULT_HISTORY_LIMIT = 20;

/** Longest comment of a `feedback` frame, in UTF-16 code units. */
export const MAX_COMMENT_LENGTH = 2_000;

/** Largest `send.tools` as JSON in UTF-8 bytes: the model reads it with every call. */
export const MAX_TOOLS_BYTES = 8_192;

/** Largest `tool-result.output` as JSON in UTF-8 bytes. */
export const MAX_TOOL_OUTPUT_BYTES = 16_000;

/** Longest `tool-result.error`, in UTF-16 code units. */
export const MAX_TOOL_ERROR_LENGTH = 2_000;

const MAX_DEPTH = 24;

// --- What both directions share ---

/** Why the model stopped. `other` stands for a value that this version does not know. */
export type StopReason = (typeof STOP_REASONS)[number];
export const STOP_REASONS = [
  "end_turn",
  "max_tokens",
  "stop_sequence",
  "stopped",
  "guardrail_intervened",
  "content_filtered",
  "model_context_window_exceeded",
  "tool_use",
  "other",
] as const;

/** Stable error codes. */
export type ErrorCode = (typeof ERROR_CODES)[number];
export const ERROR_CODES = [
  "bad_request",
  "too_large",
  "unauthorized",
  "forbidden_origin",
  "not_found",
  "model_rejected",
  "context_too_long",
  "budget_exceeded",
  "not_ready",
  "busy",
  "rate_limited",
  "model_throttled",
  "model_unavailable",
  "stream_truncated",
  "timeout",
  "internal",
] as const;

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "not_ready",
  "busy",
  "rate_limited",
  "model_throttled",
  "model_unavailable",
  "stream_truncated",
  "timeout",
  "internal",
]);

/** Whether asking again may succeed without anything being changed first. */
export const isRetryable = (code: ErrorCode): boolean => RETRYABLE.has(code);

export type Rating = "up" | "down" | "none";

/** What the page tells about itself with a question; it reaches the model as quoted data. */
export interface PageContext {
  readonly url?: string;
  readonly title?: string;
  readonly data?: unknown;
}

/** A function of the page that the model may ask for. */
export interface ToolDefinition {
  readonly name: string;
  /** Tells the model what it does and when to use it. */
  readonly description: string;
  /** JSON Schema of the input, which is an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** Tokens as Bedrock counted them. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

// --- Client → server ---

/** First frame on every connection; may be repeated to renew a token. Answered by `ready`. */
export interface HelloFrame {
  readonly type: "hello";
  readonly visitorToken?: string;
  readonly authToken?: string;
  readonly conversationId?: string;
  readonly client: {
    readonly name: string;
    readonly version: string;
    readonly locale: string;
  };
}

/** Asks a question. `turnId` is its idempotency key; `replaces` names the turn that it edits, regenerates or retries. */
export interface SendFrame {
  readonly type: "send";
  readonly conversationId: string;
  readonly turnId: string;
  readonly text: string;
  readonly model?: string;
  readonly context?: PageContext;
  readonly replaces?: string;
  /** The server leaves out those that its owner has not listed. */
  readonly tools?: readonly ToolDefinition[];
}

/** Ends generation at the model and keeps the partial answer. */
export interface StopFrame {
  readonly type: "stop";
  readonly conversationId: string;
  readonly turnId: string;
}

/** Replays the frames after `lastSeq` (-1: from the first) and adds this connection to the turn's receivers. */
export interface ResumeFrame {
  readonly type: "resume";
  readonly conversationId: string;
  readonly turnId: string;
  readonly lastSeq: number;
}

/** Asks for turns before the cursor `before`, or for the newest ones. */
export interface HistoryRequestFrame {
  readonly type: "history";
  readonly conversationId: string;
  readonly before?: string;
  readonly limit?: number;
}

export interface FeedbackFrame {
  readonly type: "feedback";
  readonly conversationId: string;
  readonly turnId: string;
  readonly rating: Rating;
  readonly comment?: string;
}

/** Deletes the conversation and all that belongs to it, a running turn included. */
export interface ForgetFrame {
  readonly type: "forget";
  readonly conversationId: string;
}

/** What a tool of the page gave: exactly one of `output` and `error`. */
export interface ToolResultFrame {
  readonly type: "tool-result";
  readonly conversationId: string;
  readonly turnId: string;
  readonly toolCallId: string;
  readonly output?: unknown;
  readonly error?: string;
}

export interface PingFrame {
  readonly type: "ping";
}

export type ClientFrame =
  | HelloFrame
  | SendFrame
  | StopFrame
  | ResumeFrame
  | HistoryRequestFrame
  | FeedbackFrame
  | ForgetFrame
  | ToolResultFrame
  | PingFrame;

/** A question of a plain client, as in the serverless pattern `apigw-websockets-lambda-bedrock-sam`. */
export interface PlainQuestion {
  readonly data: string;
}

// --- Server → client ---

export interface ModelInfo {
  readonly id: string;
  readonly label: string;
}

/** The connection may be used. `conversationId` is absent when the one in `hello` is unknown or somebody else's. */
export interface ReadyFrame {
  readonly type: "ready";
  readonly visitorToken: string;
  readonly conversationId?: string;
  readonly limits: {
    readonly maxTextLength: number;
    readonly maxFrameBytes: number;
  };
  readonly models: readonly ModelInfo[];
  readonly activeTurn?: { readonly turnId: string; readonly lastSeq: number };
  /** ISO 8601. */
  readonly serverTime: string;
}

/** The question is stored: it will be answered, or it will fail with an `error` for this `turnId`. */
export interface AckFrame {
  readonly type: "ack";
  readonly turnId: string;
  readonly duplicate?: boolean;
}

export interface TurnStartFrame {
  readonly type: "turn-start";
  readonly conversationId: string;
  readonly turnId: string;
  readonly seq: 0;
  /** Id from the server's list of models: the one that serves this turn. */
  readonly model: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface TextDeltaFrame {
  readonly type: "text-delta";
  readonly turnId: string;
  readonly seq: number;
  readonly text: string;
}

export interface ToolCallFrame {
  readonly type: "tool-call";
  readonly turnId: string;
  readonly seq: number;
  readonly toolCallId: string;
  readonly name: string;
  readonly input: unknown;
  /** In a replay: the call has its result, or nobody waits for one any more. It must not be run. */
  readonly settled?: boolean;
}

export interface TurnEndFrame {
  readonly type: "turn-end";
  readonly turnId: string;
  readonly seq: number;
  readonly stopReason: StopReason;
  /** UTF-16 length of the whole answer. */
  readonly length: number;
  readonly usage: Usage;
}

export type TurnStatus = "streaming" | "complete" | "stopped" | "failed";

/** A turn in `history`. Entries with the same `turnId` are joined: `text` with `text`, `answer` with `answer`. */
export interface HistoryTurn {
  readonly turnId: string;
  readonly text: string;
  readonly answer: string;
  readonly status: TurnStatus;
  readonly model: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly stopReason?: StopReason;
  readonly rating?: Rating;
  readonly error?: TurnError;
}

/** How a failed turn ended. */
export interface TurnError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly requestId: string;
}

export interface HistoryFrame {
  readonly type: "history";
  readonly conversationId: string;
  /** Newest last. */
  readonly turns: readonly HistoryTurn[];
  /** Cursor of the next older page; absent when there is none. */
  readonly before?: string;
  /** True on every frame of one reply but the last. */
  readonly more?: boolean;
  /** Place of the frame in a reply of several, counted from 0: frames can come twice. */
  readonly part?: number;
}

/** With `seq` it ends an accepted turn; without, it refuses the frame that it answers. `message` is safe to show. */
export interface ErrorFrame extends TurnError {
  readonly type: "error";
  readonly turnId?: string;
  readonly seq?: number;
}

export interface ForgottenFrame {
  readonly type: "forgotten";
  readonly conversationId: string;
}

export interface PongFrame {
  readonly type: "pong";
}

export type ServerFrame =
  | ReadyFrame
  | AckFrame
  | TurnStartFrame
  | TextDeltaFrame
  | ToolCallFrame
  | TurnEndFrame
  | HistoryFrame
  | ErrorFrame
  | ForgottenFrame
  | PongFrame;

/** The frames of one turn, numbered by `seq`. An `error` is one of them only when it has a `seq`. */
export type TurnFrame =
  | TurnStartFrame
  | TextDeltaFrame
  | ToolCallFrame
  | TurnEndFrame
  | (ErrorFrame & { readonly turnId: string; readonly seq: number });

/** Whether `frame` is the last one of its turn. */
export const endsTurn = (frame: ServerFrame): boolean =>
  frame.type === "turn-end" ||
  (frame.type === "error" && frame.seq !== undefined);

/** A frame that API Gateway itself wrote: a transport error, never an answer. */
export interface GatewayErrorFrame {
  readonly message: string;
  readonly connectionId: string;
  readonly requestId: string;
}

// --- Parsing ---

/** Why a client frame was refused. `turnId` is there when the frame named a legal one. */
export interface FrameRefusal {
  readonly code: "bad_request" | "too_large";
  readonly message: string;
  readonly turnId?: string;
}

export type ParsedClientFrame =
  | { readonly kind: "frame"; readonly frame: ClientFrame }
  | { readonly kind: "plain"; readonly question: PlainQuestion }
  | { readonly kind: "refused"; readonly refusal: FrameRefusal };

export type ParsedServerFrame =
  | { readonly kind: "frame"; readonly frame: ServerFrame }
  | { readonly kind: "gateway-error"; readonly error: GatewayErrorFrame }
  /** A frame type that this version does not know: to be ignored. */
  | { readonly kind: "unknown"; readonly type: string }
  /** Not a frame of this protocol; `message` says why. */
  | { readonly kind: "invalid"; readonly message: string };

/** What is wrong with a frame: the value that stands at `path` is not `what`. */
interface Mismatch {
  readonly path: string;
  readonly what: string;
  readonly value: unknown;
}

/**
 * Finds out what is wrong with the value at a path, if anything. What makes checks is marked as free of side effects, so
 * that a bundle with one of the parsers leaves out the tables of the others; and sentences are made apart, so that one
 * that needs none has none.
 */
type Check = (value: unknown, path: string) => Mismatch | undefined;
type Fields = Readonly<Record<string, Check>>;

const isString = (value: unknown): value is string => typeof value === "string";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value as an error message may name it: short, and never a whole text. */
function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value !== "string") return JSON.stringify(value);
  if (value === "") return "an empty string";
  const short = value.length > 40 ? `${value.slice(0, 40)}…` : value;
  return JSON.stringify(short);
}

const sentenceOf = ({ path, what, value }: Mismatch): string =>
  `${path} must be ${what}, got ${show(value)}.`;

const expected = /* @__NO_SIDE_EFFECTS__ */ (
    what: string,
    test: (value: unknown) => boolean,
  ): Check =>
  (value, path) =>
    test(value) ? undefined : { path, what, value };

const ID = /^[A-Za-z0-9_-]{1,64}$/;
const anything: Check = () => undefined;
const string = expected("a string", isString);
const boolean = expected(
  "true or false",
  (value) => typeof value === "boolean",
);
const id = expected(
  "1 to 64 characters of A-Z, a-z, 0-9, _ and -",
  (value) => isString(value) && ID.test(value),
);
const sentence = expected(
  "a string with something in it",
  (value) => isString(value) && value.trim() !== "",
);
const count = expected(
  "a whole number from 0",
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
);
const stringUpTo = /* @__NO_SIDE_EFFECTS__ */ (most: number): Check =>
  expected(
    `a string of at most ${most} characters`,
    (value) => isString(value) && value.length <= most,
  );
const integerBetween = /* @__NO_SIDE_EFFECTS__ */ (
  least: number,
  most: number,
): Check =>
  expected(
    `a whole number from ${least} to ${most}`,
    (value) =>
      Number.isInteger(value) &&
      (value as number) >= least &&
      (value as number) <= most,
  );
const oneOf = /* @__NO_SIDE_EFFECTS__ */ (values: readonly string[]): Check =>
  expected(
    `one of ${values.join(", ")}`,
    (value) => isString(value) && values.includes(value),
  );
const optional = /* @__NO_SIDE_EFFECTS__ */ (check: Check): Check =>
  (value, path) =>
    value === undefined ? undefined : check(value, path);

/* @__NO_SIDE_EFFECTS__ */
function object(fields: Fields): Check {
  return (value, path) => {
    if (!isObject(value)) return { path, what: "an object", value };
    for (const [name, check] of Object.entries(fields)) {
      const wrong = check(value[name], `${path}.${name}`);
      if (wrong) return wrong;
    }
    return undefined;
  };
}

/* @__NO_SIDE_EFFECTS__ */
function listOf(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return { path, what: "an array", value };
    for (const item of value) {
      const wrong = check(item, `${path}[]`);
      if (wrong) return wrong;
    }
    return undefined;
  };
}

const turn = { conversationId: id, turnId: id };
const jsonBytes = (value: unknown): number => utf8Length(JSON.stringify(value));

const CLIENT_FRAMES: Readonly<Record<ClientFrame["type"], Fields>> = {
  hello: {
    visitorToken: optional(stringUpTo(4_096)),
    authToken: optional(stringUpTo(16_384)),
    conversationId: optional(id),
    client: object({
      name: stringUpTo(64),
      version: stringUpTo(64),
      locale: stringUpTo(64),
    }),
  },
  send: {
    ...turn,
    text: sentence,
    model: optional(stringUpTo(256)),
    context: optional(
      object({
        url: optional(stringUpTo(4_096)),
        title: optional(stringUpTo(1_024)),
        data: anything,
      }),
    ),
    replaces: optional(id),
    tools: optional(
      listOf(
        object({
          name: id,
          description: sentence,
          inputSchema: expected("an object", isObject),
        }),
      ),
    ),
  },
  stop: turn,
  resume: { ...turn, lastSeq: integerBetween(-1, Number.MAX_SAFE_INTEGER) },
  history: {
    conversationId: id,
    before: optional(stringUpTo(64)),
    limit: optional(integerBetween(1, MAX_HISTORY_LIMIT)),
  },
  feedback: {
    ...turn,
    rating: oneOf(["up", "down", "none"]),
    comment: optional(stringUpTo(MAX_COMMENT_LENGTH)),
  },
  forget: { conversationId: id },
  "tool-result": {
    ...turn,
    toolCallId: id,
    output: anything,
    error: optional(stringUpTo(MAX_TOOL_ERROR_LENGTH)),
  },
  ping: {},
};

const usage = object({ inputTokens: count, outputTokens: count });
const turnError: Fields = {
  code: oneOf(ERROR_CODES),
  message: string,
  retryable: boolean,
  retryAfterMs: optional(count),
  requestId: string,
};

const SERVER_FRAMES: Readonly<Record<ServerFrame["type"], Fields>> = {
  ready: {
    visitorToken: string,
    conversationId: optional(id),
    limits: object({ maxTextLength: count, maxFrameBytes: count }),
    models: listOf(object({ id: string, label: string })),
    activeTurn: optional(
      object({
        turnId: id,
        lastSeq: integerBetween(-1, Number.MAX_SAFE_INTEGER),
      }),
    ),
    serverTime: string,
  },
  ack: { turnId: id, duplicate: optional(boolean) },
  "turn-start": {
    ...turn,
    seq: integerBetween(0, 0),
    model: string,
    createdAt: string,
  },
  "text-delta": { turnId: id, seq: count, text: string },
  "tool-call": {
    turnId: id,
    seq: count,
    toolCallId: string,
    name: string,
    input: anything,
    settled: optional(boolean),
  },
  "turn-end": {
    turnId: id,
    seq: count,
    stopReason: oneOf(STOP_REASONS),
    length: count,
    usage,
  },
  history: {
    conversationId: id,
    turns: listOf(
      object({
        turnId: id,
        text: string,
        answer: string,
        status: oneOf(["streaming", "complete", "stopped", "failed"]),
        model: string,
        createdAt: string,
        stopReason: optional(oneOf(STOP_REASONS)),
        rating: optional(oneOf(["up", "down", "none"])),
        error: optional(object(turnError)),
      }),
    ),
    before: optional(string),
    more: optional(boolean),
    part: optional(count),
  },
  error: { ...turnError, turnId: optional(id), seq: optional(count) },
  forgotten: { conversationId: id },
  pong: {},
};

function parseJson(text: string): { readonly value?: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Whether `value` nests deeper than `most` levels; iterative, so that a hostile frame cannot exhaust the stack. */
function isDeeperThan(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((item): unknown[] =>
      typeof item === "object" && item !== null ? Object.values(item) : [],
    );
  }
  return false;
}

/** Whether the server would refuse a frame like this one for its depth. */
export const isNestedTooDeep = (frame: object): boolean =>
  isDeeperThan(frame, MAX_DEPTH);

const HOW_TO_ASK =
  'Send JSON: {"data":"your question"}, or a frame with a "type" as PROTOCOL.md describes.';

/** Parses what a client sent. Never throws; unknown fields are kept and ignored. */
export function parseClientFrame(text: string): ParsedClientFrame {
  const refuse = (
    message: string,
    code: FrameRefusal["code"] = "bad_request",
    turnId?: unknown,
  ): ParsedClientFrame => ({
    kind: "refused",
    refusal: {
      code,
      message,
      ...(typeof turnId === "string" && ID.test(turnId) ? { turnId } : {}),
    },
  });
  const bytes = utf8Length(text);
  if (bytes > MAX_CLIENT_FRAME_BYTES) {
    return refuse(
      `The frame has ${bytes} bytes; at most ${MAX_CLIENT_FRAME_BYTES} are allowed.`,
      "too_large",
    );
  }
  const json = parseJson(text);
  if (!json) return refuse(`The frame is not JSON. ${HOW_TO_ASK}`);
  const { value } = json;
  if (!isObject(value))
    return refuse(
      `The frame must be a JSON object, got ${show(value)}. ${HOW_TO_ASK}`,
    );
  const { type, turnId } = value;
  if (isNestedTooDeep(value)) {
    return refuse(
      `The frame nests deeper than ${MAX_DEPTH} levels.`,
      "bad_request",
      turnId,
    );
  }
  if (type === undefined) {
    if (typeof value.data !== "string")
      return refuse(`The frame has no "type". ${HOW_TO_ASK}`);
    if (value.data.trim() === "")
      return refuse(
        "data must be a string with something in it, got an empty string.",
      );
    return { kind: "plain", question: { data: value.data } };
  }
  if (typeof type !== "string" || !Object.hasOwn(CLIENT_FRAMES, type)) {
    const known = Object.keys(CLIENT_FRAMES).join(", ");
    return refuse(
      `type must be one of ${known}, got ${show(type)}.`,
      "bad_request",
      turnId,
    );
  }
  const wrong = object(CLIENT_FRAMES[type as ClientFrame["type"]])(value, type);
  if (wrong) return refuse(sentenceOf(wrong), "bad_request", turnId);
  if (
    type === "tool-result" &&
    (value.output === undefined) === (value.error === undefined)
  ) {
    return refuse(
      "tool-result must have exactly one of output and error.",
      "bad_request",
      turnId,
    );
  }
  const excess = toolExcess(value);
  if (excess) return refuse(excess.message, excess.code, turnId);
  return { kind: "frame", frame: value as unknown as ClientFrame };
}

/** What is wrong with the tools or the tool's output of a frame whose fields are right. */
function toolExcess({
  type,
  tools = [],
  output,
}: Record<string, unknown>):
  Pick<FrameRefusal, "code" | "message"> | undefined {
  if (type === "send") {
    const bytes = jsonBytes(tools);
    if (bytes > MAX_TOOLS_BYTES)
      return {
        code: "too_large",
        message: `send.tools has ${bytes} bytes; at most ${MAX_TOOLS_BYTES} are allowed.`,
      };
    const names = (tools as readonly ToolDefinition[]).map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined)
      return {
        code: "bad_request",
        message: `send.tools[].name must differ from all others, got ${show(twice)} twice.`,
      };
  }
  if (type === "tool-result" && output !== undefined) {
    const bytes = jsonBytes(output);
    if (bytes > MAX_TOOL_OUTPUT_BYTES)
      return {
        code: "too_large",
        message: `tool-result.output has ${bytes} bytes; at most ${MAX_TOOL_OUTPUT_BYTES} are allowed.`,
      };
  }
  return undefined;
}

const mismatchOf = (frame: Readonly<Record<string, unknown>>, type: string) =>
  object(SERVER_FRAMES[type as ServerFrame["type"]])(frame, type);

/**
 * What a server (or API Gateway itself, whose frames have no `type`) sent, or nothing for what a client ignores: frames
 * that it does not know, and what is none. {@link parseServerFrame} tells these apart and says why. Never throws.
 */
export function readServerFrame(
  text: string,
): ServerFrame | GatewayErrorFrame | undefined {
  const value = parseJson(text)?.value;
  if (!isObject(value)) return undefined;
  const { type, message, connectionId, requestId } = value;
  const isRight =
    type === undefined
      ? [message, connectionId, requestId].every(isString)
      : isString(type) &&
        Object.hasOwn(SERVER_FRAMES, type) &&
        !mismatchOf(value, type);
  return isRight ? (value as unknown as ServerFrame) : undefined;
}

/** Parses what a server (or API Gateway itself) sent. Never throws. */
export function parseServerFrame(text: string): ParsedServerFrame {
  const frame = readServerFrame(text);
  if (frame && "type" in frame) return { kind: "frame", frame };
  if (frame) {
    const { message, connectionId, requestId } = frame;
    const error = { message, connectionId, requestId };
    return { kind: "gateway-error", error };
  }
  const invalid = (message: string): ParsedServerFrame => ({
    kind: "invalid",
    message,
  });
  const json = parseJson(text);
  if (!json) return invalid("The frame is not JSON.");
  const { value } = json;
  if (!isObject(value))
    return invalid(`The frame must be an object, got ${show(value)}.`);
  const { type } = value;
  if (type === undefined) return invalid('The frame has no "type".');
  if (!isString(type))
    return invalid(`type must be a string, got ${show(type)}.`);
  if (!Object.hasOwn(SERVER_FRAMES, type)) return { kind: "unknown", type };
  return invalid(sentenceOf(mismatchOf(value, type)!));
}

/** Serializes a frame of either direction. The sender answers for its size: see {@link utf8Length}. */
export const stringifyFrame = (frame: ClientFrame | ServerFrame): string =>
  JSON.stringify(frame);

/** UTF-8 length of `text` in bytes. A lone surrogate counts as U+FFFD does: 3. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
