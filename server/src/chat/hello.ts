import {
  MAX_CLIENT_FRAME_BYTES,
  type HelloFrame,
  type ReadyFrame,
} from "bedrock-chat-widget/protocol";
import { deliver } from "./deliver.ts";
import { isOpen } from "./frames.ts";
import type { Connection, Conversation } from "./ports.ts";
import type { Origin, RouterDeps } from "./request.ts";
import { settleConversation } from "./settle.ts";

/** Who says hello: the token's visitor, without a token the connection's, or else somebody new. */
async function visitorOf(
  { tokens, clock, newId }: RouterDeps,
  { visitorToken }: HelloFrame,
  connection: Connection | undefined,
): Promise<string> {
  if (visitorToken === undefined) return connection?.visitorId ?? newId();
  return (await tokens.verify(visitorToken, clock.now())) ?? newId();
}

async function identify(
  { store, clock }: RouterDeps,
  connectionId: string,
  connection: Connection | undefined,
  visitorId: string,
): Promise<void> {
  if (connection?.visitorId === visitorId) return;
  // Another visitor on the same connection must not go on receiving what the one before did.
  if (connection?.visitorId !== undefined)
    await store.deleteConnection(connectionId);
  else if (
    connection &&
    (await store.identifyConnection(connectionId, visitorId))
  )
    return;
  await store.putConnection({
    connectionId,
    connectedAt: connection?.connectedAt ?? clock.now(),
    visitorId,
  });
}

/** Joins the conversation if it is the visitor's, and gives it as it is from then on. */
async function rejoin(
  deps: RouterDeps,
  { connectionId, requestId }: Origin,
  visitorId: string,
  conversationId: string,
): Promise<Conversation | undefined> {
  const { store } = deps;
  const found = await store.getConversation(conversationId);
  if (found?.visitorId !== visitorId) return undefined;
  // Before it joins: nothing comes to a new connection before its `ready`.
  await settleConversation(deps, found, requestId);
  await store.joinConversation(connectionId, conversationId);
  // Read again: a turn that started before the connection had joined is told by `activeTurn`, a later one comes by itself.
  return store.getConversation(conversationId);
}

async function activeTurn(
  { store }: RouterDeps,
  { conversationId, active }: Conversation,
): Promise<ReadyFrame["activeTurn"]> {
  if (!active) return undefined;
  const { turnId } = active;
  const turn = await store.getTurn({ conversationId, turnId });
  if (!turn || !isOpen(turn)) return undefined;
  const lastSeq = turn.state === "accepted" ? -1 : await store.lastSeq(turn);
  return { turnId, lastSeq };
}

/** Answers `hello` with `ready`. */
export async function hello(
  deps: RouterDeps,
  origin: Origin,
  frame: HelloFrame,
  connection: Connection | undefined,
): Promise<void> {
  const { connectionId } = origin;
  const { clock, tokens, limits, models } = deps;
  const visitorId = await visitorOf(deps, frame, connection);
  const [visitorToken] = await Promise.all([
    tokens.issue(visitorId, clock.now()),
    identify(deps, connectionId, connection, visitorId),
  ]);
  const conversation =
    frame.conversationId === undefined
      ? undefined
      : await rejoin(deps, origin, visitorId, frame.conversationId);
  const active = conversation && (await activeTurn(deps, conversation));
  await deliver(deps, connectionId, {
    type: "ready",
    visitorToken,
    ...(conversation && { conversationId: conversation.conversationId }),
    limits: {
      maxTextLength: limits.maxTextLength,
      maxFrameBytes: MAX_CLIENT_FRAME_BYTES,
    },
    models: models.map(({ id, label }) => ({ id, label })),
    ...(active && { activeTurn: active }),
    serverTime: new Date(clock.now()).toISOString(),
  });
}
