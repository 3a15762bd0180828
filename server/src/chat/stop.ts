import type { StopFrame } from "bedrock-chat-widget/protocol";
import { deliver } from "./deliver.ts";
import { isOpen, turnEnd } from "./frames.ts";
import {
  ownConversation,
  unknownTurn,
  type Request,
  type RouterDeps,
} from "./request.ts";
import { endFromOutside, settleTurn } from "./settle.ts";

/**
 * Serves `stop`. A running turn is ended by its worker, which meets the flag; one that no worker has taken yet is ended
 * here. The flag is written first in any case, so that a worker which takes the turn meanwhile does not call the model.
 */
export async function stop(
  deps: RouterDeps,
  request: Request,
  { conversationId, turnId }: StopFrame,
): Promise<void> {
  const { connectionId, requestId } = request;
  const { store, clock } = deps;
  const key = { conversationId, turnId };
  await ownConversation(deps, request, conversationId);
  const isFlagged = await store.requestStop(key, clock.now());
  const found = await store.getTurn(key);
  if (!found) throw unknownTurn();
  let told: ReadonlySet<string> = new Set();
  if (isFlagged && found.state === "accepted") {
    told = await endFromOutside(deps, found, (seq) =>
      turnEnd(turnId, seq, "stopped", 0),
    );
  } else if (isOpen(found)) {
    const turn = await settleTurn(deps, found, requestId);
    if (turn && isOpen(turn)) return;
  }
  if (told.has(connectionId)) return;
  const ended = await store.getTurn(key);
  if (ended?.lastFrame) await deliver(deps, connectionId, ended.lastFrame);
}
