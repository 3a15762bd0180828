/**
 * What a chat looks like at one moment, as plain data, and how every frame and every command changes it. Nothing in here
 * has an effect or reads a clock: the session acts on what the state says.
 */
import type {
  ModelInfo,
  PageContext,
  Rating,
  StopReason,
  TurnError,
} from "../protocol.ts";

export type ConnectionState =
  "closed" | "connecting" | "ready" | "reconnecting" | "offline" | "failed";

/** Of the chat: what its running turn does, or how its last turn ended. */
export type ChatStatus = "idle" | "submitted" | "streaming" | "error";

/** `waiting`: not sent yet and removable. `submitted`: sent, no text yet. The last three are final. */
export type ChatTurnStatus =
  "waiting" | "submitted" | "streaming" | "complete" | "stopped" | "failed";

export interface ChatTurn {
  readonly turnId: string;
  readonly text: string;
  readonly answer: string;
  readonly status: ChatTurnStatus;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly model?: string;
  readonly stopReason?: StopReason;
  readonly error?: TurnError;
  readonly rating?: Rating;
  /** `seq` of the last frame that was applied; -1 before the first. */
  readonly lastSeq: number;
  /** The server has the question: from now on it is resumed, never sent again. */
  readonly accepted: boolean;
  /** The visitor asked to stop; true until the turn has ended. */
  readonly stopping?: boolean;
  /** Why frames must be fetched: `resume` after a gap, `history` when the text is known to be wrong or unknown. */
  readonly missing?: "resume" | "history";
  /** What goes with the question, until it is accepted. */
  readonly replaces?: string;
  readonly context?: PageContext;
  readonly modelHint?: string;
  /** The turns that this one takes out, until it is accepted: they come back when it is removed. */
  readonly replaced?: readonly ChatTurn[];
}

export interface ChatFailure {
  readonly code: string;
  readonly message: string;
}

export interface ChatState {
  readonly connection: ConnectionState;
  readonly conversationId: string;
  /** Oldest first; replaced ones are gone. */
  readonly turns: readonly ChatTurn[];
  readonly status: ChatStatus;
  readonly models: readonly ModelInfo[];
  readonly limits: {
    readonly maxTextLength: number;
    readonly maxFrameBytes: number;
  };
  readonly history: {
    /** Nothing older is on the server. */
    readonly complete: boolean;
    readonly loading: boolean;
    /** Cursor of the next older page. */
    readonly before?: string;
  };
  /** Why `connection` is `failed`, or a refusal that names no turn. */
  readonly failure?: ChatFailure;
}
