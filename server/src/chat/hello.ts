import {
  MAX_CLIENT_FRAME_BYTES,
  type HelloFrame,
  type ReadyFrame,
} from "bedrock-chat-widget/protocol";
import { deliver } from "./deliver.ts";
import { isOpen } from "./frames.ts";
import { identityOf, type Identity } from "./identity.ts";
import type { Connection, Conversation } from "./ports.ts";
import type { Origin, RouterDeps } from "./request.ts";
import { settleConversation } from "./settle.ts";

async function identify(
  { store, clock }: RouterDeps,
  connectionId: string,
  connection: Connection | undefined,
  { visitorId, signedInUntil }: Identity,
): Promise<void> {
  const isSame = connection?.visitorId === visitorId;
  if (isSame && connection.signedInUntil === signedInUntil) return;
  // Another visitor on the same connection must not go on receiving what the one before did.
  if (connection?.visitorId !== undefined && !isSame)
    await store.leaveConversation(connectionId);
  if (
    connection &&
    (await store.identifyConnection(connectionId, visitorId, signedInUntil))
  )
    return;
  await store.putConnection({
    connectionId,
    connectedAt: connection?.connectedAt ?? clock.now(),
    visitorId,
    ...(signedInUntil === undefined ? {} : { signedInUntil }),
    ...(connection?.address === undefined
      ? {}
      : { address: connection.address }),
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
  const identity = await identityOf(deps, connectionId, frame, connection);
  const [visitorToken] = await Promise.all([
    tokens.issue(identity.anonymousId, clock.now()),
    identify(deps, connectionId, connection, identity),
  ]);
  const conversation =
    frame.conversationId === undefined
      ? undefined
      : await rejoin(deps, origin, identity.visitorId, frame.conversationId);
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
