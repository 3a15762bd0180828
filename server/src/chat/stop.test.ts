import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TurnEndFrame } from "bedrock-chat-widget/protocol";
import {
  CONVERSATION,
  FakeChat,
  keyOf,
  textIn,
  typesOf,
} from "../../test/fakes/fake-chat.ts";
import { talking } from "../../test/fakes/scripted-model.ts";

const stop = (turnId: string) => ({ type: "stop", ...keyOf(turnId) });
const stopped = (seq: number, length: number): TurnEndFrame => ({
  type: "turn-end",
  turnId: "t1",
  seq,
  stopReason: "stopped",
  length,
  usage: { inputTokens: 0, outputTokens: 0 },
});

describe("stop", () => {
  it("before a worker began ends the turn without the model", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    chat.outbox.take("c1");
    await chat.frame("c1", stop("t1"));
    assert.deepEqual(chat.outbox.take("c1"), [stopped(0, 0)]);
    await chat.workAll();
    assert.equal(chat.model.requests.length, 0);
    assert.deepEqual(chat.outbox.take("c1"), []);
    assert.equal((await chat.turn("c1", "t2")).at(-1)?.type, "turn-end");
  });

  it("reaches the worker that takes the turn in the same moment", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    chat.outbox.take("c1");
    const requestStop = chat.store.requestStop.bind(chat.store);
    let working: Promise<void> | undefined;
    chat.store.requestStop = async (...args) => {
      const isFlagged = await requestStop(...args);
      working = chat.work(keyOf("t1"));
      return isFlagged;
    };
    await chat.frame("c1", stop("t1"));
    await chat.clock.until(working ?? Promise.reject(new Error("no worker")));
    assert.equal(chat.model.requests.length, 0);
    const ends = chat.outbox.take("c1");
    assert.ok(ends.length >= 1);
    for (const end of ends) assert.deepEqual(end, stopped(0, 0));
    assert.equal((await chat.turn("c1", "t2")).at(-1)?.type, "turn-end");
  });

  it("while it streams closes the model's stream within 500 ms and keeps the text", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.model.play(talking(chat.clock, 200));
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(1_010);
    await chat.frame("c1", stop("t1"));
    const asked = chat.clock.now();
    while (chat.model.aborted === 0) await chat.clock.advance(10);
    assert.ok(chat.clock.now() - asked <= 500);
    await chat.clock.until(running);
    const frames = chat.outbox.take("c1");
    const text = textIn(frames);
    assert.match(text, /^(word )+$/);
    assert.deepEqual(frames.at(-1), stopped(frames.length - 2, text.length));
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.state, "stopped");
    assert.equal(turn.answer, text);
  });

  it("from another tab ends the turn in both", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    chat.model.play(talking(chat.clock, 200));
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(500);
    await chat.open("c2", { visitorToken, conversationId: CONVERSATION });
    await chat.frame("c2", { type: "resume", ...keyOf("t1"), lastSeq: -1 });
    await chat.frame("c2", stop("t1"));
    await chat.clock.until(running);
    for (const connectionId of ["c1", "c2"]) {
      const end = chat.outbox.take(connectionId).at(-1);
      assert.ok(end?.type === "turn-end");
      assert.equal(end.stopReason, "stopped");
    }
  });

  it("while the model is silent, or throttles, needs no token to come", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.model.play([{ type: "start" }, () => chat.clock.sleep(600_000)]);
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(30_000);
    await chat.frame("c1", stop("t1"));
    await chat.clock.until(running, 500);
    assert.deepEqual(chat.outbox.take("c1").at(-1), stopped(1, 0));
  });

  it("leaves the partial answer to the next question", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.model.play(talking(chat.clock, 200), [
      { type: "stop", stopReason: "end_turn" },
    ]);
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(150);
    await chat.frame("c1", stop("t1"));
    await chat.clock.until(running);
    const said = textIn(chat.outbox.take("c1"));
    await chat.turn("c1", "t2");
    assert.deepEqual(chat.model.requests.at(-1)?.messages, [
      { role: "user", content: ["Question t1"] },
      { role: "assistant", content: [said] },
      { role: "user", content: ["Question t2"] },
    ]);
  });

  it("of an ended turn repeats its last frame", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    const last = (await chat.turn("c1", "t1")).at(-1);
    await chat.frame("c1", stop("t1"));
    assert.deepEqual(chat.outbox.take("c1"), [last]);
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.state, "complete");
  });

  it("tells who asked for it, even if the connection listens to nothing", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    await chat.ask("c1", "t1");
    await chat.open("c2", { visitorToken });
    await chat.frame("c2", stop("t1"));
    assert.deepEqual(chat.outbox.take("c2"), [stopped(0, 0)]);
  });

  it("of an unknown turn, or somebody else's, is not_found", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.open("c2");
    await chat.frame("c1", stop("unknown"));
    await chat.frame("c2", stop("t1"));
    for (const connectionId of ["c1", "c2"]) {
      const [error, ...rest] = chat.outbox.take(connectionId);
      assert.deepEqual(rest, []);
      assert.ok(error?.type === "error");
      assert.equal(error.code, "not_found");
    }
  });

  it("of a turn whose worker is dead ends it as truncated", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    const now = chat.clock.now();
    await chat.store.takeTurn(keyOf("t1"), now, now + 20_000);
    chat.outbox.take("c1");
    await chat.clock.advance(20_000);
    await chat.frame("c1", stop("t1"));
    const frames = chat.outbox.take("c1");
    assert.ok(frames.length >= 1);
    for (const error of frames)
      assert.ok(error.type === "error" && error.code === "stream_truncated");
    assert.deepEqual(typesOf(await chat.turn("c1", "t2")).at(-1), "turn-end");
  });
});
