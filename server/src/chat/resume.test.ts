import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CONVERSATION,
  FakeChat,
  keyOf,
  textIn,
  typesOf,
} from "../../test/fakes/fake-chat.ts";
import type { Step } from "../../test/fakes/scripted-model.ts";

const HOUR = 3_600_000;
const resume = (turnId: string, lastSeq: number) => ({
  type: "resume",
  ...keyOf(turnId),
  lastSeq,
});

/** A chat in whose turn `t1` the model says `before`, waits for `go`, and says the rest. */
async function inTheMiddle(before: string[] = ["one ", "two "]) {
  const chat = new FakeChat();
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const pause = (): Promise<void> => chat.clock.sleep(150);
  const script: Step[] = [
    { type: "start" },
    ...before.flatMap((text): Step[] => [{ type: "text", text }, pause]),
    () => gate,
    { type: "text", text: "three" },
    { type: "stop", stopReason: "end_turn" },
  ];
  chat.model.play(script);
  const visitorToken = await chat.open("c1");
  await chat.ask("c1", "t1");
  const running = chat.work(keyOf("t1"));
  await chat.clock.advance(1_000);
  const finish = async (): Promise<void> => {
    go();
    await chat.clock.until(running);
  };
  return { chat, visitorToken, finish };
}

describe("resume of a running turn", () => {
  it("is acknowledged, brought up by the worker and goes on live", async () => {
    const { chat, visitorToken, finish } = await inTheMiddle();
    await chat.open("c2", { visitorToken, conversationId: CONVERSATION });
    await chat.frame("c2", resume("t1", -1));
    assert.deepEqual(chat.outbox.frames("c2"), [
      { type: "ack", turnId: "t1", duplicate: true },
    ]);
    await chat.clock.advance(250);
    assert.equal(textIn(chat.outbox.frames("c2")), "one two ");
    await finish();
    assert.deepEqual(
      chat.outbox.take("c2").slice(1),
      chat.outbox.take("c1").slice(1),
    );
  });

  it("brings only what the connection lacks", async () => {
    const { chat, visitorToken, finish } = await inTheMiddle();
    await chat.open("c2", { visitorToken, conversationId: CONVERSATION });
    await chat.frame("c2", resume("t1", 1));
    await finish();
    const frames = chat.outbox.take("c2");
    assert.equal(textIn(frames), "two three");
    assert.deepEqual(typesOf(frames), [
      "ack",
      "text-delta",
      "text-delta",
      "turn-end",
    ]);
  });

  it("of the same connection repeats what it missed", async () => {
    const { chat, finish } = await inTheMiddle();
    chat.outbox.take("c1");
    await chat.frame("c1", resume("t1", 0));
    await chat.clock.advance(250);
    await finish();
    assert.equal(textIn(chat.outbox.take("c1")), "one two three");
  });

  it("by a repeated send starts from the first frame", async () => {
    const { chat, finish } = await inTheMiddle();
    chat.outbox.take("c1");
    await chat.ask("c1", "t1");
    await chat.clock.advance(250);
    await finish();
    const frames = chat.outbox.take("c1");
    assert.deepEqual(frames[0], { type: "ack", turnId: "t1", duplicate: true });
    assert.equal(frames[1]?.type, "turn-start");
    assert.equal(textIn(frames), "one two three");
    assert.equal(chat.model.requests.length, 1);
  });

  it("before any worker took it is served when one does", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    await chat.ask("c1", "t1");
    await chat.open("c2", { visitorToken });
    await chat.frame("c2", resume("t1", -1));
    await chat.workAll();
    const frames = chat.outbox.take("c2");
    assert.equal(frames[0]?.type, "ack");
    assert.equal(textIn(frames), "Hello there.");
  });

  it("in the very moment of the end is served too", async () => {
    const { chat, visitorToken, finish } = await inTheMiddle();
    await chat.open("c2", { visitorToken });
    const endTurn = chat.store.endTurn.bind(chat.store);
    chat.store.endTurn = async (...args) => {
      await chat.frame("c2", resume("t1", -1));
      return endTurn(...args);
    };
    await finish();
    const frames = chat.outbox.take("c2");
    assert.equal(textIn(frames), "one two three");
    assert.equal(frames.at(-1)?.type, "turn-end");
  });

  it("right after the end is answered by the router", async () => {
    const { chat, visitorToken, finish } = await inTheMiddle();
    await chat.open("c2", { visitorToken });
    const requestResume = chat.store.requestResume.bind(chat.store);
    chat.store.requestResume = async (...args) => {
      await finish();
      return requestResume(...args);
    };
    await chat.frame("c2", resume("t1", -1));
    const frames = chat.outbox.take("c2");
    assert.equal(frames[0]?.type, "ack");
    assert.equal(textIn(frames), "one two three");
    assert.equal(frames.at(-1)?.type, "turn-end");
  });
});

describe("resume of an ended turn", () => {
  for (const [lastSeq, types] of [
    [-1, ["turn-start", "text-delta", "text-delta", "turn-end"]],
    [1, ["text-delta", "turn-end"]],
    [2, ["turn-end"]],
    [3, ["turn-end"]],
    [9, ["turn-end"]],
  ] as const)
    it(`behind ${lastSeq} brings ${types.join(", ")}`, async () => {
      const chat = new FakeChat();
      await chat.open("c1");
      await chat.turn("c1", "t1");
      await chat.frame("c1", resume("t1", lastSeq));
      assert.deepEqual(typesOf(chat.outbox.take("c1")), types);
    });

  it("whose frames have expired brings the turn as history", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.turn("c1", "t2");
    await chat.clock.advance(HOUR);
    await chat.frame("c1", resume("t1", -1));
    const [history, ...rest] = chat.outbox.take("c1");
    assert.deepEqual(rest, []);
    assert.ok(history?.type === "history");
    assert.deepEqual(
      history.turns.map(({ turnId, answer, status }) => [
        turnId,
        answer,
        status,
      ]),
      [["t1", "Hello there.", "complete"]],
    );
  });

  it("whose frames have expired repeats the last one to who has the rest", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.clock.advance(HOUR);
    await chat.frame("c1", resume("t1", 3));
    assert.deepEqual(typesOf(chat.outbox.take("c1")), ["turn-end"]);
  });

  it("joins the conversation", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.open("c2", { visitorToken });
    await chat.frame("c2", resume("t1", -1));
    chat.outbox.take("c2");
    await chat.turn("c1", "t2");
    assert.equal(textIn(chat.outbox.take("c2")), "Hello there.");
  });
});

describe("resume of nothing", () => {
  it("is not_found with the turnId and without seq", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    for (const frame of [
      resume("unknown", -1),
      { type: "resume", conversationId: "unknown", turnId: "t1", lastSeq: 0 },
    ]) {
      await chat.frame("c1", frame);
      const [error, ...rest] = chat.outbox.take("c1");
      assert.deepEqual(rest, []);
      assert.ok(error?.type === "error");
      assert.equal(error.code, "not_found");
      assert.equal(error.turnId, (frame as { turnId: string }).turnId);
      assert.equal(error.seq, undefined);
    }
  });

  it("that belongs to somebody else is not_found", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.open("c2");
    await chat.frame("c2", resume("t1", -1));
    const [error] = chat.outbox.take("c2");
    assert.ok(error?.type === "error");
    assert.equal(error.code, "not_found");
  });
});
