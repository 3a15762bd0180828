import { randomUUID } from "node:crypto";
import type { Store } from "../chat/ports.ts";
import { toConnection } from "./items.ts";
import {
  connectionKey,
  conversationPartition,
  RECEIVER_PREFIX,
  receiverKey,
} from "./keys.ts";
import { ALIVE, type Item, type Table } from "./table.ts";

/** API Gateway ends a connection after two hours; `$disconnect` is not certain to come. */
const CONNECTION_MS = 135 * 60_000;

/** Frames that begin a window may get in each other's way once; more is not to be waited for. */
const MOST_COUNT_ATTEMPTS = 3;
const MOST_COUNT = 1e9;

type Connections = Pick<
  Store,
  | "putConnection"
  | "getConnection"
  | "countFrame"
  | "identifyConnection"
  | "joinConversation"
  | "leaveConversation"
  | "deleteConnection"
  | "listReceivers"
>;

/** Connections, and the receivers of each conversation. */
export function connectionsIn(table: Table): Connections {
  /**
   * Deletes the receiver that the connection item names. `joined` tells it from one that the same connection has put
   * there since.
   */
  async function leave(connection: Item | undefined): Promise<void> {
    if (connection?.conversationId === undefined) return;
    const { connectionId, conversationId, joined } = connection as Record<
      string,
      string
    >;
    await table.delete(
      receiverKey(conversationId!, connectionId!),
      "#joined = :joined",
      { ":joined": joined },
    );
  }

  /**
   * The receiver is written before the connection names it and deleted after the connection has named another. The
   * connection item puts concurrent joins in an order, and each one deletes what it replaced: one receiver is left.
   */
  async function join(
    connectionId: string,
    conversationId: string,
  ): Promise<void> {
    const known = await table.get(connectionKey(connectionId));
    // A connection that is gone receives nothing.
    if (!known) return;
    const { signedInUntil = Infinity } = toConnection(known);
    // Of a user it is put anew, because a sign-in that was renewed lasts longer.
    const lasts = signedInUntil === Infinity;
    if (known.conversationId === conversationId && lasts) return;
    const joined = randomUUID();
    const receiver = {
      ...receiverKey(conversationId, connectionId),
      connectionId,
      conversationId,
      joined,
    };
    const ttl = Math.min(
      table.expiry(CONNECTION_MS),
      Math.floor(signedInUntil / 1_000),
    );
    await table.put({ ...receiver, ttl });
    const before = await table.update(
      connectionKey(connectionId),
      {
        update: "SET #conversationId = :conversationId, #joined = :joined",
        condition: ALIVE,
        values: { ":conversationId": conversationId, ":joined": joined },
      },
      "ALL_OLD",
    );
    // Having replaced itself it is a repetition by the SDK, whose first attempt replaced what was known.
    if (before?.joined === joined) await leave(known);
    else await leave(before ?? receiver);
  }

  return {
    async putConnection(connection) {
      const { conversationId, ...rest } = connection;
      const { connectionId } = rest;
      await table.put({
        ...connectionKey(connectionId),
        ...rest,
        ttl: table.expiry(CONNECTION_MS),
      });
      if (conversationId !== undefined)
        await join(connectionId, conversationId);
    },

    async getConnection(connectionId) {
      const item = await table.get(connectionKey(connectionId));
      return item && toConnection(item);
    },

    async countFrame(connectionId, { from }, most) {
      const key = connectionKey(connectionId);
      const values = { ":from": from, ":one": 1 };
      // Several frames may begin the same window at once: one of them does, and the others count on in it.
      for (let attempt = 0; attempt < MOST_COUNT_ATTEMPTS; attempt++) {
        const counted =
          (await table.update(key, {
            update: "SET #frames = #frames + :one",
            condition: `${ALIVE} AND #framesFrom = :from AND #frames <= :most`,
            // DynamoDB knows no infinity.
            values: { ...values, ":most": Math.min(most, MOST_COUNT) },
          })) ??
          (await table.update(key, {
            update: "SET #frames = :one, #framesFrom = :from",
            condition: `${ALIVE} AND (attribute_not_exists(#framesFrom) OR #framesFrom < :from)`,
            values,
          }));
        if (counted)
          return {
            outcome: "counted",
            connection: toConnection(counted),
            frames: counted.frames as number,
          };
        const item = await table.get(key);
        if (!item) return { outcome: "unknown" };
        if (
          (item.framesFrom as number) > from ||
          (item.frames as number) > most
        )
          return { outcome: "over" };
      }
      return { outcome: "over" };
    },

    async identifyConnection(connectionId, visitorId, signedInUntil) {
      const isSignedIn = signedInUntil !== undefined;
      const item = await table.update(connectionKey(connectionId), {
        update: isSignedIn
          ? "SET #visitorId = :visitorId, #signedInUntil = :signedInUntil"
          : "SET #visitorId = :visitorId REMOVE #signedInUntil",
        condition: ALIVE,
        values: {
          ":visitorId": visitorId,
          ...(isSignedIn && { ":signedInUntil": signedInUntil }),
        },
      });
      return item !== undefined;
    },

    joinConversation: join,

    async leaveConversation(connectionId) {
      const known = await table.get(connectionKey(connectionId));
      if (known?.conversationId === undefined) return;
      await leave(known);
      await table.update(connectionKey(connectionId), {
        update: "REMOVE #conversationId, #joined",
        condition: "#joined = :joined",
        values: { ":joined": known.joined },
      });
    },

    async deleteConnection(connectionId) {
      await leave(await table.delete(connectionKey(connectionId)));
    },

    async listReceivers(conversationId) {
      const ids: string[] = [];
      const pages = table.query({
        where: "#pk = :pk AND begins_with(#sk, :prefix)",
        filter: ALIVE,
        values: {
          ":pk": conversationPartition(conversationId),
          ":prefix": RECEIVER_PREFIX,
        },
      });
      for await (const page of pages)
        ids.push(...page.map((item) => item.connectionId as string));
      return ids;
    },
  };
}
