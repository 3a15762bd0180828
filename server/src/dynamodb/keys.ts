/** Primary keys of every item in the table. */
import type { TurnKey } from "../chat/ports.ts";

/** A type alias, so that a key is a record to the SDK. */
export type Key = { readonly pk: string; readonly sk: string };

/** Ids hold no `#`, so no two of these can meet. Connection ids are API Gateway's and opaque: they come last. */
export const connectionKey = (connectionId: string): Key => ({
  pk: `CONN#${connectionId}`,
  sk: "META",
});

/** Partition of the conversation, its turns and its receivers. */
export const conversationPartition = (conversationId: string): string =>
  `CONV#${conversationId}`;

export const conversationKey = (conversationId: string): Key => ({
  pk: conversationPartition(conversationId),
  sk: "META",
});

export const RECEIVER_PREFIX = "CONN#";
export const receiverKey = (
  conversationId: string,
  connectionId: string,
): Key => ({
  pk: conversationPartition(conversationId),
  sk: `${RECEIVER_PREFIX}${connectionId}`,
});

export const TURN_PREFIX = "TURN#";
export const turnKey = ({ conversationId, turnId }: TurnKey): Key => ({
  pk: conversationPartition(conversationId),
  sk: `${TURN_PREFIX}${turnId}`,
});

/** Partition of a turn's frame log; apart from the conversation, so that reading turns never pages over frames. */
export const framesPartition = ({ conversationId, turnId }: TurnKey): string =>
  `FRAMES#${conversationId}#${turnId}`;

/** Sort key of the log entry whose first frame is `seq`; padded, so that text order is number order. */
export const frameSortKey = (seq: number): string =>
  String(seq).padStart(8, "0");

/** A count of one window. The name ends with whatever id it is about. */
export const bucketKey = (name: string, from: number): Key => ({
  pk: `COUNT#${name}`,
  sk: String(from),
});

export const slotKey = (owner: string, index: number): Key => ({
  pk: `SLOT#${owner}`,
  sk: String(index),
});
