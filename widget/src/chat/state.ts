/**
 * How every frame and every command changes what a chat looks like. Nothing in here has an effect or reads a clock: the
 * session acts on what the state says.
 */
import {
  DEFAULT_MAX_TEXT_LENGTH,
  MAX_CLIENT_FRAME_BYTES,
  type PageContext,
  type Rating,
  type ServerFrame,
  type ToolDefinition,
} from "../protocol.ts";
import { accept, applyFrame, placeholder } from "./frames.ts";
import {
  hasEnded,
  takeOut,
  withoutRequest,
  withTurns,
  type ChatFailure,
  type ChatState,
  type ChatTurn,
  type ChatTurnError,
  type ConnectionState,
} from "./model.ts";

export type {
  ChatFailure,
  ChatState,
  ChatStatus,
  ChatTurn,
  ChatTurnStatus,
  ConnectionState,
} from "./model.ts";

/** A question as it is asked, before the server has it. */
export interface AskedQuestion {
  readonly turnId: string;
  readonly text: string;
  readonly createdAt: number;
  readonly replaces?: string;
  readonly context?: PageContext;
  readonly tools?: readonly ToolDefinition[];
  readonly modelHint?: string;
  /** Why it was refused, if that happened on an earlier page. */
  readonly error?: ChatTurnError;
}

export type ChatEvent =
  | { readonly type: "frame"; readonly frame: ServerFrame }
  | {
      readonly type: "connection";
      readonly state: ConnectionState;
      readonly failure?: ChatFailure;
    }
  /** `elsewhere`: in another tab, which sends it. */
  | {
      readonly type: "asked";
      readonly question: AskedQuestion;
      readonly elsewhere?: boolean;
    }
  /** The question went out, or (`waiting`) must go out again later. */
  | {
      readonly type: "sent" | "waiting" | "accepted" | "removed" | "stopping";
      readonly turnId: string;
    }
  /** It was refused, or given up. */
  | {
      readonly type: "failed";
      readonly turnId: string;
      readonly error: ChatTurnError;
    }
  | { readonly type: "rated"; readonly turnId: string; readonly rating: Rating }
  /** What a page of history, or asking for one, has made of the transcript. */
  | {
      readonly type: "history";
      readonly history: ChatState["history"];
      readonly turns?: readonly ChatTurn[];
    }
  /** Another conversation from here on; questions that the server does not have may move along. */
  | {
      readonly type: "conversation";
      readonly conversationId: string;
      readonly keepUnsent?: boolean;
      /** The server knows none yet, so there is nothing to load. */
      readonly fresh?: boolean;
    };

export const findTurn = (
  state: ChatState,
  turnId: string,
): ChatTurn | undefined => state.turns.find((turn) => turn.turnId === turnId);

export const initialState = (
  conversationId: string,
  fresh: boolean,
): ChatState => ({
  connection: "closed",
  conversationId,
  turns: [],
  status: "idle",
  models: [],
  limits: {
    maxTextLength: DEFAULT_MAX_TEXT_LENGTH,
    maxFrameBytes: MAX_CLIENT_FRAME_BYTES,
  },
  history: { complete: fresh, loading: false },
});

/** The next state; the same object when nothing changed. */
export function reduce(state: ChatState, event: ChatEvent): ChatState {
  switch (event.type) {
    case "frame":
      return receive(state, event.frame);
    case "connection":
      return {
        ...state,
        connection: event.state,
        history:
          event.state === "ready"
            ? state.history
            : withoutRequest(state.history),
        failure: event.failure,
      };
    case "asked":
      return ask(state, event);
    case "accepted":
      return change(state, event.turnId, accept);
    case "sent":
      return changeUnsent(state, event.turnId, (turn) => ({
        ...turn,
        status: "submitted",
      }));
    case "waiting":
      return changeUnsent(state, event.turnId, (turn) => ({
        ...turn,
        error: undefined,
        elsewhere: undefined,
        status: "waiting",
      }));
    case "failed":
      return change(state, event.turnId, (turn) =>
        hasEnded(turn)
          ? turn
          : {
              ...turn,
              stopping: undefined,
              gap: undefined,
              status: "failed",
              error: event.error,
            },
      );
    case "removed":
      return remove(state, event.turnId);
    case "stopping":
      return change(state, event.turnId, (turn) =>
        hasEnded(turn) || turn.stopping ? turn : { ...turn, stopping: true },
      );
    case "rated":
      return change(state, event.turnId, (turn) =>
        turn.rating === event.rating ? turn : { ...turn, rating: event.rating },
      );
    case "history":
      return withTurns(
        { ...state, history: event.history },
        event.turns ?? state.turns,
      );
    case "conversation":
      return withTurns(
        {
          ...state,
          failure: undefined,
          conversationId: event.conversationId,
          history: { complete: event.fresh ?? false, loading: false },
        },
        event.keepUnsent
          ? state.turns
              .filter((turn) => !turn.accepted)
              .map((turn) => ({
                ...turn,
                replaces: undefined,
                replaced: undefined,
              }))
          : [],
      );
  }
}

function change(
  state: ChatState,
  turnId: string,
  how: (turn: ChatTurn) => ChatTurn,
): ChatState {
  const turn = findTurn(state, turnId);
  const next = turn && how(turn);
  return next === turn || !next
    ? state
    : withTurns(
        state,
        state.turns.map((other) => (other === turn ? next : other)),
      );
}

const changeUnsent: typeof change = (state, turnId, how) =>
  change(state, turnId, (turn) => (turn.accepted ? turn : how(turn)));

function ask(
  state: ChatState,
  { question, elsewhere }: Extract<ChatEvent, { type: "asked" }>,
): ChatState {
  if (findTurn(state, question.turnId)) return state;
  const turn: ChatTurn = {
    ...question,
    answer: "",
    status: question.error ? "failed" : "waiting",
    lastSeq: -1,
    accepted: false,
    elsewhere,
  };
  return withTurns(state, takeOut([...state.turns, turn]));
}

function remove(state: ChatState, turnId: string): ChatState {
  const removed = findTurn(state, turnId);
  if (!removed || removed.accepted) return state;
  return withTurns(
    state,
    state.turns.flatMap((turn) =>
      turn === removed ? (removed.replaced ?? []) : [turn],
    ),
  );
}

function receive(state: ChatState, frame: ServerFrame): ChatState {
  switch (frame.type) {
    case "ready":
      return { ...state, models: frame.models, limits: frame.limits };
    case "ack":
      return change(state, frame.turnId, accept);
    case "turn-start": {
      const { conversationId, turnId, createdAt } = frame;
      if (conversationId !== state.conversationId) return state;
      const known = findTurn(state, turnId)
        ? state
        : withTurns(state, [...state.turns, placeholder(turnId, createdAt)]);
      return change(known, turnId, (turn) => applyFrame(turn, frame));
    }
    case "text-delta":
    case "tool-call":
    case "turn-end":
      return change(state, frame.turnId, (turn) => applyFrame(turn, frame));
    case "error": {
      const { turnId, seq } = frame;
      if (turnId === undefined || seq === undefined) return state;
      return change(state, turnId, (turn) =>
        applyFrame(turn, { ...frame, turnId, seq }),
      );
    }
    default:
      return state;
  }
}
