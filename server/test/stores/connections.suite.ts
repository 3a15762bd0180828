import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { race } from "./samples.ts";
import type { WithStore } from "./store.suite.ts";

const LIFE_MS = 135 * 60_000;
const ID = "gbgBWm8QaQAYKEiSkA==";

export function connectionTests(withStore: WithStore): void {
  describe("connections", () => {
    it(
      "gives back what was put",
      withStore(async (store) => {
        assert.equal(await store.getConnection(ID), undefined);
        await store.putConnection({ connectionId: ID, connectedAt: 5 });
        assert.deepEqual(await store.getConnection(ID), {
          connectionId: ID,
          connectedAt: 5,
        });
      }),
    );

    it(
      "learns who is there, for a connection that it knows",
      withStore(async (store) => {
        assert.equal(await store.identifyConnection(ID, "visitor"), false);
        assert.equal(await store.getConnection(ID), undefined);
        await store.putConnection({ connectionId: ID, connectedAt: 5 });
        assert.equal(await store.identifyConnection(ID, "visitor"), true);
        assert.equal((await store.getConnection(ID))?.visitorId, "visitor");
      }),
    );

    it(
      "keeps until when a user is signed in, and moves it on",
      withStore(async (store) => {
        const user = { connectionId: ID, connectedAt: 5, visitorId: "user:a" };
        await store.putConnection({ ...user, signedInUntil: 7 });
        await store.joinConversation(ID, "c1");
        assert.equal((await store.getConnection(ID))?.signedInUntil, 7);
        assert.equal(await store.identifyConnection(ID, "user:a", 9), true);
        assert.deepEqual(await store.getConnection(ID), {
          ...user,
          signedInUntil: 9,
          conversationId: "c1",
        });
      }),
    );

    it(
      "takes a user for a receiver until the sign-in ends, or the one that it was renewed to",
      withStore(async (store, clock) => {
        const end = (seconds: number) => clock.now() + seconds * 1_000;
        await store.putConnection({
          connectionId: ID,
          connectedAt: clock.now(),
          visitorId: "user:a",
          signedInUntil: end(100),
        });
        await store.joinConversation(ID, "c1");
        clock.advance(98_000);
        assert.deepEqual(await store.listReceivers("c1"), [ID]);
        clock.advance(3_000);
        assert.deepEqual(await store.listReceivers("c1"), []);
        await store.identifyConnection(ID, "user:a", end(100));
        await store.joinConversation(ID, "c1");
        clock.advance(98_000);
        assert.deepEqual(await store.listReceivers("c1"), [ID]);
        await store.joinConversation(ID, "c2");
        assert.deepEqual(await store.listReceivers("c1"), []);
        assert.deepEqual(await store.listReceivers("c2"), [ID]);
      }),
    );

    it(
      "forgets the sign-in of whoever was there before",
      withStore(async (store) => {
        const user = { connectionId: ID, connectedAt: 5, visitorId: "user:a" };
        await store.putConnection({ ...user, signedInUntil: 7, address: "a" });
        await store.joinConversation(ID, "c1");
        await store.leaveConversation(ID);
        assert.deepEqual(await store.listReceivers("c1"), []);
        assert.equal(await store.identifyConnection(ID, "visitor"), true);
        assert.deepEqual(await store.getConnection(ID), {
          connectionId: ID,
          connectedAt: 5,
          visitorId: "visitor",
          address: "a",
        });
        await store.leaveConversation(ID);
        await store.leaveConversation("unknown");
      }),
    );

    it(
      "counts frames in windows, up to one more than there may be",
      withStore(async (store) => {
        const first = { from: 0, until: 60_000 };
        const second = { from: 60_000, until: 120_000 };
        const unknown = await store.countFrame(ID, first, 2);
        assert.deepEqual(unknown, { outcome: "unknown" });
        const connection = { connectionId: ID, connectedAt: 5 };
        await store.putConnection(connection);
        const count = async (window: typeof first) => {
          const counted = await store.countFrame(ID, window, 2);
          return counted.outcome === "counted"
            ? counted.frames
            : counted.outcome;
        };
        for (const expected of [1, 2, 3, "over", "over"])
          assert.equal(await count(first), expected);
        await store.identifyConnection(ID, "visitor");
        assert.deepEqual(await store.countFrame(ID, second, 2), {
          outcome: "counted",
          connection: { ...connection, visitorId: "visitor" },
          frames: 1,
        });
      }),
    );

    it(
      "counts each of many frames at once",
      withStore(async (store) => {
        await store.putConnection({ connectionId: ID, connectedAt: 5 });
        const window = { from: 0, until: 60_000 };
        const counts = await race(50, async () => {
          const counted = await store.countFrame(ID, window, 30);
          return counted.outcome === "counted" && counted.frames;
        });
        assert.deepEqual(
          counts.map(Number).sort((one, other) => one - other),
          Array.from({ length: 31 }, (_, i) => i + 1),
        );
      }),
    );

    it(
      "passes over a connection after two hours and a quarter",
      withStore(async (store, clock) => {
        await store.putConnection({
          connectionId: ID,
          connectedAt: clock.now(),
        });
        await store.joinConversation(ID, "c1");
        clock.advance(LIFE_MS - 1_000);
        assert.ok(await store.getConnection(ID));
        assert.deepEqual(await store.listReceivers("c1"), [ID]);
        clock.advance(2_000);
        assert.equal(await store.getConnection(ID), undefined);
        assert.equal(await store.identifyConnection(ID, "visitor"), false);
        assert.deepEqual(await store.listReceivers("c1"), []);
      }),
    );

    it(
      "receives one conversation only: the last one joined",
      withStore(async (store) => {
        await store.putConnection({ connectionId: ID, connectedAt: 5 });
        await store.joinConversation(ID, "c1");
        await store.joinConversation(ID, "c1");
        assert.deepEqual(await store.listReceivers("c1"), [ID]);
        await store.joinConversation(ID, "c2");
        assert.deepEqual(await store.listReceivers("c1"), []);
        assert.deepEqual(await store.listReceivers("c2"), [ID]);
        assert.equal((await store.getConnection(ID))?.conversationId, "c2");
        await store.joinConversation(ID, "c1");
        assert.deepEqual(await store.listReceivers("c1"), [ID]);
        assert.deepEqual(await store.listReceivers("c2"), []);
      }),
    );

    it(
      "joins the conversation that a new connection names",
      withStore(async (store) => {
        const connection = {
          connectionId: ID,
          connectedAt: 5,
          conversationId: "c1",
        };
        await store.putConnection(connection);
        assert.deepEqual(await store.getConnection(ID), connection);
        assert.deepEqual(await store.listReceivers("c1"), [ID]);
      }),
    );

    it(
      "lists many receivers",
      withStore(async (store) => {
        const ids = Array.from({ length: 40 }, (_, i) => `connection-${i}=`);
        await Promise.all(
          ids.map((connectionId) =>
            store.putConnection({
              connectionId,
              connectedAt: 5,
              conversationId: "c1",
            }),
          ),
        );
        assert.deepEqual(
          (await store.listReceivers("c1")).sort(),
          [...ids].sort(),
        );
      }),
    );

    it(
      "ends in one conversation when it joins several at once",
      withStore(async (store) => {
        await store.putConnection({ connectionId: ID, connectedAt: 5 });
        const conversations = ["c1", "c2", "c3"];
        for (let round = 0; round < 5; round++) {
          await race(30, (i) => store.joinConversation(ID, `c${(i % 3) + 1}`));
          const joined: string[] = [];
          for (const id of conversations)
            if ((await store.listReceivers(id)).length > 0) joined.push(id);
          const { conversationId } = (await store.getConnection(ID))!;
          assert.deepEqual(joined, [conversationId]);
        }
      }),
    );

    it(
      "is no receiver any more once it is deleted",
      withStore(async (store) => {
        await store.putConnection({ connectionId: ID, connectedAt: 5 });
        await store.joinConversation(ID, "c1");
        await store.deleteConnection(ID);
        await store.deleteConnection(ID);
        assert.equal(await store.getConnection(ID), undefined);
        assert.deepEqual(await store.listReceivers("c1"), []);
        await store.joinConversation(ID, "c1");
        assert.deepEqual(await store.listReceivers("c1"), []);
      }),
    );
  });
}
