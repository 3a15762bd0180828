import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Store } from "../../src/chat/ports.ts";
import { delta, ending, KEY, LATER, newTurn, race } from "./samples.ts";
import { RETENTION_MS, type WithStore } from "./store.suite.ts";

const OTHER = { ...KEY, turnId: "t2" };

export function conversationTests(withStore: WithStore): void {
  describe("conversations", () => {
    it(
      "is created by the first turn that holds it",
      withStore(async (store) => {
        assert.equal(await store.getConversation("c1"), undefined);
        assert.deepEqual(await store.holdConversation(KEY, "ann", 77), {
          outcome: "held-now",
          order: 1,
        });
        assert.deepEqual(await store.getConversation("c1"), {
          conversationId: "c1",
          visitorId: "ann",
          turnCount: 1,
          active: { turnId: "t1", leaseUntil: 77 },
        });
      }),
    );

    it(
      "names the holder to everybody who comes later, the holder included",
      withStore(async (store) => {
        await store.holdConversation(KEY, "ann", 77);
        const held = {
          outcome: "held",
          active: { turnId: "t1", leaseUntil: 77 },
          order: 1,
        };
        assert.deepEqual(await store.holdConversation(OTHER, "ann", 99), held);
        assert.deepEqual(await store.holdConversation(KEY, "ann", 99), held);
      }),
    );

    it(
      "is nobody else's, held or not",
      withStore(async (store) => {
        await store.holdConversation(KEY, "ann", 77);
        const foreign = { outcome: "foreign" };
        assert.deepEqual(await store.holdConversation(KEY, "bob", 99), foreign);
        await store.releaseConversation(KEY);
        assert.deepEqual(await store.holdConversation(KEY, "bob", 99), foreign);
        assert.deepEqual(await store.getConversation("c1"), {
          conversationId: "c1",
          visitorId: "ann",
          turnCount: 1,
        });
      }),
    );

    it(
      "remembers what its newest turn left for the next one to read",
      withStore(async (store) => {
        await store.holdConversation(KEY, "ann", 77);
        await store.releaseConversation(KEY, 1_234);
        await store.holdConversation(OTHER, "ann", 77);
        await store.releaseConversation(KEY, 99);
        await store.releaseConversation(OTHER);
        assert.deepEqual(await store.getConversation("c1"), {
          conversationId: "c1",
          visitorId: "ann",
          turnCount: 2,
          contextTokens: 1_234,
        });
      }),
    );

    it(
      "is let go by its holder only, and counts on",
      withStore(async (store) => {
        await store.releaseConversation(KEY);
        assert.equal(await store.getConversation("c1"), undefined);
        await store.holdConversation(KEY, "ann", 77);
        await store.releaseConversation(OTHER);
        assert.ok((await store.getConversation("c1"))?.active);
        await store.releaseConversation(KEY);
        await store.releaseConversation(KEY);
        assert.deepEqual(await store.holdConversation(OTHER, "ann", 99), {
          outcome: "held-now",
          order: 2,
        });
      }),
    );

    it(
      "is held by exactly one of a hundred at once",
      withStore(async (store) => {
        const outcomes = await race(
          100,
          (i) => store.holdConversation({ ...KEY, turnId: `t${i}` }, "ann", 77),
          () => true,
        );
        const now = outcomes.filter(({ outcome }) => outcome === "held-now");
        assert.deepEqual(now, [{ outcome: "held-now", order: 1 }]);
        const { active } = (await store.getConversation("c1"))!;
        for (const outcome of outcomes)
          if (outcome.outcome !== "held-now")
            assert.deepEqual(outcome, { outcome: "held", active, order: 1 });
      }),
    );

    it(
      "gives an order once, however turns hold it and let go",
      withStore(async (store) => {
        const orders: number[] = [];
        await race(40, async (i) => {
          const key = { ...KEY, turnId: `t${i}` };
          const outcome = await store.holdConversation(key, "ann", 77);
          if (outcome.outcome !== "held-now") return;
          orders.push(outcome.order);
          await store.releaseConversation(key);
        });
        assert.ok(orders.length > 0);
        assert.deepEqual(
          [...orders].sort((a, b) => a - b),
          orders.map((_, i) => i + 1),
        );
      }),
    );

    it(
      "is forgotten after the retention, counted from its last turn",
      withStore(async (store, clock) => {
        await store.holdConversation(KEY, "ann", LATER);
        await store.releaseConversation(KEY);
        clock.advance(RETENTION_MS - 1_000);
        await store.holdConversation(OTHER, "ann", LATER);
        clock.advance(RETENTION_MS - 1_000);
        assert.ok(await store.getConversation("c1"));
        clock.advance(2_000);
        assert.equal(await store.getConversation("c1"), undefined);
        // The id is free, even for somebody else, although a turn held it to the last.
        const { outcome } = await store.holdConversation(KEY, "bob", LATER);
        assert.equal(outcome, "held-now");
        const conversation = await store.getConversation("c1");
        assert.equal(conversation?.visitorId, "bob");
      }),
    );
  });

  describe("deleting a conversation", () => {
    it(
      "takes turns, frames and receivers with it, and nothing else",
      withStore(async (store) => {
        const ids = Array.from({ length: 30 }, (_, i) => `t${i}`);
        await fill(store, "c1", ids);
        await fill(store, "c10", ["t0"]);
        await store.deleteConversation("c1");
        assert.equal(await store.getConversation("c1"), undefined);
        assert.deepEqual(await store.listTurns("c1", { limit: 50 }), []);
        assert.deepEqual(await store.listReceivers("c1"), []);
        for (const turnId of ids)
          assert.equal(
            await store.lastSeq({ conversationId: "c1", turnId }),
            -1,
          );
        assert.ok(await store.getConversation("c10"));
        const untouched = { conversationId: "c10", turnId: "t0" };
        assert.ok(await store.getTurn(untouched));
        assert.equal(await store.lastSeq(untouched), 0);
        assert.deepEqual(await store.listReceivers("c10"), ["of-c10"]);
      }),
    );

    it(
      "may be repeated, and of an unknown one",
      withStore(async (store) => {
        await store.deleteConversation("c1");
        await fill(store, "c1", ["t0"]);
        await store.deleteConversation("c1");
        await store.deleteConversation("c1");
        assert.equal(await store.getConversation("c1"), undefined);
      }),
    );

    it(
      "lets its receivers join again",
      withStore(async (store) => {
        await fill(store, "c1", ["t0"]);
        await store.deleteConversation("c1");
        const connection = await store.getConnection("of-c1");
        assert.equal(connection?.conversationId, undefined);
        await store.joinConversation("of-c1", "c1");
        assert.deepEqual(await store.listReceivers("c1"), ["of-c1"]);
      }),
    );

    it(
      "is not undone by what a worker still writes",
      withStore(async (store, clock) => {
        await store.holdConversation(KEY, "ann", LATER);
        await store.putTurn(newTurn());
        await store.takeTurn(KEY, clock.now(), LATER);
        await store.deleteConversation("c1");
        assert.equal(await store.renewLease(KEY, LATER), undefined);
        assert.equal(await store.requestStop(KEY, 1), false);
        const request = { connectionId: "a", lastSeq: -1 };
        assert.equal(await store.requestResume(KEY, request), false);
        assert.equal(
          await store.endTurn(KEY, ["accepted", "running"], ending()),
          undefined,
        );
        assert.equal(await store.rateTurn(KEY, "up", undefined), false);
        await store.releaseConversation(KEY);
        assert.equal(await store.getTurn(KEY), undefined);
        assert.equal(await store.getConversation("c1"), undefined);
        assert.deepEqual(await store.listTurns("c1", { limit: 5 }), []);
      }),
    );
  });
}

/** A conversation with a receiver and these turns, each with a frame. */
async function fill(
  store: Store,
  conversationId: string,
  turnIds: readonly string[],
): Promise<void> {
  const connectionId = `of-${conversationId}`;
  await store.putConnection({ connectionId, connectedAt: 5 });
  await store.joinConversation(connectionId, conversationId);
  await store.holdConversation(
    { conversationId, turnId: turnIds[0]! },
    "ann",
    LATER,
  );
  await Promise.all(
    turnIds.map(async (turnId, i) => {
      const key = { conversationId, turnId };
      await store.putTurn(newTurn({ ...key, order: i + 1 }));
      await store.appendFrames(key, [{ ...delta(0), turnId }]);
    }),
  );
}
