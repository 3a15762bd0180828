import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type {
  ErrorCode,
  ServerFrame,
  StopReason,
} from "bedrock-chat-widget/protocol";
import {
  CONVERSATION,
  FakeChat,
  keyOf,
  textIn,
  typesOf,
} from "../../test/fakes/fake-chat.ts";
import { answer, type Step } from "../../test/fakes/scripted-model.ts";
import { ChatError } from "./errors.ts";

const START: Step = { type: "start" };
const text = (said: string): Step => ({ type: "text", text: said });
const stop = (stopReason: StopReason | "malformed"): Step => ({
  type: "stop",
  stopReason,
});

/** Asks in a chat whose model plays `script`, and gives the frames of the answer. */
async function answered(
  script: readonly Step[],
  chat = new FakeChat(),
): Promise<{ chat: FakeChat; frames: ServerFrame[] }> {
  await chat.open("c1");
  chat.model.play(script);
  const frames = await chat.turn("c1", "t1");
  return { chat, frames: frames.slice(1) };
}

/** Says a word every 100 ms, for `seconds`. */
const talking = (chat: FakeChat, seconds: number): Step[] => [
  START,
  ...Array.from({ length: seconds * 10 }, (): Step[] => [
    text("word "),
    () => chat.clock.sleep(100),
  ]).flat(),
  stop("end_turn"),
];

