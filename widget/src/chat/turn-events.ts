/** What has happened to the turns between two states, as events for the page. Pure. */
import { hasEnded, type ChatState, type ChatTurn } from "./model.ts";
import type { SessionEvent } from "./session-options.ts";
import { findTurn, type ChatEvent } from "./state.ts";

/** Turns that a page of history brings are no news. */
export function turnEvents(
  before: ChatState,
  after: ChatState,
  cause: ChatEvent,
): SessionEvent[] {
  const isHistory = cause.type === "history";
  if (!isHistory && cause.type !== "frame" && cause.type !== "failed")
    return [];
  return after.turns.flatMap((turn, place) => {
    // Of thousands of turns all but one are what and where they were.
    if (before.turns[place] === turn) return [];
    const old = findTurn(before, turn.turnId);
    return old === turn || (isHistory && !old) ? [] : changes(old, turn);
  });
}

function changes(old: ChatTurn | undefined, turn: ChatTurn): SessionEvent[] {
  const { turnId, answer, status, stopReason, error, lastSeq } = turn;
  const events: SessionEvent[] = [];
  if (lastSeq >= 0 && (old?.lastSeq ?? -1) < 0)
    events.push(["response-start", turnId]);
  const known = old?.answer ?? "";
  if (answer.length > known.length && answer.startsWith(known))
    events.push(["response-delta", turnId, answer.slice(known.length)]);
  if (error && !old?.error) events.push(["error", error, turnId]);
  if (hasEnded(turn) && !(old && hasEnded(old))) {
    if (status === "stopped") events.push(["stopped", turnId]);
    const final = status as "complete" | "stopped" | "failed";
    events.push(["response-end", turnId, answer, final, stopReason]);
  }
  return events;
}
