import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ErrorFrame, ServerFrame } from "bedrock-chat-widget/protocol";
import {
  CONVERSATION,
  FakeChat,
  keyOf,
  textIn,
  typesOf,
} from "../../test/fakes/fake-chat.ts";
import { answer } from "../../test/fakes/scripted-model.ts";

const WHOLE = ["ack", "turn-start", "text-delta", "text-delta", "turn-end"];

/** The one frame that a connection got, which must be an error. */
function onlyError(frames: readonly ServerFrame[]): ErrorFrame {
  const [error] = frames;
  assert.equal(frames.length, 1);
  assert.ok(error?.type === "error");
  return error;
}

describe("send", () => {
  it("stores the question, says so, and only then starts a worker", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1", "Hello?", { context: { title: "Home" } });
    assert.deepEqual(chat.outbox.take("c1"), [{ type: "ack", turnId: "t1" }]);
    assert.deepEqual(chat.workers.queue, [keyOf("t1")]);
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.ok(turn);
    const { leaseUntil = 0, reservation, ...stored } = turn;
    assert.equal(reservation?.outputTokens, 1_000);
    assert.equal(leaseUntil - chat.clock.now(), 75_000);
    assert.deepEqual(stored, {
      ...keyOf("t1"),
      order: 1,
      state: "accepted",
      text: "Hello?",
      context: { title: "Home" },
      model: "small",
      createdAt: chat.clock.now(),
      askedBy: { connectionId: "c1", plain: false },
      resumes: [],
    });
  });

  for (const [hint, model] of [
    ["large", "large"],
    ["unknown", "small"],
    [undefined, "small"],
  ] as const)
    it(`with the hint ${hint} is served by the model ${model}`, async () => {
      const chat = new FakeChat();
      await chat.open("c1");
      const frames = await chat.turn("c1", "t1", "Hi", {
        ...(hint === undefined ? {} : { model: hint }),
      });
      const start = frames.find(({ type }) => type === "turn-start");
      assert.ok(start?.type === "turn-start");
      assert.equal(start.model, model);
      assert.equal(chat.model.requests[0]?.model.id, model);
    });

  it("that comes again after the answer repeats the answer", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    const first = await chat.turn("c1", "t1");
    assert.deepEqual(typesOf(first), WHOLE);
    const again = await chat.turn("c1", "t1");
    assert.deepEqual(again[0], { type: "ack", turnId: "t1", duplicate: true });
    assert.deepEqual(again.slice(1), first.slice(1));
    assert.equal(chat.model.requests.length, 1);
    assert.equal((await chat.turn("c1", "t2")).at(-1)?.type, "turn-end");
  });

  it("that comes several times at once is answered once", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await Promise.all([1, 2, 3, 4, 5].map(() => chat.ask("c1", "t1")));
    assert.equal(chat.workers.queue.length, 1);
    const acks = chat.outbox.take("c1");
    const isFirst = acks.map((ack) => ack.type === "ack" && !ack.duplicate);
    assert.equal(acks.length, 5);
    assert.equal(isFirst.filter(Boolean).length, 1);
    await chat.workAll();
    assert.equal(chat.model.requests.length, 1);
    assert.equal(textIn(chat.outbox.take("c1")), "Hello there.");
  });

  it("from two tabs at once is answered once, in both", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    await chat.open("c2", { visitorToken });
    await Promise.all([chat.ask("c1", "t1"), chat.ask("c2", "t1")]);
    await chat.workAll();
    assert.equal(chat.model.requests.length, 1);
    for (const connectionId of ["c1", "c2"]) {
      const frames = chat.outbox.take(connectionId);
      assert.equal(textIn(frames), "Hello there.");
      assert.equal(frames.at(-1)?.type, "turn-end");
    }
  });

  it("that comes again gets the worker that its first router could not start", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    chat.workers.queue.length = 0; // The router died before it invoked anything.
    await chat.clock.advance(1_000);
    await chat.ask("c1", "t1");
    assert.equal(chat.workers.queue.length, 0); // It may be on its way.
    await chat.clock.advance(10_000);
    await chat.ask("c1", "t1");
    chat.outbox.take("c1");
    await chat.workAll();
    assert.equal(textIn(chat.outbox.take("c1")), "Hello there.");
  });

  it("is refused while another turn runs, and accepted after it", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    chat.outbox.take("c1");
    await chat.ask("c1", "t2");
    const { code, turnId, seq, retryable } = onlyError(chat.outbox.take("c1"));
    assert.deepEqual(
      { code, turnId, seq, retryable },
      { code: "busy", turnId: "t2", seq: undefined, retryable: true },
    );
    await chat.workAll();
    chat.outbox.take("c1");
    assert.deepEqual(typesOf(await chat.turn("c1", "t2")), WHOLE);
  });

  it("is refused when it is too long, and its turnId stays free", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    const error = onlyError(await chat.turn("c1", "t1", "x".repeat(8_001)));
    assert.equal(error.code, "too_large");
    assert.match(error.message, /8001 characters; at most 8000/);
    assert.deepEqual(typesOf(await chat.turn("c1", "t1", "x")), WHOLE);
  });

  it("into somebody else's conversation finds nothing", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.open("c2");
    for (const turnId of ["t1", "t2"]) {
      await chat.ask("c2", turnId);
      assert.equal(onlyError(chat.outbox.take("c2")).code, "not_found");
    }
    assert.deepEqual(await chat.store.listReceivers(CONVERSATION), ["c1"]);
  });

  it("that replaces an earlier turn takes it and all later ones out", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    for (const turnId of ["t1", "t2", "t3"]) await chat.turn("c1", turnId);
    await chat.turn("c1", "t4", "Edited", { replaces: "t2" });
    assert.deepEqual(
      chat.model.requests.at(-1)?.messages.map(({ content }) => content[0]),
      ["Question t1", "Hello there.", "Edited"],
    );
    assert.ok(await chat.store.getTurn(keyOf("t2")));
  });

  it("that replaces an unknown turn is an ordinary question", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    const frames = await chat.turn("c1", "t2", "Hi", { replaces: "unknown" });
    assert.deepEqual(typesOf(frames), WHOLE);
    assert.equal(chat.model.requests.at(-1)?.messages.length, 3);
  });

  it("that replaces itself is refused", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    const frames = await chat.turn("c1", "t1", "Hi", { replaces: "t1" });
    assert.equal(onlyError(frames).code, "bad_request");
  });

  it("fails at once when no worker can be started", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.workers.failure = new Error("TooManyRequestsException");
    await chat.ask("c1", "t1");
    const [ack, error] = chat.outbox.take("c1");
    assert.deepEqual(ack, { type: "ack", turnId: "t1" });
    assert.ok(error?.type === "error");
    assert.equal(error.code, "internal");
    assert.equal(error.seq, 0);
    assert.equal(error.retryable, true);
    chat.workers.failure = undefined;
    const frames = await chat.turn("c1", "t2", "Again", { replaces: "t1" });
    assert.deepEqual(typesOf(frames), WHOLE);
  });

  it("goes on when its connection is gone before the ack", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    chat.outbox.gone.add("c1");
    await chat.ask("c1", "t1");
    await chat.workAll();
    await chat.open("c2", { visitorToken, conversationId: CONVERSATION });
    assert.equal(textIn(await chat.turn("c2", "t1")), "Hello there.");
    assert.equal(chat.model.requests.length, 1);
  });

  it("keeps what was asked as text that every service takes", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1", "a\ud83d b");
    const { text } = (await chat.store.getTurn(keyOf("t1"))) ?? {};
    assert.equal(text, "a\ufffd b");
  });
});

describe("a question of a tab", () => {
  it("shows in the visitor's other tabs as it is answered", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.open("c2", { visitorToken, conversationId: CONVERSATION });
    chat.model.play(answer("Both."));
    const frames = await chat.turn("c1", "t2");
    const seen = chat.outbox.take("c2");
    assert.deepEqual(seen, frames.slice(1));
    const start = seen[0];
    assert.ok(start?.type === "turn-start");
    assert.equal(start.conversationId, CONVERSATION);
  });
});
