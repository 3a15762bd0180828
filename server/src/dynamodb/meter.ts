import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Amount, Meter } from "../chat/meter.ts";
import type { Clock } from "../chat/ports.ts";
import { KILL_SWITCH } from "../names.ts";
import { dynamoClient, unrepeating } from "./client.ts";
import { bucketKey, slotKey } from "./keys.ts";
import { ALIVE, type Item, Table } from "./table.ts";

export interface DynamoMeterOptions {
  readonly tableName: string;
  readonly clock: Clock;
  readonly client?: DynamoDBClient;
  /** For corrections, which must not happen twice: it repeats nothing. */
  readonly unrepeatingClient?: DynamoDBClient;
}

/** A bucket is kept beyond its window: an answer that began in it is settled when it ends. */
const BUCKET_MARGIN_MS = 60 * 60_000;

const KINDS = ["used", "cost"] as const;

const ADD = "ADD #used :used, #cost :cost";

/** Counters, slots and the kill switch in the chat's table, each write on the condition that decides it. */
export function createDynamoMeter({
  tableName,
  clock,
  client = dynamoClient(),
  unrepeatingClient = unrepeating(client),
}: DynamoMeterOptions): Meter {
  const table = new Table(tableName, client, clock);
  const once = new Table(tableName, unrepeatingClient, clock);
  return {
    async take({ name, from, until }, amount, most) {
      const limited = KINDS.filter((kind) => most[kind] !== undefined);
      // A new bucket has room for anything but this.
      if (limited.some((kind) => amount[kind] > most[kind]!)) return undefined;
      const room = limited.map(
        (kind) => [`:${kind}Room`, most[kind]! - amount[kind]] as const,
      );
      const fits = limited.map(
        (kind) =>
          `(attribute_not_exists(#${kind}) OR #${kind} <= :${kind}Room)`,
      );
      const item = await table.update(bucketKey(name, from), {
        update: `${ADD} SET #ttl = :ttl`,
        condition: fits.length > 0 ? fits.join(" AND ") : ANY,
        values: {
          ...valuesOf(amount),
          ...Object.fromEntries(room),
          ":ttl": table.expiry(until - clock.now() + BUCKET_MARGIN_MS),
        },
      });
      return item && toAmount(item);
    },

    async correct({ name, from }, change) {
      const item = await once.update(bucketKey(name, from), {
        update: ADD,
        condition: `${ALIVE} AND #used >= :leastUsed AND #cost >= :leastCost`,
        values: {
          ...valuesOf(change),
          ":leastUsed": -change.used,
          ":leastCost": -change.cost,
        },
      });
      return item && toAmount(item);
    },

    async takeSlot(owner, index, holder, now, leaseUntil) {
      return table.put(
        {
          ...slotKey(owner, index),
          holder,
          leaseUntil,
          ttl: table.expiry(leaseUntil - now),
        },
        "attribute_not_exists(#pk) OR #leaseUntil <= :at OR #holder = :holder",
        { ":at": now, ":holder": holder },
      );
    },

    async freeSlot(owner, index, holder) {
      await table.delete(slotKey(owner, index), "#holder = :holder", {
        ":holder": holder,
      });
    },

    async isOff() {
      const item = await table.get(KILL_SWITCH.key);
      return item?.[KILL_SWITCH.attribute] === true;
    },
  };
}

/** Met by every item, the missing one included. */
const ANY = "attribute_exists(#pk) OR attribute_not_exists(#pk)";

const valuesOf = ({ used, cost }: Amount): Item => ({
  ":used": used,
  ":cost": cost,
});

const toAmount = ({ used, cost }: Item): Amount => ({
  used: used as number,
  cost: cost as number,
});
