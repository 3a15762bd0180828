/** What a chat looks like at one moment, as plain data, and the small questions that can be asked about it. */
import type {
  HistoryTurn,
  ModelInfo,
  PageContext,
  Rating,
  StopReason,
  ToolDefinition,
  TurnError,
} from "../protocol.ts";

export type ConnectionState =
  "closed" | "connecting" | "ready" | "reconnecting" | "offline" | "failed";

/** Of the chat: what its running turn does, or how its last turn ended. */
export type ChatStatus = "idle" | "submitted" | "streaming" | "error";

/** `waiting`: not sent yet and removable. `submitted`: sent, no text yet. The last three are final. */
export type ChatTurnStatus =
  "waiting" | "submitted" | "streaming" | "complete" | "stopped" | "failed";

export interface ChatTurnError extends TurnError {
  /** When it came, in epoch milliseconds, if that is known: a wait is counted from then on. */
  readonly since?: number;
}

export interface ChatTurn {
  readonly turnId: string;
  readonly text: string;
  readonly answer: string;
  readonly status: ChatTurnStatus;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly model?: string;
  readonly stopReason?: StopReason;
  readonly error?: ChatTurnError;
  readonly rating?: Rating;
  /** `seq` of the last frame that was applied; -1 before the first. */
  readonly lastSeq: number;
  /** The server has the question: from now on it is resumed, never sent again. */
  readonly accepted: boolean;
  /** The visitor asked to stop; true until the turn has ended. */
  readonly stopping?: boolean;
  /** Frames after `lastSeq` were lost: `resume` brings them. */
  readonly gap?: boolean;
  /** The text is unknown or known to be wrong: `history` brings it. */
  readonly stale?: boolean;
  /** Another tab of this browser asked and sends it, until it is accepted. */
  readonly elsewhere?: boolean;
  /** What goes with the question, until it is accepted. */
  readonly replaces?: string;
  readonly context?: PageContext;
  readonly tools?: readonly ToolDefinition[];
  readonly modelHint?: string;
  /** The turns that this one takes out, until it is accepted: they come back when it is removed. */
  readonly replaced?: readonly ChatTurn[];
}

/** `newest` and `older` are pages; `recent` asks for what another tab or device has added. */
export interface HistoryRequest {
  readonly kind: "newest" | "older" | "recent";
  /** Turns that had ended when it was sent: if a reply leaves one of them out of its span, it has been replaced. */
  readonly known: readonly string[];
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
    /** The request that is being answered. */
    readonly request?: HistoryRequest;
    /** What has come of a reply in several frames, and the `part` that comes next. */
    readonly received?: readonly HistoryTurn[];
    readonly nextPart?: number;
  };
  /** Why `connection` is `failed`, or a refusal that names no turn. */
  readonly failure?: ChatFailure;
}

export const isRunning = (turn: ChatTurn): boolean =>
  turn.status === "submitted" || turn.status === "streaming";

/** Whether nothing can change the answer any more. A refused question has not ended: it was never taken. */
export const hasEnded = (turn: ChatTurn): boolean =>
  turn.accepted && !isRunning(turn);

function statusOf(turns: readonly ChatTurn[]): ChatStatus {
  const has = (status: ChatTurnStatus) =>
    turns.some((turn) => turn.status === status);
  if (has("streaming")) return "streaming";
  if (has("submitted") || has("waiting")) return "submitted";
  return turns.at(-1)?.status === "failed" ? "error" : "idle";
}

export const withTurns = (
  state: ChatState,
  turns: readonly ChatTurn[],
): ChatState => ({ ...state, turns, status: statusOf(turns) });

/** The same when nobody answers the request any more. */
export const withoutRequest = (
  history: ChatState["history"],
): ChatState["history"] => ({
  ...history,
  request: undefined,
  received: undefined,
  nextPart: undefined,
  loading: false,
});

/** Takes out of the list what its unsent questions replace; they carry it along. */
export function takeOut(turns: readonly ChatTurn[]): readonly ChatTurn[] {
  let kept = turns;
  for (const turn of turns) {
    if (turn.accepted || turn.replaces === undefined) continue;
    const from = kept.findIndex(({ turnId }) => turnId === turn.replaces);
    if (from < 0) continue;
    const isGone = (other: ChatTurn, index: number) =>
      index >= from &&
      other !== turn &&
      (other.accepted || other.turnId === turn.replaces);
    const replaced = kept.filter(isGone);
    kept = kept
      .filter((other, index) => !isGone(other, index))
      .map((other) => (other === turn ? { ...turn, replaced } : other));
  }
  return kept;
}

/** The part of an error frame that a turn keeps. */
export const turnError = (
  { code, message, retryable, retryAfterMs, requestId }: TurnError,
  since?: number,
): ChatTurnError => ({
  code,
  message,
  retryable,
  retryAfterMs,
  requestId,
  since,
});
