import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TurnFrame } from "bedrock-chat-widget/protocol";
import {
  CONVERSATION,
  FakeChat,
  keyOf,
  textIn,
  typesOf,
} from "../../test/fakes/fake-chat.ts";

const HISTORY = { type: "history", conversationId: CONVERSATION };
const LEASE = 20_000;

/** A chat whose turn `t1` a worker has taken that never did more than write `log`. */
async function abandoned(log: readonly TurnFrame[] = []): Promise<FakeChat> {
  const chat = new FakeChat();
  await chat.open("c1");
  await chat.ask("c1", "t1");
  chat.workers.queue.length = 0;
  const now = chat.clock.now();
  await chat.store.takeTurn(keyOf("t1"), now, now + LEASE);
  for (const frame of log) await chat.store.appendFrames(keyOf("t1"), [frame]);
  chat.outbox.take("c1");
  return chat;
}

const START: TurnFrame = {
  type: "turn-start",
  ...keyOf("t1"),
  seq: 0,
  model: "small",
  createdAt: "2026-11-22T12:00:00.000Z",
};
const delta = (seq: number, text: string): TurnFrame => ({
  type: "text-delta",
  turnId: "t1",
  seq,
  text,
});

describe("a turn whose worker is dead", () => {
  it("is left alone as long as its lease runs", async () => {
    const chat = await abandoned();
    await chat.clock.advance(LEASE - 1);
    await chat.frame("c1", HISTORY);
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.state, "running");
  });

  it("ends as stream_truncated with what it had said", async () => {
    const chat = await abandoned([START, delta(1, "Half "), delta(2, "an")]);
    await chat.clock.advance(LEASE);
    await chat.frame("c1", HISTORY);
    const [error, history] = chat.outbox.take("c1");
    assert.ok(error?.type === "error");
    assert.equal(error.code, "stream_truncated");
    assert.equal(error.seq, 3);
    assert.ok(history?.type === "history");
    assert.equal(history.turns[0]?.answer, "Half an");
    assert.equal(history.turns[0]?.status, "failed");
  });

  it("ends as the log says when that was closed", async () => {
    const end: TurnFrame = {
      type: "turn-end",
      turnId: "t1",
      seq: 2,
      stopReason: "end_turn",
      length: 3,
      usage: { inputTokens: 1, outputTokens: 2 },
    };
    const chat = await abandoned([START, delta(1, "All"), end]);
    await chat.clock.advance(LEASE);
    await chat.frame("c1", HISTORY);
    assert.deepEqual(chat.outbox.take("c1")[0], end);
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.state, "complete");
    assert.equal(turn.answer, "All");
  });

  it("is ended once by several that meet it at the same time", async () => {
    const chat = await abandoned([START]);
    await chat.clock.advance(LEASE);
    await Promise.all([1, 2, 3].map(() => chat.frame("c1", HISTORY)));
    const errors = chat.outbox
      .take("c1")
      .filter(({ type }) => type === "error");
    assert.equal(errors.length, 1);
    assert.equal((await chat.store.listFrames(keyOf("t1"), -1)).length, 2);
  });

  it("brings up whoever had asked its worker for it", async () => {
    const chat = await abandoned([START, delta(1, "Half")]);
    const visitorToken = await chat.tokens.issue(
      (await chat.store.getConversation(CONVERSATION))?.visitorId ?? "",
      chat.clock.now(),
    );
    await chat.open("c2", { visitorToken });
    await chat.frame("c2", { type: "resume", ...keyOf("t1"), lastSeq: -1 });
    await chat.clock.advance(LEASE);
    await chat.frame("c1", HISTORY);
    const frames = chat.outbox.take("c2");
    assert.deepEqual(typesOf(frames), [
      "ack",
      "turn-start",
      "text-delta",
      "error",
    ]);
    assert.equal(textIn(frames), "Half");
  });

  it("is replaced at a client that had a frame which was never stored", async () => {
    const chat = await abandoned([START]);
    await chat.clock.advance(LEASE);
    // The worker had posted a first text under seq 1 and died before it was stored.
    const frame = { type: "resume", ...keyOf("t1"), lastSeq: 1 };
    await chat.frame("c1", frame);
    const history = chat.outbox.take("c1").at(-1);
    assert.ok(history?.type === "history");
    assert.equal(history.turns[0]?.status, "failed");
    assert.equal(history.turns[0]?.answer, "");
  });

  it("is ended by history even if it does not hold the conversation any more", async () => {
    const chat = await abandoned();
    await chat.store.releaseConversation(keyOf("t1"));
    await chat.clock.advance(LEASE);
    await chat.frame("c1", HISTORY);
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.state, "failed");
  });
});

describe("a conversation that is held", () => {
  const hold = async (): Promise<FakeChat> => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    const conversation = await chat.store.getConversation(CONVERSATION);
    await chat.store.holdConversation(
      keyOf("t2"),
      conversation?.visitorId ?? "",
      chat.clock.now() + 30_000,
    );
    return chat;
  };

  it("for a turn that is just being stored is busy", async () => {
    const chat = await hold();
    const [error] = await chat.turn("c1", "t3");
    assert.ok(error?.type === "error");
    assert.equal(error.code, "busy");
  });

  it("for a turn that never came is taken over", async () => {
    const chat = await hold();
    await chat.clock.advance(30_000);
    assert.equal((await chat.turn("c1", "t3")).at(-1)?.type, "turn-end");
  });

  it("by a turn that has ended is taken over at once", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.store.releaseConversation = () => new Promise(() => undefined);
    await chat.ask("c1", "t1");
    void chat.work(keyOf("t1"));
    await chat.clock.advance(1_000);
    Reflect.deleteProperty(chat.store, "releaseConversation");
    chat.outbox.take("c1");
    chat.workers.queue.length = 0;
    assert.equal((await chat.turn("c1", "t2")).at(-1)?.type, "turn-end");
  });
});