describe("a turn that the model completes", () => {
  it("is streamed, stored and ended", async () => {
    const { chat, frames } = await answered(answer("Hello", " there."));
    assert.deepEqual(frames, [
      {
        type: "turn-start",
        ...keyOf("t1"),
        seq: 0,
        model: "small",
        createdAt: "2026-11-22T12:00:00.000Z",
      },
      { type: "text-delta", turnId: "t1", seq: 1, text: "Hello" },
      { type: "text-delta", turnId: "t1", seq: 2, text: " there." },
      {
        type: "turn-end",
        turnId: "t1",
        seq: 3,
        stopReason: "end_turn",
        length: 12,
        usage: { inputTokens: 10, outputTokens: 2 },
      },
    ]);
    assert.deepEqual(await chat.store.listFrames(keyOf("t1"), -1), frames);
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.state, "complete");
    assert.equal(turn.answer, "Hello there.");
    assert.deepEqual(turn.lastFrame, frames.at(-1));
  });

  it("posts its end only when the conversation takes the next question", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    let active: unknown = "not seen";
    chat.outbox.before = async (_to, data) => {
      if (!data.includes("turn-end")) return;
      const conversation = await chat.store.getConversation(CONVERSATION);
      const turn = await chat.store.getTurn(keyOf("t1"));
      active = [conversation?.active, turn?.state];
    };
    await chat.workAll();
    assert.deepEqual(active, [undefined, "complete"]);
  });

  for (const reason of [
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "guardrail_intervened",
    "content_filtered",
    "model_context_window_exceeded",
    "tool_use",
    "other",
  ] as const)
    it(`because of ${reason} says so and keeps the text`, async () => {
      const { chat, frames } = await answered([
        START,
        text("Some"),
        stop(reason),
      ]);
      const end = frames.at(-1);
      assert.ok(end?.type === "turn-end");
      assert.equal(end.stopReason, reason);
      assert.equal((await chat.store.getTurn(keyOf("t1")))?.answer, "Some");
      assert.equal(chat.model.requests.length, 1);
    });

  it("without a word has a start and an end", async () => {
    const { frames } = await answered([START, stop("end_turn")]);
    assert.deepEqual(typesOf(frames), ["turn-start", "turn-end"]);
  });

  it("stays complete when the stream breaks behind messageStop", async () => {
    const { frames } = await answered([
      START,
      text("All"),
      stop("end_turn"),
      new ChatError("model_unavailable", "broken"),
    ]);
    assert.equal(frames.at(-1)?.type, "turn-end");
  });

  it("gets the system prompt and the model's configuration", async () => {
    const chat = new FakeChat({ systemPrompt: "Be brief." });
    await answered(answer("Hi"), chat);
    const [request] = chat.model.requests;
    assert.equal(request?.system, "Be brief.");
    assert.equal(request.model.modelId, "vendor.small-v1:0");
  });

  it("may take as long as the worker has", async () => {
    const chat = new FakeChat();
    const { frames } = await answered(talking(chat, 600), chat);
    assert.equal(textIn(frames), "word ".repeat(6_000));
    assert.equal(frames.at(-1)?.type, "turn-end");
  });

  it("that becomes too long for its place ends as max_tokens", async () => {
    const chat = new FakeChat({ limits: { maxAnswerBytes: 1_000 } });
    const { frames } = await answered(talking(chat, 600), chat);
    const end = frames.at(-1);
    assert.ok(end?.type === "turn-end");
    assert.equal(end.stopReason, "max_tokens");
    assert.equal(textIn(frames), "word ".repeat(200));
    assert.equal(chat.model.aborted, 1);
  });

  it("writes in proportion to its length", async () => {
    const writes = async (seconds: number): Promise<number> => {
      const chat = new FakeChat();
      let appended = 0;
      const append = chat.store.appendFrames.bind(chat.store);
      chat.store.appendFrames = (...args) => {
        appended += JSON.stringify(args[1]).length;
        return append(...args);
      };
      await answered(talking(chat, seconds), chat);
      return appended;
    };
    const [short, long] = [await writes(10), await writes(100)];
    assert.ok(long / short < 11, `${short} and ${long} bytes`);
  });
});

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
    ["with malformed output", "model_unavailable", [stop("malformed")]],
    ["by something unexpected", "internal", [new TypeError("oops")]],
  ];
  for (const [name, code, ending] of failures)
    it(`${name} is ${code} and keeps the text`, async () => {
      const { chat, frames } = await answered([
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
    const { frames } = await answered([failure]);
    const [error, ...rest] = frames;
    assert.deepEqual(rest, []);
    assert.ok(error?.type === "error");
    assert.equal(error.code, "model_rejected");
    assert.equal(error.seq, 0);
    assert.equal(error.retryable, false);
  });

  it("by throttling at first says when to come back", async () => {
    const { chat, frames } = await answered([
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
    const { frames } = await answered(talking(chat, 600), chat);
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
    chat.model.play(talking(chat, 600));
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

describe("an invocation that comes again", () => {
  it("while the first works does nothing", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.model.play(talking(chat, 3));
    await chat.ask("c1", "t1");
    const first = chat.work(keyOf("t1"));
    await chat.clock.advance(1_000);
    await chat.clock.until(chat.work(keyOf("t1")), 0);
    await chat.clock.until(first);
    assert.equal(chat.model.requests.length, 1);
    assert.equal(textIn(chat.outbox.take("c1")), "word ".repeat(30));
  });

  it("at the same time is decided by the store", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    await chat.clock.until(
      Promise.all([1, 2, 3].map(() => chat.work(keyOf("t1")))),
    );
    assert.equal(chat.model.requests.length, 1);
    assert.equal(textIn(chat.outbox.take("c1")), "Hello there.");
  });

  it("after the end, or for a turn that is unknown, does nothing", async () => {
    const { chat } = await answered(answer("Hi"));
    chat.outbox.take("c1");
    await chat.work(keyOf("t1"));
    await chat.work(keyOf("unknown"));
    assert.equal(chat.model.requests.length, 1);
    assert.deepEqual(chat.outbox.take("c1"), []);
  });

  it("after the router's lease ends the turn as timeout", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    chat.outbox.take("c1");
    await chat.clock.advance(75_000);
    await chat.workAll();
    const [error] = chat.outbox.take("c1");
    assert.ok(error?.type === "error");
    assert.equal(error.code, "timeout");
    assert.equal(error.seq, 0);
    assert.equal(chat.model.requests.length, 0);
  });
});

describe("a running turn", () => {
  it("keeps its lease while the model is silent", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    chat.model.play([
      START,
      text("Wait"),
      () => chat.clock.sleep(120_000),
      text("."),
      stop("end_turn"),
    ]);
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    for (let i = 0; i < 11; i++) {
      await chat.clock.advance(10_000);
      await chat.open("c2", { visitorToken, conversationId: CONVERSATION });
    }
    await chat.clock.until(running);
    assert.equal(textIn(chat.outbox.take("c1")), "Wait.");
  });

  it("goes on when every connection is gone, and is there for who comes back", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    chat.model.play(talking(chat, 60));
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(1_000);
    chat.outbox.gone.add("c1");
    await chat.clock.advance(40_000);
    await chat.open("c2", { visitorToken, conversationId: CONVERSATION });
    await chat.frame("c2", { type: "resume", ...keyOf("t1"), lastSeq: -1 });
    await chat.clock.until(running);
    assert.equal(textIn(chat.outbox.take("c2")), "word ".repeat(600));
    assert.equal(chat.model.requests.length, 1);
  });

  it("ends as timeout when nobody comes back for too long", async () => {
    const chat = new FakeChat({ timing: { unwatchedMs: 20_000 } });
    const visitorToken = await chat.open("c1");
    chat.model.play(talking(chat, 600));
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(1_000);
    chat.outbox.gone.add("c1");
    const left = chat.clock.now();
    await chat.clock.until(running);
    assert.ok(chat.clock.now() - left <= 21_000);
    assert.equal(chat.model.aborted, 1);
    await chat.open("c2", { visitorToken, conversationId: CONVERSATION });
    await chat.frame("c2", { type: "resume", ...keyOf("t1"), lastSeq: -1 });
    const frames = chat.outbox.take("c2");
    assert.match(textIn(frames), /^(word ){100,}$/);
    const error = frames.at(-1);
    assert.ok(error?.type === "error");
    assert.equal(error.code, "timeout");
  });

  it("counts the time without connections anew each time", async () => {
    const chat = new FakeChat({ timing: { unwatchedMs: 20_000 } });
    const visitorToken = await chat.open("c1");
    chat.model.play(talking(chat, 60));
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    for (const connectionId of ["c2", "c3", "c4"]) {
      await chat.clock.advance(1_000);
      for (const id of ["c1", "c2", "c3"]) chat.outbox.gone.add(id);
      chat.outbox.gone.delete(connectionId);
      await chat.clock.advance(15_000);
      await chat.open(connectionId, { visitorToken });
      const frame = { type: "resume", ...keyOf("t1"), lastSeq: -1 };
      await chat.frame(connectionId, frame);
    }
    await chat.clock.until(running);
    assert.equal(chat.outbox.take("c4").at(-1)?.type, "turn-end");
  });

  it("does not wait for a slow connection, which gets everything in the end", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    await chat.turn("c1", "t0");
    await chat.open("c2", { visitorToken, conversationId: CONVERSATION });
    chat.outbox.before = (to) =>
      to === "c2" ? chat.clock.sleep(1_000) : undefined;
    chat.model.play(talking(chat, 3));
    await chat.ask("c1", "t1");
    const began = chat.clock.now();
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(3_500);
    const fast = chat.outbox.take("c1").slice(1);
    assert.equal(fast.at(-1)?.type, "turn-end");
    assert.equal((await chat.store.getTurn(keyOf("t1")))?.state, "complete");
    await chat.clock.until(running);
    assert.ok(chat.clock.now() - began > 10_000);
    assert.deepEqual(chat.outbox.take("c2"), fast);
  });

  it("leaves a connection that never drains when its time is up", async () => {
    const chat = new FakeChat();
    chat.workerTimeMs = 60_000;
    await chat.open("c1");
    await chat.ask("c1", "t1");
    chat.outbox.before = () => chat.clock.sleep(3_600_000);
    const began = chat.clock.now();
    await chat.clock.until(chat.work(keyOf("t1")));
    assert.ok(chat.clock.now() - began <= 60_000);
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.state, "complete");
  });

  it("loses no frame to posts that fail now and then", async () => {
    const chat = new FakeChat();
    let posts = 0;
    chat.outbox.before = () => {
      if (posts++ % 4 !== 0) throw new Error("LimitExceededException");
    };
    await chat.router.connect("c1");
    await chat.store.identifyConnection("c1", "visitor");
    chat.model.play(talking(chat, 5));
    await chat.ask("c1", "t1");
    await chat.workAll();
    const frames = chat.outbox.take("c1");
    assert.equal(textIn(frames), "word ".repeat(50));
    assert.equal(frames.at(-1)?.type, "turn-end");
  });
});

describe("a worker that lost its turn", () => {
  it("to an expired lease closes the stream, posts nothing more and leaves the end as it is", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    chat.model.play(talking(chat, 60));
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
    chat.model.play(talking(chat, 60));
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
