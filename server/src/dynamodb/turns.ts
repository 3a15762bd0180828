import { randomUUID } from "node:crypto";
import { ChatError } from "../chat/errors.ts";
import type { Store, Turn, TurnKey } from "../chat/ports.ts";
import { TABLE } from "../names.ts";
import { fromNewTurn, toTurn } from "./items.ts";
import { conversationPartition, type Key, turnKey } from "./keys.ts";
import {
  ABSENT,
  ALIVE,
  MOST_BATCH_GETS,
  type Item,
  type Table,
  type Update,
} from "./table.ts";

/** Resume requests of one turn; they are kept in its item, which must not outgrow 400 KB. */
const MOST_RESUMES = 500;

const UNENDED = "#state IN (:accepted, :running)";
const ENDED = "#state IN (:complete, :stopped, :failed)";
const UNENDED_VALUES = { ":accepted": "accepted", ":running": "running" };
const ENDED_VALUES = {
  ":complete": "complete",
  ":stopped": "stopped",
  ":failed": "failed",
};

type Turns = Pick<
  Store,
  | "putTurn"
  | "getTurn"
  | "takeTurn"
  | "renewLease"
  | "requestStop"
  | "requestResume"
  | "putToolResult"
  | "endTurn"
  | "rateTurn"
  | "listTurns"
>;

/**
 * Turns. The SDK repeats a write whose reply was lost, and then meets its own first attempt. So the writes that decide
 * who was first leave a random `writer` in the item: an unmet condition is looked into, and one's own name is a success.
 */
export function turnsIn(table: Table, retentionMs: number): Turns {
  async function update(key: TurnKey, update: Update) {
    const item = await table.update(turnKey(key), {
      ...update,
      condition: `${ALIVE} AND ${update.condition}`,
    });
    return item && toTurn(item);
  }

  async function getItem(key: TurnKey): Promise<Item | undefined> {
    return table.get(turnKey(key));
  }

  return {
    async putTurn(turn) {
      const writer = randomUUID();
      const put = await table.put(
        {
          ...fromNewTurn(turn),
          writer,
          ttl: table.expiry(retentionMs),
        },
        ABSENT,
      );
      return put || (await getItem(turn))?.writer === writer;
    },

    async getTurn(key) {
      const item = await getItem(key);
      return item && toTurn(item);
    },

    async takeTurn(key, now, leaseUntil) {
      const writer = randomUUID();
      const taken = await update(key, {
        update:
          "SET #state = :running, #leaseUntil = :leaseUntil, #writer = :writer",
        condition: "#state = :accepted AND #leaseUntil > :at",
        values: {
          ...UNENDED_VALUES,
          ":leaseUntil": leaseUntil,
          ":at": now,
          ":writer": writer,
        },
      });
      if (taken) return taken;
      const item = await getItem(key);
      return item?.writer === writer && item.state === "running"
        ? toTurn(item)
        : undefined;
    },

    async renewLease(key, leaseUntil) {
      return update(key, {
        update: "SET #leaseUntil = :leaseUntil",
        condition: "#state = :running",
        values: { ":leaseUntil": leaseUntil, ":running": "running" },
      });
    },

    async requestStop(key, now) {
      const turn = await update(key, {
        update: "SET #stopRequestedAt = if_not_exists(#stopRequestedAt, :at)",
        condition: UNENDED,
        values: { ...UNENDED_VALUES, ":at": now },
      });
      return turn !== undefined;
    },

    async requestResume(key, { connectionId, lastSeq }) {
      const turn = await update(key, {
        update: "SET #resumes = list_append(#resumes, :request)",
        condition: `${UNENDED} AND size(#resumes) < :most`,
        values: {
          ...UNENDED_VALUES,
          ":request": [{ connectionId, lastSeq }],
          ":most": MOST_RESUMES,
        },
      });
      if (turn) return true;
      const item = await getItem(key);
      if (isUnended(item?.state))
        throw new ChatError(
          "rate_limited",
          `The turn ${key.turnId} was resumed ${MOST_RESUMES} times.`,
        );
      return false;
    },

    async putToolResult(key, result, most) {
      const { toolCallId } = result;
      const turn = await update(key, {
        update:
          "SET #toolResults = list_append(if_not_exists(#toolResults, :none), :results)" +
          " ADD #answeredCalls :ids",
        condition:
          "#state = :running AND NOT contains(#answeredCalls, :id)" +
          " AND (attribute_not_exists(#toolResults) OR size(#toolResults) < :most)",
        values: {
          ":running": "running",
          ":none": [],
          ":results": [JSON.stringify(result)],
          ":ids": new Set([toolCallId]),
          ":id": toolCallId,
          ":most": most,
        },
      });
      return turn !== undefined;
    },

    async endTurn(key, from, ending) {
      const writer = randomUUID();
      const states = from.map((state, i) => [`:from${i}`, state] as const);
      const before = await table.update(
        turnKey(key),
        {
          update:
            "SET #endedFrom = #state, #state = :state, #answer = :answer," +
            " #lastFrame = :lastFrame, #writer = :writer" +
            " REMOVE #leaseUntil, #toolResults, #answeredCalls",
          condition: `${ALIVE} AND #state IN (${states.map(([name]) => name).join(", ")})`,
          values: {
            ...Object.fromEntries(states),
            ":state": ending.state,
            ":answer": ending.answer.toWellFormed(),
            ":lastFrame": JSON.stringify(ending.lastFrame),
            ":writer": writer,
          },
        },
        "ALL_OLD",
      );
      if (before) return toTurn(before);
      const item = await getItem(key);
      return item?.writer === writer ? beforeEnding(item) : undefined;
    },

    async rateTurn(key, rating, comment) {
      const turn = await update(key, {
        update:
          comment === undefined
            ? "SET #rating = :rating REMOVE #comment"
            : "SET #rating = :rating, #comment = :comment",
        condition: ENDED,
        values: {
          ...ENDED_VALUES,
          ":rating": rating,
          ":comment": comment?.toWellFormed(),
        },
      });
      return turn !== undefined;
    },

    async listTurns(conversationId, { before, limit }) {
      const turns: Turn[] = [];
      const pages = table.query({
        index: TABLE.turnOrderIndex,
        where:
          before === undefined
            ? "#pk = :pk"
            : `#pk = :pk AND #${TABLE.turnOrderKey} < :before`,
        values: {
          ":pk": conversationPartition(conversationId),
          ":before": before,
        },
        newestFirst: true,
        pageSize: Math.min(limit, MOST_BATCH_GETS),
      });
      if (limit <= 0) return turns;
      for await (const page of pages) {
        const keys = page.map(({ pk, sk }) => ({ pk, sk }) as Key);
        for (const item of await table.getAll(keys)) turns.push(toTurn(item));
        if (turns.length >= limit) break;
      }
      return turns.slice(0, limit);
    },
  };
}

const isUnended = (state: unknown): boolean =>
  state === "accepted" || state === "running";

/** An ended turn as its last write found it, the lease apart. */
const beforeEnding = (item: Item): Turn =>
  toTurn({
    ...item,
    state: item.endedFrom,
    answer: undefined,
    lastFrame: undefined,
  });
