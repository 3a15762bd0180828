import type { FeedbackFrame } from "bedrock-chat-widget/protocol";
import { Refusal } from "./errors.ts";
import {
  ownConversation,
  unknownTurn,
  type Request,
  type RouterDeps,
} from "./request.ts";

/** Serves `feedback`: stores the rating with its turn, and is silent when that worked. */
export async function feedback(
  deps: RouterDeps,
  request: Request,
  { conversationId, turnId, rating, comment }: FeedbackFrame,
): Promise<void> {
  await ownConversation(deps, request, conversationId);
  const key = { conversationId, turnId };
  if (await deps.store.rateTurn(key, rating, comment)) {
    if (rating === "up") deps.metrics.add("ratingsUp", 1);
    if (rating === "down") deps.metrics.add("ratingsDown", 1);
    return;
  }
  if (!(await deps.store.getTurn(key))) throw unknownTurn();
  throw new Refusal(
    "bad_request",
    "An answer can be rated when it is complete.",
  );
}
