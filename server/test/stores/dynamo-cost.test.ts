/** What the store's calls cost, in the capacity units that DynamoDB would bill. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Counter, READS, WRITES } from "../../bench/counter.ts";
import type { Store } from "../../src/chat/ports.ts";
import { createDynamoStore } from "../../src/dynamodb/store.ts";
import { startDynalite } from "../support/dynalite.ts";
import { delta, ending, KEY, LATER, newTurn } from "./samples.ts";
import { RETENTION_MS, TestClock } from "./store.suite.ts";

/** Measures what `act` costs. */
type Cost = (act: () => Promise<unknown>) => Promise<{
  readonly writes: number;
  readonly written: number;
  readonly reads: number;
  readonly read: number;
}>;

const withCosts =
  (test: (store: Store, cost: Cost) => Promise<void>) => async () => {
    const { client, tableName, close } = await startDynalite();
    const counter = new Counter();
    counter.watch(client);
    const store = createDynamoStore({
      tableName,
      client,
      clock: new TestClock(),
      retentionMs: RETENTION_MS,
    });
    try {
      await test(store, async (act) => {
        counter.reset();
        await act();
        const writes = counter.sum(WRITES);
        const reads = counter.sum(READS);
        return {
          writes: writes.calls,
          written: writes.units,
          reads: reads.calls,
          read: reads.units,
        };
      });
    } finally {
      await close();
    }
  };

describe("the cost", () => {
  it(
    "of storing an answer grows with its length and no faster",
    withCosts(async (store, cost) => {
      const append = (from: number, to: number) => async () => {
        for (let seq = from; seq < to; seq++)
          await store.appendFrames(KEY, [delta(seq, "x".repeat(2_000))]);
      };
      const first = await cost(append(0, 10));
      assert.deepEqual(first, { writes: 10, written: 30, reads: 0, read: 0 });
      const later = await cost(append(10, 110));
      assert.deepEqual(later, { writes: 100, written: 300, reads: 0, read: 0 });
    }),
  );

  it(
    "of looking for the last frame is the same for a long answer",
    withCosts(async (store, cost) => {
      const measured = [];
      for (let seq = 0; seq < 50; seq++) {
        await store.appendFrames(KEY, [delta(seq, "x".repeat(2_000))]);
        measured.push(await cost(() => store.lastSeq(KEY)));
      }
      assert.deepEqual(measured[49], measured[0]);
      assert.deepEqual(measured[0], {
        writes: 0,
        written: 0,
        reads: 1,
        read: 1,
      });
    }),
  );

  it(
    "of the last frames is theirs, not that of the whole answer",
    withCosts(async (store, cost) => {
      for (let seq = 0; seq < 100; seq++)
        await store.appendFrames(KEY, [delta(seq, "x".repeat(2_000))]);
      const { read } = await cost(() => store.listFrames(KEY, 97));
      assert.ok(read <= 3, `${read} units`);
    }),
  );

  it(
    "of a question is two writes, and of joining its conversation two more, once",
    withCosts(async (store, cost) => {
      await store.putConnection({ connectionId: "a=", connectedAt: 1 });
      const asked = await cost(async () => {
        await store.holdConversation(KEY, "ann", LATER);
        await store.putTurn(newTurn());
      });
      assert.deepEqual([asked.writes, asked.reads], [2, 0]);
      const joined = await cost(() => store.joinConversation("a=", "c1"));
      assert.deepEqual([joined.writes, joined.reads], [2, 1]);
      const again = await cost(() => store.joinConversation("a=", "c1"));
      assert.deepEqual([again.writes, again.reads], [0, 1]);
    }),
  );

  it(
    "of ending a turn is that of its text, once",
    withCosts(async (store, cost) => {
      await store.putTurn(newTurn());
      const answer = "x".repeat(100_000);
      const { writes, written } = await cost(() =>
        store.endTurn(KEY, ["accepted"], ending({ answer })),
      );
      assert.equal(writes, 1);
      assert.ok(written >= 98 && written <= 100, `${written} units`);
    }),
  );
});
