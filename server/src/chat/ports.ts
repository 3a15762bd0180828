/**
 * What the rules of a conversation need from the outside. Production implements these with AWS services, tests with the
 * fakes in `server/test/fakes/`. Times are epoch milliseconds.
 */
import type {
  PageContext,
  Rating,
  StopReason,
  ToolDefinition,
  TurnError,
  TurnFrame,
  Usage,
} from "bedrock-chat-widget/protocol";
import type { Reservation, Window } from "./meter.ts";

export interface Clock {
  now(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

// --- Records ---

export interface Connection {
  readonly connectionId: string;
  readonly connectedAt: number;
  /** Known after `hello`; a plain client never has one. */
  readonly visitorId?: string;
  /** When the sign-in ends by which the visitor is known; anonymous ones have none. */
  readonly signedInUntil?: number;
  /** The conversation whose turns this connection receives. */
  readonly conversationId?: string;
  /** Whose limits its questions count for besides the visitor's: a pseudonym of its network address. */
  readonly address?: string;
}

export interface Conversation {
  readonly conversationId: string;
  readonly visitorId: string;
  /** Turns that have held it so far. */
  readonly turnCount: number;
  /** Tokens that its newest turn had read and written at its end, where that is known. */
  readonly contextTokens?: number;
  /** The turn that holds the conversation. */
  readonly active?: ActiveTurn;
}

export interface ActiveTurn {
  readonly turnId: string;
  /** How long the holder may take to store the turn itself; from then on the turn's own lease counts. */
  readonly leaseUntil: number;
}

/** `accepted`: stored, no worker yet. `running`: a worker has it. The others are final. */
export type TurnState =
  "accepted" | "running" | "complete" | "stopped" | "failed";

export interface Turn {
  readonly conversationId: string;
  readonly turnId: string;
  /** Position in the conversation, counted by the server from 1; gaps are possible. */
  readonly order: number;
  readonly state: TurnState;
  readonly text: string;
  readonly context?: PageContext;
  /** The tools of the page that the model may call: those of the question that the owner has listed. */
  readonly tools?: readonly ToolDefinition[];
  /** Id from the configured list: the hint resolved when the question was accepted. */
  readonly model: string;
  readonly createdAt: number;
  /** What was reserved for it. */
  readonly reservation?: Reservation;
  /** Order of the first turn that this one takes out of context and history (`replaces`). */
  readonly replacesFrom?: number;
  /** The asking connection. `plain` connections get one `{"message"}` and no frames. */
  readonly askedBy: { readonly connectionId: string; readonly plain: boolean };
  /** Present while `accepted` or `running`. */
  readonly leaseUntil?: number;
  readonly stopRequestedAt?: number;
  /** Connections that asked to be brought up, in the order in which they asked. */
  readonly resumes: readonly ResumeRequest[];
  /** What tools gave, one a call, in the order in which it came; gone when the turn has ended. */
  readonly toolResults?: readonly ToolResult[];
  /** The rest is there once the turn has ended. */
  readonly answer?: string;
  readonly lastFrame?: TurnFrame;
  readonly rating?: Rating;
  readonly comment?: string;
}

export interface ResumeRequest {
  readonly connectionId: string;
  readonly lastSeq: number;
}

/** What a tool of the page gave: exactly one of `output` and `error`. */
export interface ToolResult {
  readonly toolCallId: string;
  readonly output?: unknown;
  readonly error?: string;
}

export type NewTurn = Omit<
  Turn,
  | "state"
  | "resumes"
  | "toolResults"
  | "stopRequestedAt"
  | "answer"
  | "lastFrame"
  | "rating"
  | "comment"
> & { readonly leaseUntil: number };

export interface TurnEnding {
  readonly state: "complete" | "stopped" | "failed";
  readonly answer: string;
  /** `turn-end`, or the `error` with a `seq`. */
  readonly lastFrame: TurnFrame;
}

export type TurnKey = Pick<Turn, "conversationId" | "turnId">;

/**
 * Every method is one or more conditional writes of single items; none is a transaction. Reads are strongly consistent
 * and pass over expired items. Failures of the store itself reject; an unmet condition is a value.
 */
export interface Store {
  putConnection(connection: Connection): Promise<void>;
  getConnection(connectionId: string): Promise<Connection | undefined>;
  /**
   * Counts a frame of the connection, and gives the connection with the number of its frames in the window. It counts up to
   * one more than `most`: what comes after that is `over`.
   */
  countFrame(
    connectionId: string,
    window: Window,
    most: number,
  ): Promise<
    | {
        readonly outcome: "counted";
        readonly connection: Connection;
        readonly frames: number;
      }
    | { readonly outcome: "over" | "unknown" }
  >;
  /** Sets what `hello` found out; false when the connection is unknown. */
  identifyConnection(
    connectionId: string,
    visitorId: string,
    signedInUntil?: number,
  ): Promise<boolean>;
  /** Makes the connection a receiver of the conversation, and of no other, for as long as its user is signed in. */
  joinConversation(connectionId: string, conversationId: string): Promise<void>;
  /** Makes the connection a receiver of no conversation. */
  leaveConversation(connectionId: string): Promise<void>;
  deleteConnection(connectionId: string): Promise<void>;
  /** Connections that receive the turns that start now. */
  listReceivers(conversationId: string): Promise<string[]>;

  getConversation(conversationId: string): Promise<Conversation | undefined>;
  /**
   * Takes the conversation for a turn (creating it when it is new) and gives the turn's order. `held` names the holder,
   * which may be this very turn when its `send` came twice; `foreign`: it belongs to another visitor.
   */
  holdConversation(
    key: TurnKey,
    visitorId: string,
    leaseUntil: number,
  ): Promise<
    | { readonly outcome: "held-now"; readonly order: number }
    | {
        readonly outcome: "held";
        readonly active: ActiveTurn;
        readonly order: number;
      }
    | { readonly outcome: "foreign" }
  >;
  /** Lets go of the conversation if this turn holds it; `contextTokens`: what its next turn finds there. */
  releaseConversation(key: TurnKey, contextTokens?: number): Promise<void>;

  /** Stores a question in state `accepted`; false when the turn exists: this write decides who asked first. */
  putTurn(turn: NewTurn): Promise<boolean>;
  getTurn(key: TurnKey): Promise<Turn | undefined>;
  /** `accepted` → `running`, if its lease has not expired; undefined when somebody else was first. */
  takeTurn(
    key: TurnKey,
    now: number,
    leaseUntil: number,
  ): Promise<Turn | undefined>;
  /** Gives the running turn as it is now, or undefined when it is not `running` any more. */
  renewLease(key: TurnKey, leaseUntil: number): Promise<Turn | undefined>;
  /** False when the turn is not `accepted` or `running`. */
  requestStop(key: TurnKey, now: number): Promise<boolean>;
  /** False when the turn is not `accepted` or `running`. */
  requestResume(key: TurnKey, request: ResumeRequest): Promise<boolean>;
  /** Adds what a tool gave. False: the call has its result, the turn has `most` of them, or it is not running. */
  putToolResult(
    key: TurnKey,
    result: ToolResult,
    most: number,
  ): Promise<boolean>;
  /**
   * Moves the turn from one of `from` to its final state, with the full text. Gives the turn as it was just before, with
   * every resume request that was made in time; undefined when it was in none of these states.
   */
  endTurn(
    key: TurnKey,
    from: readonly ("accepted" | "running")[],
    ending: TurnEnding,
  ): Promise<Turn | undefined>;
  /** False when the turn is unknown or has not ended. */
  rateTurn(
    key: TurnKey,
    rating: Rating,
    comment: string | undefined,
  ): Promise<boolean>;
  /** Newest first, `order` below `before`. */
  listTurns(
    conversationId: string,
    options: { readonly before?: number; readonly limit: number },
  ): Promise<Turn[]>;

  /**
   * Appends frames to the turn's log. `seq` fences: false when a frame with the first one's `seq` is there already, and
   * then somebody else has ended the turn.
   */
  appendFrames(key: TurnKey, frames: readonly TurnFrame[]): Promise<boolean>;
  /** Frames with a `seq` above `after`, in order. */
  listFrames(key: TurnKey, after: number): Promise<TurnFrame[]>;
  /** `seq` of the last stored frame, -1 when there is none. */
  lastSeq(key: TurnKey): Promise<number>;
  deleteFrames(key: TurnKey): Promise<void>;

  /** Deletes the conversation, its turns, frames and receivers; repeating it is safe. */
  deleteConversation(conversationId: string): Promise<void>;
}

// --- Model ---

export interface ModelMessage {
  readonly role: "user" | "assistant";
  readonly content: readonly ModelBlock[];
}

/** Text that is not blank, a call of a tool, or what a call gave. */
export type ModelBlock = string | ToolUseBlock | ToolResultBlock;

export interface ToolUseBlock {
  readonly type: "tool-use";
  readonly toolCallId: string;
  readonly name: string;
  /** Undefined: what the model wrote is not JSON. */
  readonly input: unknown;
}

export interface ToolResultBlock {
  readonly type: "tool-result";
  readonly toolCallId: string;
  /** Not blank. */
  readonly text: string;
  readonly failed: boolean;
}

/** US dollars for a million tokens. */
export interface Prices {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
}

/** A model that the owner offers. */
export interface ModelConfig {
  /** What clients name in `send.model`. */
  readonly id: string;
  readonly label: string;
  /** Bedrock model id, inference-profile id or ARN. */
  readonly modelId: string;
  /** Most output tokens of one answer. */
  readonly maxTokens: number;
  /** Context window in tokens, input and output together. */
  readonly contextTokens: number;
  readonly prices?: Prices;
  /** Sampling parameters and the like; nothing is sent that is not here. */
  readonly settings?: {
    readonly temperature?: number;
    readonly topP?: number;
    readonly stopSequences?: readonly string[];
    readonly additionalModelRequestFields?: Readonly<Record<string, unknown>>;
  };
}

export interface ModelRequest {
  readonly model: ModelConfig;
  readonly system?: string;
  readonly messages: readonly ModelMessage[];
  readonly tools?: readonly ToolDefinition[];
}

export type ModelEvent =
  | { readonly type: "start" }
  | { readonly type: "text"; readonly text: string }
  | ToolUseBlock
  /** `messageStop` was seen; without this event the answer is truncated. */
  | { readonly type: "stop"; readonly stopReason: StopReason | "malformed" }
  | { readonly type: "usage"; readonly usage: Usage };

export interface Model {
  /**
   * One call of the model, without retries. Throws `ChatError` with the code of the failure. Aborting `signal` closes
   * the stream at the model, and the iteration then ends without an error.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

// --- Messages to clients, and the worker ---

export interface Outbox {
  /**
   * Delivers one text frame. `gone`: the connection will never take another. Rejects when the frame could not be
   * delivered for another reason after the client's own retries.
   */
  post(connectionId: string, data: string): Promise<"sent" | "gone">;
  /** Closes the connection; no error when it is gone. */
  disconnect(connectionId: string): Promise<void>;
}

export interface WorkerInvoker {
  /** Starts the worker for an accepted turn and returns when the invocation is queued. */
  start(key: TurnKey): Promise<void>;
}

/** Issues and checks visitor tokens. */
export interface VisitorTokens {
  issue(visitorId: string, now: number): Promise<string>;
  /** Undefined for anything but a genuine token that has not expired. */
  verify(token: string, now: number): Promise<string | undefined>;
}

/** A user whom an issuer vouches for. */
export interface SignedIn {
  readonly visitorId: string;
  /** How long the token counts. */
  readonly until: number;
}

/** Checks sign-in tokens. */
export interface AuthTokens {
  /** Rejects with an `unauthorized` refusal, or with another error when it cannot be found out whether the token is good. */
  verify(token: string): Promise<SignedIn>;
}

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** The same log, whose lines all carry these fields too. */
  with(fields: Readonly<Record<string, unknown>>): Log;
}

/** What is counted or measured; `names.ts` says what each one means. */
export type MetricName =
  | "questions"
  | "firstTokenTime"
  | "inputTokens"
  | "outputTokens"
  | "cost"
  | "stops"
  | "resumes"
  | "truncations"
  | "modelThrottles"
  | "refusals"
  | "failures"
  | "ratingsUp"
  | "ratingsDown"
  | "budgetUsed";

export interface Metrics {
  /** Adds to a count, or one measurement; `reason` tells apart what makes it up. */
  add(name: MetricName, value: number, reason?: string): void;
}

/** What the error frame of a failed turn carries besides its place in the turn. */
export type Failure = Omit<TurnError, "requestId">;
