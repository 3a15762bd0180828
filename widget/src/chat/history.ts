/** How a `history` reply changes a transcript. Pure, as all of the state is. */
import type { HistoryFrame, HistoryTurn } from "../protocol.ts";
import {
  hasEnded,
  takeOut,
  turnError,
  withoutRequest,
  withTurns,
  type ChatState,
  type ChatTurn,
  type HistoryRequest,
} from "./model.ts";

/** The transcript once a page was asked for. */
export const requestHistory = (
  { history, turns }: ChatState,
  kind: HistoryRequest["kind"],
): ChatState["history"] => ({
  ...withoutRequest(history),
  loading: true,
  request: { kind, known: turns.filter(hasEnded).map(({ turnId }) => turnId) },
});

/** Collects the frames of a reply and merges it when the last one is there. */
export function receiveHistory(
  state: ChatState,
  frame: HistoryFrame,
): ChatState {
  if (frame.conversationId !== state.conversationId) return state;
  const { part, before, more } = frame;
  const { request, nextPart = 0, received = [] } = state.history;
  // One that came before, or after one that was lost: then the reply never completes and is asked for again.
  if (part && part !== nextPart) return state;
  const turns = part === 0 ? frame.turns : [...received, ...frame.turns];
  if (more)
    return {
      ...state,
      history: {
        ...state.history,
        received: turns,
        nextPart: part === undefined ? nextPart : part + 1,
      },
    };
  const page = joinEntries(turns);
  if (!request) return mergeKnown(state, page);
  return request.kind === "older"
    ? mergeOlder(state, page, before)
    : mergeNewest(state, page, before, request.known);
}

/** Puts turns together again that were continued by further entries. */
function joinEntries(entries: readonly HistoryTurn[]): readonly HistoryTurn[] {
  const joined: HistoryTurn[] = [];
  for (const entry of entries) {
    const last = joined.at(-1);
    if (last?.turnId !== entry.turnId) joined.push(entry);
    else
      joined[joined.length - 1] = {
        ...last,
        ...entry,
        text: last.text + entry.text,
        answer: last.answer + entry.answer,
      };
  }
  return joined;
}

/** What the server says replaces what is here, save that a running turn goes on from its frames. */
function mergeTurn(local: ChatTurn | undefined, entry: HistoryTurn): ChatTurn {
  const running = entry.status === "streaming";
  if (local && hasEnded(local) && running) return local; // The reply is older than the end.
  const { turnId, text, model, stopReason, rating, error } = entry;
  return {
    turnId,
    text,
    answer: running ? (local?.answer ?? "") : entry.answer,
    status:
      entry.status !== "streaming"
        ? entry.status
        : local?.answer
          ? "streaming"
          : "submitted",
    createdAt: Date.parse(entry.createdAt) || 0,
    model,
    lastSeq: local?.lastSeq ?? -1,
    accepted: true,
    stopReason,
    rating,
    error: error && turnError(error),
    gap: running ? local?.gap : undefined,
    stopping: running ? local?.stopping : undefined,
  };
}

type Known = ReadonlyMap<string, ChatTurn>;
const byId = (turns: readonly ChatTurn[]): Known =>
  new Map(turns.map((turn) => [turn.turnId, turn]));
const idsOf = (page: readonly HistoryTurn[]): ReadonlySet<string> =>
  new Set(page.map(({ turnId }) => turnId));

/** Not asked for: the answer to a `resume` whose frames have expired. */
function mergeKnown(state: ChatState, page: readonly HistoryTurn[]): ChatState {
  const entries = new Map(page.map((entry) => [entry.turnId, entry]));
  return withTurns(
    {
      ...state,
      history: { ...state.history, received: undefined, nextPart: undefined },
    },
    state.turns.map((turn) => {
      const entry = entries.get(turn.turnId);
      return entry ? mergeTurn(turn, entry) : turn;
    }),
  );
}

const cursor = (before: string | undefined): ChatState["history"] => ({
  complete: before === undefined,
  loading: false,
  before,
});

function mergeOlder(
  state: ChatState,
  page: readonly HistoryTurn[],
  before: string | undefined,
): ChatState {
  const local = byId(state.turns);
  const older = page
    .filter(({ turnId }) => !local.has(turnId))
    .map((entry) => mergeTurn(undefined, entry));
  const { turns } = mergeKnown(state, page);
  return withTurns(
    { ...state, history: cursor(before) },
    takeOut([...older, ...turns]),
  );
}

function mergeNewest(
  state: ChatState,
  page: readonly HistoryTurn[],
  before: string | undefined,
  known: readonly string[],
): ChatState {
  const local = byId(state.turns);
  const inPage = idsOf(page);
  const first = state.turns.findIndex(({ turnId }) => inPage.has(turnId));
  // Without an overlap nobody knows what lies between: the rest is loaded again when it is asked for.
  const older =
    before === undefined || first < 0 ? [] : state.turns.slice(0, first);
  const isOlder = new Set(older);
  const newer = state.turns.filter(
    (turn) =>
      !inPage.has(turn.turnId) &&
      !isOlder.has(turn) &&
      !known.includes(turn.turnId),
  );
  const merged = page.map((entry) => mergeTurn(local.get(entry.turnId), entry));
  const { complete, before: oldest } = state.history;
  return withTurns(
    {
      ...state,
      history:
        older.length > 0
          ? { complete, loading: false, before: oldest }
          : cursor(before),
    },
    takeOut([...older, ...merged, ...newer]),
  );
}
