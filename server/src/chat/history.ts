import {
  DEFAULT_HISTORY_LIMIT,
  type HistoryRequestFrame,
} from "bedrock-chat-widget/protocol";
import { deliverAll } from "./deliver.ts";
import { Refusal } from "./errors.ts";
import { historyFrames } from "./history-frames.ts";
import type { Turn } from "./ports.ts";
import {
  join,
  ownConversation,
  type Request,
  type RouterDeps,
} from "./request.ts";
import { settleConversation, settleTurn } from "./settle.ts";
import {
  formatPlace,
  NEWEST,
  parsePlace,
  visibleTurns,
  type Place,
} from "./visible-turns.ts";

/** The newest `limit` visible turns from a place on, newest first, and the place of the next older one. */
async function page(
  deps: RouterDeps,
  conversationId: string,
  from: Place,
  limit: number,
): Promise<{ readonly turns: Turn[]; readonly next?: Place }> {
  const turns: Turn[] = [];
  let next = from;
  // One more than is asked for tells whether there is an older page.
  for await (const { turn, behind } of visibleTurns(
    deps.store,
    conversationId,
    from,
    limit + 1,
  )) {
    if (turns.length === limit) return { turns, next };
    turns.push(turn);
    next = behind;
  }
  return { turns };
}

/** Serves `history`. */
export async function history(
  deps: RouterDeps,
  request: Request,
  {
    conversationId,
    before,
    limit = DEFAULT_HISTORY_LIMIT,
  }: HistoryRequestFrame,
): Promise<void> {
  const { connectionId, requestId } = request;
  const from = before === undefined ? NEWEST : parsePlace(before);
  if (!from)
    throw new Refusal(
      "bad_request",
      "history.before must be the before of an earlier history frame.",
    );
  const conversation = await ownConversation(deps, request, conversationId);
  await join(deps, request, conversationId);
  await settleConversation(deps, conversation, requestId);
  const { turns, next } = await page(deps, conversationId, from, limit);
  const settled = await Promise.all(
    turns.reverse().map((turn) => settleTurn(deps, turn, requestId)),
  );
  await deliverAll(
    deps,
    connectionId,
    historyFrames(
      conversationId,
      settled.filter((turn) => turn !== undefined),
      deps.limits,
      next && formatPlace(next),
    ),
  );
}
