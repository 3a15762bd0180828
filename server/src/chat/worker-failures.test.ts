import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ErrorCode } from "bedrock-chat-widget/protocol";
import {
  CONVERSATION,
  FakeChat,
  keyOf,
  textIn,
  typesOf,
} from "../../test/fakes/fake-chat.ts";
import { talking, type Step } from "../../test/fakes/scripted-model.ts";
import { ChatError } from "./errors.ts";

const START: Step = { type: "start" };
const text = (said: string): Step => ({ type: "text", text: said });

describe("a turn that fails", () => {
  const failures: readonly [string, ErrorCode, readonly Step[]][] = [
    [
      "in the middle of the stream",
      "model_unavailable",
      [new ChatError("model_unavailable", "internalServerException")],
    ],
    [
      "by throttling in the middle",
      "model_throttled",
      [new ChatError("model_throttled", "throttlingException")],
    ],
    ["without messageStop", "stream_truncated", []],
    [
      "with malformed output",
      "model_unavailable",
      [{ type: "stop", stopReason: "malformed" }],
    ],
    ["by something unexpected", "internal", [new TypeError("oops")]],
  ];
  for (const [name, code, ending] of failures)
    it(`${name} is ${code} and keeps the text`, async () => {
      const chat = new FakeChat();
      const frames = await chat.answered([
        START,
        text("Half "),
        text("an"),
        ...ending,
      ]);
      const error = frames.at(-1);
      assert.ok(error?.type === "error");
      assert.equal(error.code, code);
      assert.equal(error.seq, frames.length - 1);
      assert.equal(error.turnId, "t1");
      assert.equal(error.requestId, "worker-request");
      assert.equal(textIn(frames), "Half an");
      const turn = await chat.store.getTurn(keyOf("t1"));
      assert.equal(turn?.state, "failed");
      assert.equal(turn.answer, "Half an");
      const next = await chat.turn("c1", "t2");
      assert.equal(next[0]?.type, "ack");
    });

  it("before it began has one frame", async () => {
    const failure = new ChatError("model_rejected", "ValidationException");
    const frames = await new FakeChat().answered([failure]);
    const [error, ...rest] = frames;
    assert.deepEqual(rest, []);
    assert.ok(error?.type === "error");
    assert.equal(error.code, "model_rejected");
    assert.equal(error.seq, 0);
    assert.equal(error.retryable, false);
  });

  it("by throttling at first says when to come back", async () => {
    const chat = new FakeChat();
    const frames = await chat.answered([
      new ChatError("model_throttled", "Too many requests"),
    ]);
    const [error] = frames;
    assert.ok(error?.type === "error");
    assert.equal(error.code, "model_throttled");
    assert.equal(error.retryAfterMs, 10_000);
    assert.equal(chat.model.requests.length, 4);
  });

  it("because its worker runs out of time ends cleanly before that", async () => {
    const chat = new FakeChat();
    chat.workerTimeMs = 60_000;
    const began = chat.clock.now();
    const frames = await chat.answered(talking(chat.clock, 600));
    assert.ok(chat.clock.now() - began <= 60_000);
    const error = frames.at(-1);
    assert.ok(error?.type === "error");
    assert.equal(error.code, "timeout");
    assert.match(textIn(frames), /^(word ){400,}$/);
    assert.equal(chat.model.aborted, 1);
  });

  it("because the log cannot be written is internal, and closes the stream", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.model.play(talking(chat.clock, 600));
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(1_000);
    const append = chat.store.appendFrames.bind(chat.store);
    chat.store.appendFrames = () => Promise.reject(new Error("throttled"));
    await chat.clock.advance(500);
    while (chat.model.aborted === 0) await chat.clock.advance(100);
    chat.store.appendFrames = append;
    await chat.clock.until(running);
    const frames = chat.outbox.take("c1");
    const error = frames.at(-1);
    assert.ok(error?.type === "error");
    assert.equal(error.code, "internal");
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.answer, textIn(frames));
  });

  it("rides out a store that throttles for a while", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    const failed = new Set<PropertyKey>();
    const throttled = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (object, name) => {
          const value: unknown = Reflect.get(object, name, object);
          if (typeof value !== "function") return value;
          const method = value.bind(object) as (...args: unknown[]) => unknown;
          const isFirst =
            object === (chat.store as object) && !failed.has(name);
          failed.add(name);
          return isFirst
            ? () => Promise.reject(new Error("throttled"))
            : method;
        },
      });
    const deps = chat.workerDeps(throttled);
    await chat.clock.until(chat.work(keyOf("t1"), deps));
    assert.ok(failed.has("endTurn") && failed.has("releaseConversation"));
    const frames = chat.outbox.take("c1");
    assert.equal(textIn(frames), "Hello there.");
    assert.equal(frames.at(-1)?.type, "turn-end");
  });
});

describe("a worker that lost its turn", () => {
  it("to an expired lease closes the stream, posts nothing more and leaves the end as it is", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    chat.model.play(talking(chat.clock, 60));
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(1_000);
    const renewLease = chat.store.renewLease.bind(chat.store);
    // The store does not answer this worker for longer than its lease.
    chat.store.renewLease = () => Promise.reject(new Error("unreachable"));
    const append = chat.store.appendFrames.bind(chat.store);
    let isCut = true;
    chat.store.appendFrames = async (...args) => {
      if (isCut) await chat.clock.sleep(40_000);
      return append(...args);
    };
    await chat.clock.advance(25_000);
    isCut = false;
    chat.outbox.take("c1");
    await chat.open("c2", { visitorToken, conversationId: CONVERSATION });
    const ended = await chat.store.getTurn(keyOf("t1"));
    assert.equal(ended?.state, "failed");
    chat.store.renewLease = renewLease;
    await chat.clock.until(running);
    assert.equal(chat.model.aborted, 1);
    const after = await chat.store.getTurn(keyOf("t1"));
    assert.deepEqual(after, ended);
    const frames = chat.outbox.take("c1");
    assert.deepEqual(typesOf(frames), ["error"]);
    const log = await chat.store.listFrames(keyOf("t1"), -1);
    assert.deepEqual(log.at(-1), ended.lastFrame);
  });

  it("to somebody who died after closing the log finishes what that one began", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.model.play(talking(chat.clock, 60));
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(950);
    const seq = (await chat.store.lastSeq(keyOf("t1"))) + 1;
    const error = {
      type: "error",
      code: "stream_truncated",
      message: "The answer broke off.",
      retryable: true,
      turnId: "t1",
      seq,
      requestId: "r",
    } as const;
    await chat.store.appendFrames(keyOf("t1"), [error]);
    await chat.clock.until(running);
    assert.equal(chat.model.aborted, 1);
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.state, "failed");
    assert.deepEqual(turn.lastFrame, error);
    const frames = chat.outbox.take("c1");
    assert.deepEqual(frames.at(-1), error);
    assert.equal(turn.answer, textIn(frames));
    const conversation = await chat.store.getConversation(CONVERSATION);
    assert.equal(conversation?.active, undefined);
  });
});
