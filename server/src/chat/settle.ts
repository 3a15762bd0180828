/**
 * Ending turns from outside their worker. Nobody waits for the dead: whoever meets a lease that has expired ends the turn.
 * The frame log decides how a turn ended; what follows repeats safely, because any actor may die between two writes.
 */
import type { TurnFrame, Usage } from "bedrock-chat-widget/protocol";
import { ChatError } from "./errors.ts";
import { closeLog } from "./frame-log.ts";
import type { Budgets } from "./budgets.ts";
import { estimateTokens } from "./context.ts";
import { endingOf, isOpen, NO_USAGE, textOf, turnError } from "./frames.ts";
import type { Clock, Conversation, Metrics, Turn, TurnKey } from "./ports.ts";
import { announceEnd, type ReplayDeps } from "./replay.ts";
import { countEnd } from "./turn-metrics.ts";

export interface SettleDeps extends ReplayDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly budgets: Budgets;
}

/** What a turn has used that somebody else than its worker ended; undefined where only the worker would know. */
export function spentBy(
  before: Pick<Turn, "state">,
  last: TurnFrame,
): Usage | undefined {
  if (before.state === "accepted") return NO_USAGE;
  const isKnown = last.type === "turn-end" && last.stopReason !== "stopped";
  return isKnown && last.usage.outputTokens > 0 ? last.usage : undefined;
}

/** What the next question finds in the conversation after a turn of which no more is known than its reservation. */
export const contextAfter = (
  { reservation, text }: Pick<Turn, "reservation" | "text">,
  answer: string,
): number =>
  (reservation?.inputTokens ?? estimateTokens(text)) + estimateTokens(answer);

/**
 * Brings the turn and its conversation to what a closed log says; safe to repeat, and for several at once. Gives the turn
 * as it is now to the one who did it, undefined to the others.
 */
async function settleFromLog(
  { store, budgets }: SettleDeps,
  key: TurnKey,
  frames: readonly TurnFrame[],
): Promise<Turn | undefined> {
  const last = frames.at(-1);
  if (!last) return undefined;
  const ending = endingOf(textOf(frames), last);
  const before = await store.endTurn(key, ["accepted", "running"], ending);
  if (before)
    await budgets.settle(before, before.reservation, spentBy(before, last));
  const held =
    before?.state === "running"
      ? contextAfter(before, ending.answer)
      : undefined;
  await store.releaseConversation(key, held);
  return before && { ...before, ...ending };
}

/** Ends a turn with `last`, if its log is still open, and tells everybody concerned. Gives those who were told. */
export async function endFromOutside(
  deps: SettleDeps,
  turn: Turn,
  last: (seq: number) => TurnFrame,
): Promise<ReadonlySet<string>> {
  const frames = await closeLog(deps.store, turn, last);
  const ended = await settleFromLog(deps, turn, frames);
  if (!ended) return new Set();
  deps.log.info("A turn was ended from outside.", {
    conversationId: turn.conversationId,
    turnId: turn.turnId,
    state: ended.state,
  });
  if (ended.lastFrame) countEnd(deps.metrics, ended.lastFrame);
  return announceEnd(deps, ended, frames);
}

/** Gives the turn as it stands, after having ended it if its lease has expired; undefined when it is gone by now. */
export async function settleTurn(
  deps: SettleDeps,
  turn: Turn,
  requestId: string,
): Promise<Turn | undefined> {
  if (!isOpen(turn) || (turn.leaseUntil ?? 0) > deps.clock.now()) return turn;
  const error =
    turn.state === "accepted"
      ? new ChatError("timeout", "No worker took the turn.")
      : new ChatError("stream_truncated", "The worker's lease expired.");
  await endFromOutside(deps, turn, (seq) =>
    turnError(turn.turnId, seq, error, requestId),
  );
  return deps.store.getTurn(turn);
}

/**
 * What holds a conversation: `turn` if it is stored by now. A holder that has ended, or that can never start any more, is
 * removed.
 */
export async function settleConversation(
  deps: SettleDeps,
  { conversationId, active }: Pick<Conversation, "conversationId" | "active">,
  requestId: string,
): Promise<{ readonly held: boolean; readonly turn?: Turn }> {
  if (!active) return { held: false };
  const key = { conversationId, turnId: active.turnId };
  const found = await deps.store.getTurn(key);
  const turn = found && (await settleTurn(deps, found, requestId));
  if (turn && isOpen(turn)) return { held: true, turn };
  if (!found && active.leaseUntil > deps.clock.now()) return { held: true };
  await deps.store.releaseConversation(key);
  return { held: false, ...(turn && { turn }) };
}
