import type { ForgetFrame } from "bedrock-chat-widget/protocol";
import { deliver } from "./deliver.ts";
import { Refusal } from "./errors.ts";
import { endingOf, NO_USAGE, turnEnd } from "./frames.ts";
import type { TurnKey } from "./ports.ts";
import type { Request, RouterDeps } from "./request.ts";

/** Ends a turn that no worker has taken yet: afterwards nobody would know what was reserved for it. */
async function giveUp(
  { store, budgets }: RouterDeps,
  { conversationId, turnId }: TurnKey,
): Promise<void> {
  const lastFrame = turnEnd(turnId, 0, "stopped", 0);
  const before = await store.endTurn(
    { conversationId, turnId },
    ["accepted"],
    endingOf("", lastFrame),
  );
  if (before) await budgets.settle(before, before.reservation, NO_USAGE);
}

/**
 * Serves `forget`. The worker of a running turn finds the turn gone and closes the model's stream. What is gone already is
 * `forgotten` again, because the first answer may have been lost.
 */
export async function forget(
  deps: RouterDeps,
  { connectionId, visitorId }: Request,
  { conversationId }: ForgetFrame,
): Promise<void> {
  const { store, log } = deps;
  const conversation = await store.getConversation(conversationId);
  if (conversation && conversation.visitorId !== visitorId)
    throw new Refusal("not_found", "There is no such conversation.");
  const concerned = new Set([connectionId]);
  if (conversation) {
    for (const receiver of await store.listReceivers(conversationId))
      concerned.add(receiver);
    if (conversation.active)
      await giveUp(deps, { ...conversation.active, conversationId });
    await store.deleteConversation(conversationId);
    log.info("A conversation was forgotten.");
  }
  await Promise.all(
    [...concerned].map((receiver) =>
      deliver(deps, receiver, { type: "forgotten", conversationId }),
    ),
  );
}
