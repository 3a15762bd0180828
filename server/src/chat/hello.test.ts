import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CONVERSATION,
  FakeChat,
  keyOf,
  typesOf,
} from "../../test/fakes/fake-chat.ts";

const CLIENT = { name: "test", version: "1", locale: "en" };
const DAY = 24 * 3_600_000;

describe("hello", () => {
  it("makes a new visitor ready", async () => {
    const chat = new FakeChat();
    await chat.router.connect("c1");
    await chat.frame("c1", { type: "hello", client: CLIENT });
    const [ready, ...rest] = chat.outbox.frames("c1");
    assert.deepEqual(rest, []);
    assert.ok(ready?.type === "ready");
    const { visitorToken, ...fields } = ready;
    assert.match(visitorToken, /^token:/);
    assert.deepEqual(fields, {
      type: "ready",
      limits: { maxTextLength: 8_000, maxFrameBytes: 32_000 },
      models: [
        { id: "small", label: "Small" },
        { id: "large", label: "Large" },
      ],
      serverTime: "2026-11-22T12:00:00.000Z",
    });
  });

  it("makes one visitor of a frame that comes twice at once", async () => {
    const chat = new FakeChat();
    await chat.router.connect("c1");
    const hello = { type: "hello", client: CLIENT } as const;
    await Promise.all([chat.frame("c1", hello), chat.frame("c1", hello)]);
    const visitors = chat.outbox.frames("c1").map((frame) => {
      assert.ok(frame.type === "ready");
      return chat.tokens.verify(frame.visitorToken, chat.clock.now());
    });
    const [first, second] = await Promise.all(visitors);
    assert.ok(first);
    assert.equal(second, first);
  });

  it("knows a visitor again and renews the token", async () => {
    const chat = new FakeChat();
    const token = await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.clock.advance(DAY);
    await chat.router.connect("c2");
    await chat.frame("c2", {
      type: "hello",
      client: CLIENT,
      visitorToken: token,
      conversationId: CONVERSATION,
    });
    const [ready] = chat.outbox.frames("c2");
    assert.ok(ready?.type === "ready");
    assert.equal(ready.conversationId, CONVERSATION);
    assert.notEqual(ready.visitorToken, token);
    const now = chat.clock.now();
    const visitor = await chat.tokens.verify(token, now);
    assert.equal(await chat.tokens.verify(ready.visitorToken, now), visitor);
  });

  for (const [name, token] of [
    ["is invalid", () => "nonsense"],
    ["is expired", () => "token:visitor-1:1"],
  ] as const)
    it(`starts afresh with a token that ${name}`, async () => {
      const chat = new FakeChat();
      await chat.open("c1");
      await chat.turn("c1", "t1");
      await chat.router.connect("c2");
      await chat.frame("c2", {
        type: "hello",
        client: CLIENT,
        visitorToken: token(),
        conversationId: CONVERSATION,
      });
      const [ready] = chat.outbox.frames("c2");
      assert.ok(ready?.type === "ready");
      assert.equal(ready.conversationId, undefined);
      assert.deepEqual(await chat.store.listReceivers(CONVERSATION), ["c1"]);
    });

  it("names no conversation that is unknown or somebody else's", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.router.connect("c2");
    for (const conversationId of [CONVERSATION, "unknown"]) {
      await chat.frame("c2", { type: "hello", client: CLIENT, conversationId });
      const ready = chat.outbox.take("c2").at(-1);
      assert.ok(ready?.type === "ready");
      assert.equal(ready.conversationId, undefined);
    }
    assert.deepEqual(await chat.store.listReceivers(CONVERSATION), ["c1"]);
  });

  it("tells of the running turn how far it is", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    let stop = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (stop = resolve));
    chat.model.play([
      { type: "start" },
      { type: "text", text: "a" },
      () => waiting,
      { type: "stop", stopReason: "end_turn" },
    ]);
    await chat.ask("c1", "t1");
    const hello = async (connectionId: string) => {
      await chat.router.connect(connectionId);
      await chat.frame(connectionId, {
        type: "hello",
        client: CLIENT,
        visitorToken,
        conversationId: CONVERSATION,
      });
      const ready = chat.outbox.take(connectionId)[0];
      return ready?.type === "ready" ? ready.activeTurn : undefined;
    };
    assert.deepEqual(await hello("c2"), { turnId: "t1", lastSeq: -1 });
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(100);
    assert.deepEqual(await hello("c3"), { turnId: "t1", lastSeq: 1 });
    stop();
    await chat.clock.until(running);
    assert.equal(await hello("c4"), undefined);
  });

  it("ends a turn whose worker is dead, and is ready without it", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    await chat.ask("c1", "t1");
    chat.outbox.take("c1");
    await chat.clock.advance(75_000);
    await chat.router.connect("c2");
    await chat.frame("c2", {
      type: "hello",
      client: CLIENT,
      visitorToken,
      conversationId: CONVERSATION,
    });
    const [ready, ...rest] = chat.outbox.take("c2");
    assert.deepEqual(rest, []);
    assert.ok(ready?.type === "ready");
    assert.equal(ready.activeTurn, undefined);
    const [error] = chat.outbox.take("c1");
    assert.ok(error?.type === "error");
    assert.equal(error.code, "timeout");
  });

  it("may be repeated without a token, and stays the same visitor", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.frame("c1", {
      type: "hello",
      client: CLIENT,
      conversationId: CONVERSATION,
    });
    const [ready] = chat.outbox.frames("c1");
    assert.ok(ready?.type === "ready");
    assert.equal(ready.conversationId, CONVERSATION);
  });

  it("of another visitor ends what the connection received before", async () => {
    const chat = new FakeChat();
    const mine = await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.open("c2", { visitorToken: mine, conversationId: CONVERSATION });
    await chat.frame("c1", {
      type: "hello",
      client: CLIENT,
      visitorToken: await chat.tokens.issue("somebody", chat.clock.now()),
    });
    assert.deepEqual(typesOf(chat.outbox.take("c1")), ["ready"]);
    await chat.turn("c2", "t2");
    assert.deepEqual(chat.outbox.take("c1"), []);
    await chat.frame("c1", {
      type: "history",
      conversationId: CONVERSATION,
    });
    assert.equal(chat.outbox.take("c1")[0]?.type, "error");
  });

  it("works on a connection whose record is gone", async () => {
    const chat = new FakeChat();
    await chat.frame("c1", { type: "hello", client: CLIENT });
    assert.deepEqual(typesOf(chat.outbox.take("c1")), ["ready"]);
    assert.equal((await chat.turn("c1", "t1")).at(-1)?.type, "turn-end");
  });
});
