import { ChatError } from "../chat/errors.ts";
import type { Store } from "../chat/ports.ts";
import { holder, toConversation } from "./items.ts";
import {
  connectionKey,
  conversationKey,
  conversationPartition,
  type Key,
  RECEIVER_PREFIX,
  TURN_PREFIX,
} from "./keys.ts";
import { ABSENT, ALIVE, type Item, type Table } from "./table.ts";

const MOST_HOLD_ATTEMPTS = 20;

type Conversations = Pick<
  Store,
  | "getConversation"
  | "holdConversation"
  | "releaseConversation"
  | "deleteConversation"
>;

/** Conversations: who owns one, and which turn holds it. */
export function conversationsIn(
  table: Table,
  retentionMs: number,
  deleteFrames: Store["deleteFrames"],
): Conversations {
  return {
    async getConversation(conversationId) {
      const item = await table.get(conversationKey(conversationId));
      return item && toConversation(item);
    },

    async holdConversation({ conversationId, turnId }, visitorId, leaseUntil) {
      const key = conversationKey(conversationId);
      // Each round ends unless the holder let go between the write and the read.
      for (let attempt = 0; attempt < MOST_HOLD_ATTEMPTS; attempt++) {
        const held = await table.update(key, {
          update:
            "SET #conversationId = :conversationId, #visitorId = :visitorId, #ttl = :ttl," +
            " #activeTurnId = :turnId, #activeLeaseUntil = :leaseUntil," +
            " #activeOrder = if_not_exists(#turnCount, :zero) + :one," +
            " #turnCount = if_not_exists(#turnCount, :zero) + :one",
          condition: `${ABSENT} OR (#visitorId = :visitorId AND attribute_not_exists(#activeTurnId))`,
          values: {
            ":conversationId": conversationId,
            ":visitorId": visitorId,
            ":ttl": table.expiry(retentionMs),
            ":turnId": turnId,
            ":leaseUntil": leaseUntil,
            ":zero": 0,
            ":one": 1,
          },
        });
        if (held)
          return { outcome: "held-now", order: held.activeOrder as number };
        const item = await table.get(key);
        if (item && item.visitorId !== visitorId) return { outcome: "foreign" };
        const found = item && holder(item);
        if (found) return { outcome: "held", ...found };
      }
      throw new ChatError(
        "internal",
        `The conversation ${conversationId} changed hands ${MOST_HOLD_ATTEMPTS} times while the turn ${turnId} tried to hold it.`,
      );
    },

    async releaseConversation({ conversationId, turnId }, contextTokens) {
      const remove = "REMOVE #activeTurnId, #activeLeaseUntil, #activeOrder";
      await table.update(conversationKey(conversationId), {
        update:
          contextTokens === undefined
            ? remove
            : `SET #contextTokens = :contextTokens ${remove}`,
        condition: "#activeTurnId = :turnId",
        values: { ":turnId": turnId, ":contextTokens": contextTokens },
      });
    },

    // What is found by way of something else goes before it, and the item that says whose all this is goes last: a
    // deletion that broke off can be repeated by its owner.
    async deleteConversation(conversationId) {
      const keys: Key[] = [];
      const pages = table.query({
        where: "#pk = :pk",
        values: { ":pk": conversationPartition(conversationId) },
        only: "#pk, #sk, #turnId, #connectionId",
      });
      for await (const page of pages) {
        for (const item of page) {
          const { pk, sk, turnId, connectionId } = item as Item & Key;
          if (sk.startsWith(TURN_PREFIX))
            await deleteFrames({ conversationId, turnId: turnId as string });
          if (sk.startsWith(RECEIVER_PREFIX))
            await table.update(connectionKey(connectionId as string), {
              update: "REMOVE #conversationId, #joined",
              condition: `${ALIVE} AND #conversationId = :conversationId`,
              values: { ":conversationId": conversationId },
            });
          if (sk !== conversationKey(conversationId).sk) keys.push({ pk, sk });
        }
      }
      await table.deleteAll(keys);
      await table.deleteAll([conversationKey(conversationId)]);
    },
  };
}
