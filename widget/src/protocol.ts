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

/** Most levels of objects and lists in a client frame, itself included. */
export const MAX_DEPTH = 24;

/** Of every JavaScript that has sockets, but of none of the standards that the types here are taken from. */
declare const TextEncoder: new () => {
  encode(text: string): { readonly length: number };
};
const encoder = new TextEncoder();

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

type Test = (value: unknown) => boolean;

/**
 * What a value must be: right by a test, a list of such values, or an object with such fields. A field whose name ends in
 * `?` may be missing; one that may hold anything is not listed.
 */
type Shape = Test | List | Fields;
type List = readonly [Shape];
interface Fields {
  readonly [name: string]: Shape;
}

/** What is wrong with a frame: the value that stands at `path` has not this shape. */
interface Mismatch {
  readonly path: string;
  readonly shape: Shape;
  readonly value: unknown;
}

const isString = (value: unknown): value is string => typeof value === "string";
const isBoolean: Test = (value) => typeof value === "boolean";
const isId: Test = (value) =>
  isString(value) && /^[A-Za-z0-9_-]{1,64}$/.test(value);
const isFrom = (value: unknown, least: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least;
const isCount: Test = (value) => isFrom(value, 0);
const isLastSeq: Test = (value) => isFrom(value, -1);
const isZero: Test = (value) => value === 0;
const ratings: readonly unknown[] = ["up", "down", "none"];
const isRating: Test = (value) => ratings.includes(value);
const statuses: readonly unknown[] = [
  "streaming",
  "complete",
  "stopped",
  "failed",
];
const isStatus: Test = (value) => statuses.includes(value);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isList = (shape: Shape): shape is List => Array.isArray(shape);

/** The first part of a value that is wrong, if any. */
function findMismatch(
  value: unknown,
  shape: Shape,
  path: string,
): Mismatch | undefined {
  const mismatch = { path, shape, value };
  if (typeof shape === "function") return shape(value) ? undefined : mismatch;
  if (isList(shape)) {
    if (!Array.isArray(value)) return mismatch;
    for (const item of value) {
      const wrong = findMismatch(item, shape[0], `${path}[]`);
      if (wrong) return wrong;
    }
    return undefined;
  }
  if (!isObject(value)) return mismatch;
  for (const [name, field] of Object.entries(shape)) {
    const key = name.replace("?", "");
    const part = value[key];
    if (part === undefined && key !== name) continue;
    const wrong = findMismatch(part, field, `${path}.${key}`);
    if (wrong) return wrong;
  }
  return undefined;
}

/** What the tests ask for. Apart from them, so that a bundle which needs no sentences has none. */
const WORDS = new Map<Test, string>([
  [isString, "a string"],
  [isBoolean, "true or false"],
  [isId, "1 to 64 characters of A-Z, a-z, 0-9, _ and -"],
  [isCount, "a whole number from 0"],
  [isLastSeq, `a whole number from -1 to ${Number.MAX_SAFE_INTEGER}`],
  [isZero, "a whole number from 0 to 0"],
  [isRating, `one of ${ratings.join(", ")}`],
  [isStatus, `one of ${statuses.join(", ")}`],
]);

/* @__NO_SIDE_EFFECTS__ */
function expecting(words: string, test: Test): Test {
  WORDS.set(test, words);
  return test;
}

function wordsOf(shape: Shape): string {
  if (typeof shape === "function") return WORDS.get(shape)!;
  return isList(shape) ? "an array" : "an object";
}

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

const sentenceOf = ({ path, shape, value }: Mismatch): string =>
  `${path} must be ${wordsOf(shape)}, got ${show(value)}.`;

const isText = expecting(
  "a string with something in it",
  (value) => isString(value) && value.trim() !== "",
);
const stringUpTo = /* @__NO_SIDE_EFFECTS__ */ (most: number): Test =>
  expecting(
    `a string of at most ${most} characters`,
    (value) => isString(value) && value.length <= most,
  );

const oneOf = /* @__NO_SIDE_EFFECTS__ */ (values: readonly unknown[]): Test =>
  expecting(`one of ${values.join(", ")}`, (value) => values.includes(value));

const turn = { conversationId: isId, turnId: isId };
const jsonBytes = (value: unknown): number => utf8Length(JSON.stringify(value));

const CLIENT_FRAMES: Readonly<Record<ClientFrame["type"], Fields>> = {
  hello: {
    "visitorToken?": stringUpTo(4_096),
    "authToken?": stringUpTo(16_384),
    "conversationId?": isId,
    client: {
      name: stringUpTo(64),
      version: stringUpTo(64),
      locale: stringUpTo(64),
    },
  },
  send: {
    ...turn,
    text: isText,
    "model?": stringUpTo(256),
    "context?": { "url?": stringUpTo(4_096), "title?": stringUpTo(1_024) },
    "replaces?": isId,
    "tools?": [{ name: isId, description: isText, inputSchema: {} }],
  },
  stop: turn,
  resume: { ...turn, lastSeq: isLastSeq },
  history: {
    conversationId: isId,
    "before?": stringUpTo(64),
    "limit?": expecting(
      `a whole number from 1 to ${MAX_HISTORY_LIMIT}`,
      (value) => isFrom(value, 1) && (value as number) <= MAX_HISTORY_LIMIT,
    ),
  },
  feedback: {
    ...turn,
    rating: isRating,
    "comment?": stringUpTo(MAX_COMMENT_LENGTH),
  },
  forget: { conversationId: isId },
  "tool-result": {
    ...turn,
    toolCallId: isId,
    "error?": stringUpTo(MAX_TOOL_ERROR_LENGTH),
  },
  ping: {},
};

const numbered = { turnId: isId, seq: isCount };
/** `code`, `stopReason`: what these fields may hold. */
/* @__NO_SIDE_EFFECTS__ */
function serverFrames(
  code: Test,
  stopReason: Test,
): Readonly<Record<ServerFrame["type"], Fields>> {
  const error = {
    code,
    message: isString,
    retryable: isBoolean,
    "retryAfterMs?": isCount,
    requestId: isString,
  };
  return {
    ready: {
      visitorToken: isString,
      "conversationId?": isId,
      limits: { maxTextLength: isCount, maxFrameBytes: isCount },
      models: [{ id: isString, label: isString }],
      "activeTurn?": { turnId: isId, lastSeq: isLastSeq },
      serverTime: isString,
    },
    ack: { turnId: isId, "duplicate?": isBoolean },
    "turn-start": {
      ...turn,
      seq: isZero,
      model: isString,
      createdAt: isString,
    },
    "text-delta": { ...numbered, text: isString },
    "tool-call": {
      ...numbered,
      toolCallId: isString,
      name: isString,
      "settled?": isBoolean,
    },
    "turn-end": {
      ...numbered,
      stopReason,
      length: isCount,
      usage: { inputTokens: isCount, outputTokens: isCount },
    },
    history: {
      conversationId: isId,
      turns: [
        {
          turnId: isId,
          text: isString,
          answer: isString,
          status: isStatus,
          model: isString,
          createdAt: isString,
          "stopReason?": stopReason,
          "rating?": isRating,
          "error?": error,
        },
      ],
      "before?": isString,
      "more?": isBoolean,
      "part?": isCount,
    },
    error: { ...error, "turnId?": isId, "seq?": isCount },
    forgotten: { conversationId: isId },
    pong: {},
  };
}

const SERVER_FRAMES = serverFrames(oneOf(ERROR_CODES), oneOf(STOP_REASONS));
/** As clients take them: with a code or reason of a later version the end of a turn is an end all the same. */
const FRAMES_TO_READ = serverFrames(isString, isString);

function parseJson(text: string): { readonly value?: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Stops at the last level that is allowed: a hostile frame is not followed down. */
const isNestedTooDeep = (frame: unknown, levels = MAX_DEPTH): boolean =>
  levels < 0 ||
  (typeof frame === "object" &&
    frame !== null &&
    Object.values(frame).some((part) => isNestedTooDeep(part, levels - 1)));

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
      ...(isId(turnId) ? { turnId: turnId as string } : {}),
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
  const shape = CLIENT_FRAMES[type as ClientFrame["type"]];
  const wrong = findMismatch(value, shape, type);
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

/**
 * What a server (or API Gateway itself, whose frames have no `type`) sent, or nothing for what a client ignores: frames
 * that it does not know, and what is none. {@link parseServerFrame} tells these apart and says why. Never throws.
 */
export const readServerFrame = (
  text: string,
): ServerFrame | GatewayErrorFrame | undefined => read(text, FRAMES_TO_READ);

function read(
  text: string,
  frames: typeof SERVER_FRAMES,
): ServerFrame | GatewayErrorFrame | undefined {
  const value = parseJson(text)?.value;
  if (!isObject(value)) return undefined;
  const { type, message, connectionId, requestId } = value;
  const isRight =
    type === undefined
      ? [message, connectionId, requestId].every(isString)
      : isString(type) &&
        Object.hasOwn(frames, type) &&
        !findMismatch(value, frames[type as ServerFrame["type"]], type);
  return isRight ? (value as unknown as ServerFrame) : undefined;
}

/** Parses what a server (or API Gateway itself) sent. Never throws. */
export function parseServerFrame(text: string): ParsedServerFrame {
  const frame = read(text, SERVER_FRAMES);
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
  const shape = SERVER_FRAMES[type as ServerFrame["type"]];
  return invalid(sentenceOf(findMismatch(value, shape, type)!));
}

/** Serializes a frame of either direction. The sender answers for its size: see {@link utf8Length}. */
export const stringifyFrame = (frame: ClientFrame | ServerFrame): string =>
  JSON.stringify(frame);

/** UTF-8 length of `text` in bytes. A lone surrogate counts as U+FFFD does: 3. */
export const utf8Length = (text: string): number => encoder.encode(text).length;
