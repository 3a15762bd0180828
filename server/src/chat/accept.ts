import type { PlainQuestion, SendFrame } from "bedrock-chat-widget/protocol";
import { deliver } from "./deliver.ts";
import { plainConversationId, plainTurnId, plainVisitorId } from "./plain.ts";
import type { TurnKey } from "./ports.ts";
import { storeQuestion, startWorker } from "./question.ts";
import {
  join,
  ownConversation,
  admitAnonymous,
  unknownTurn,
  type Origin,
  type Request,
  type RouterDeps,
} from "./request.ts";
import { catchUp } from "./resume.ts";
import { settleTurn } from "./settle.ts";

/** Serves `send`: `ack`, and a worker answers. A question that was asked before is resumed from its first frame. */
export async function send(
  deps: RouterDeps,
  request: Request,
  frame: SendFrame,
): Promise<void> {
  const { conversationId, turnId, text, context, tools, model, replaces } =
    frame;
  const { connectionId, visitorId, asker, requestId } = request;
  const key = { conversationId, turnId };
  const isRepeated =
    (await deps.store.getTurn(key)) !== undefined ||
    !(await storeQuestion(deps, {
      key,
      visitorId,
      asker,
      text,
      context,
      tools,
      model,
      replaces,
      askedBy: { connectionId, plain: false },
      requestId,
    }));
  if (isRepeated) return repeat(deps, request, key);
  // Before the worker looks who listens, and before the client takes itself for a listener.
  await join(deps, request, conversationId);
  await deliver(deps, connectionId, { type: "ack", turnId });
  await startWorker(deps, key, requestId);
}

async function repeat(
  deps: RouterDeps,
  request: Request,
  key: TurnKey,
): Promise<void> {
  await ownConversation(deps, request, key.conversationId);
  const { connectionId, requestId } = request;
  const { store, clock, timing } = deps;
  const found = await store.getTurn(key);
  const turn = found && (await settleTurn(deps, found, requestId));
  if (!turn) throw unknownTurn();
  await join(deps, request, key.conversationId);
  await deliver(deps, connectionId, {
    type: "ack",
    turnId: key.turnId,
    duplicate: true,
  });
  // The router that accepted it may have died before it started a worker. Only one worker can take a turn.
  if (
    turn.state === "accepted" &&
    clock.now() - turn.createdAt >= timing.restartAfterMs
  )
    await startWorker(deps, key, requestId);
  await catchUp(deps, connectionId, turn, -1);
}

/** Serves `{"data"}`: its answer is one `{"message"}`, and a repetition cannot happen, as every message has its own id. */
export async function sendPlain(
  deps: RouterDeps,
  { connectionId, requestId }: Origin,
  address: string,
  messageId: string,
  { data }: PlainQuestion,
): Promise<void> {
  admitAnonymous(deps.auth);
  const key = {
    conversationId: plainConversationId(connectionId),
    turnId: plainTurnId(messageId),
  };
  const isNew = await storeQuestion(deps, {
    key,
    visitorId: plainVisitorId(connectionId),
    // Another connection makes another owner: what such a client may use goes by its address alone.
    asker: { subject: address, address },
    text: data,
    askedBy: { connectionId, plain: true },
    requestId,
  });
  if (isNew) await startWorker(deps, key, requestId);
}
