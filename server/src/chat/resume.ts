import type { ResumeFrame } from "bedrock-chat-widget/protocol";
import { deliver } from "./deliver.ts";
import { isOpen } from "./frames.ts";
import type { Turn } from "./ports.ts";
import { replayEnded } from "./replay.ts";
import {
  join,
  ownConversation,
  unknownTurn,
  type Request,
  type RouterDeps,
} from "./request.ts";
import { settleConversation, settleTurn } from "./settle.ts";

/** Serves `resume`. */
export async function resume(
  deps: RouterDeps,
  request: Request,
  { conversationId, turnId, lastSeq }: ResumeFrame,
): Promise<void> {
  const { connectionId, requestId } = request;
  const conversation = await ownConversation(deps, request, conversationId);
  await join(deps, request, conversationId);
  const active = await settleConversation(deps, conversation, requestId);
  const found =
    active.turn?.turnId === turnId
      ? active.turn
      : await deps.store.getTurn({ conversationId, turnId });
  const turn = found && (await settleTurn(deps, found, requestId));
  if (!turn) throw unknownTurn();
  deps.metrics.add("resumes", 1);
  if (isOpen(turn))
    await deliver(deps, connectionId, { type: "ack", turnId, duplicate: true });
  await catchUp(deps, connectionId, turn, lastSeq);
}

/**
 * Brings a connection up from `lastSeq`: a running turn's worker does it, as it alone posts the frames of its turn; the
 * frames of an ended one come from here.
 */
export async function catchUp(
  deps: RouterDeps,
  connectionId: string,
  turn: Turn,
  lastSeq: number,
): Promise<void> {
  let ended: Turn | undefined = turn;
  if (isOpen(turn)) {
    const isRecorded = await deps.store.requestResume(turn, {
      connectionId,
      lastSeq,
    });
    if (isRecorded) return;
    ended = await deps.store.getTurn(turn);
    if (!ended) throw unknownTurn();
  }
  await replayEnded(deps, connectionId, ended, lastSeq);
}
