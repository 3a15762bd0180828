import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type {
  ErrorFrame,
  HelloFrame,
  ServerFrame,
} from "bedrock-chat-widget/protocol";
import { FakeChat, typesOf } from "../../test/fakes/fake-chat.ts";

/** The last frame, which must be a refusal. */
function refusal(frames: readonly ServerFrame[]): ErrorFrame {
  const last = frames.at(-1);
  assert.ok(last?.type === "error", JSON.stringify(frames));
  assert.equal(last.seq, undefined);
  return last;
}

const MINUTE = 60_000;
const untilNext = (chat: FakeChat): number =>
  MINUTE - (chat.clock.now() % MINUTE);

const hello = (visitorToken?: string): HelloFrame => ({
  type: "hello",
  client: { name: "test", version: "1", locale: "en" },
  ...(visitorToken === undefined ? {} : { visitorToken }),
});

describe("connections of an address", () => {
  it("are as many in a minute as they may be", async () => {
    const chat = new FakeChat({ usage: { addressConnectsPerMinute: 2 } });
    const { router, clock, store } = chat;
    assert.equal(await router.connect("c1", "home"), undefined);
    assert.equal(await router.connect("c2", "home"), undefined);
    const retryAfterMs = untilNext(chat);
    assert.deepEqual(await router.connect("c3", "home"), { retryAfterMs });
    assert.equal(await store.getConnection("c3"), undefined);
    assert.equal(await router.connect("c4", "work"), undefined);
    await clock.advance(retryAfterMs);
    assert.equal(await router.connect("c3", "home"), undefined);
  });
});

describe("visitors whom nobody knows", () => {
  it("are so many in a minute from an address, and those who are known always come in", async () => {
    const chat = new FakeChat({ usage: { addressVisitorsPerMinute: 2 } });
    const visitorToken = await chat.open("c1", { address: "home" });
    await chat.open("c2", { address: "home" });
    await chat.router.connect("c3", "home");
    await chat.frame("c3", hello());
    const error = refusal(chat.outbox.take("c3"));
    assert.equal(error.code, "rate_limited");
    assert.equal(error.retryAfterMs, untilNext(chat));
    await chat.frame("c3", hello("thrown away"));
    assert.equal(refusal(chat.outbox.take("c3")).code, "rate_limited");
    await chat.frame("c3", hello(visitorToken));
    assert.deepEqual(typesOf(chat.outbox.take("c3")), ["ready"]);
    await chat.open("c4", { address: "work" });
  });
});

describe("frames of a connection", () => {
  it("are refused once when they are too many, and end the connection", async () => {
    const chat = new FakeChat({ usage: { connectionFramesPerMinute: 3 } });
    await chat.open("c1");
    for (let i = 0; i < 5; i++) await chat.frame("c1", "nonsense");
    const frames = chat.outbox.take("c1");
    const codes = frames.map((frame) => frame.type === "error" && frame.code);
    assert.deepEqual(codes, ["bad_request", "bad_request", "rate_limited"]);
    assert.equal(refusal(frames).retryAfterMs, untilNext(chat));
    assert.ok(chat.outbox.closed.includes("c1"));
  });

  it("are counted anew in the next minute, and for each connection", async () => {
    const chat = new FakeChat({ usage: { connectionFramesPerMinute: 2 } });
    await chat.open("c1");
    await chat.open("c2");
    await chat.frame("c1", { type: "ping" });
    await chat.clock.advance(untilNext(chat));
    await chat.frame("c1", { type: "ping" });
    await chat.frame("c1", { type: "ping" });
    await chat.frame("c2", { type: "ping" });
    assert.deepEqual(chat.outbox.closed, []);
  });

  it("are counted on when another visitor says hello", async () => {
    const chat = new FakeChat({ usage: { connectionFramesPerMinute: 5 } });
    const one = await chat.open("c1");
    const other = await chat.open("c2");
    for (const visitorToken of [one, other, one, other, one, other])
      await chat.frame("c1", hello(visitorToken));
    assert.equal(refusal(chat.outbox.take("c1")).code, "rate_limited");
  });
});

describe("questions", () => {
  it("of a visitor are as many in a minute as they may be, whatever the conversation", async () => {
    const chat = new FakeChat({ usage: { visitorQuestionsPerMinute: 2 } });
    const visitorToken = await chat.open("c1");
    await chat.open("c2", { visitorToken });
    await chat.turn("c1", "t1");
    await chat.turn("c2", "t2", "Hi", { conversationId: "other" });
    const third = await chat.turn("c1", "t3", "Hi", { conversationId: "new" });
    const error = refusal(third);
    assert.equal(error.code, "rate_limited");
    assert.equal(error.turnId, "t3");
    assert.equal(error.retryAfterMs, untilNext(chat));
    assert.equal(chat.model.requests.length, 2);
    await chat.clock.advance(untilNext(chat));
    assert.equal((await chat.turn("c1", "t3")).at(-1)?.type, "turn-end");
  });

  it("that were accepted before do not count", async () => {
    const chat = new FakeChat({ usage: { visitorQuestionsPerMinute: 1 } });
    await chat.open("c1");
    for (let i = 0; i < 3; i++)
      assert.equal((await chat.turn("c1", "t1")).at(-1)?.type, "turn-end");
    assert.equal(chat.model.requests.length, 1);
  });

  it("of one address are limited over all its visitors", async () => {
    const chat = new FakeChat({ usage: { addressQuestionsPerMinute: 2 } });
    for (const [i, address] of ["home", "home", "home", "work"].entries()) {
      await chat.open(`c${i}`, { address });
      const frames = await chat.turn(`c${i}`, "t1", "Hi", {
        conversationId: `conversation-${i}`,
      });
      const last = frames.at(-1);
      assert.equal(last?.type, i === 2 ? "error" : "turn-end");
    }
  });

  it("of plain clients count for their address, however many connections they make", async () => {
    const chat = new FakeChat({ usage: { visitorQuestionsPerMinute: 2 } });
    for (const connectionId of ["c1", "c2", "c3"]) {
      await chat.router.connect(connectionId, "home");
      await chat.frame(connectionId, '{"data":"Hi"}');
      await chat.workAll();
    }
    assert.equal(chat.model.requests.length, 2);
    const [text] = chat.outbox.texts("c3");
    assert.match(text!, /^\{"message":"That was a bit fast\./);
  });

  it("are refused while the chat is switched off, ten seconds later at most", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    chat.meter.isSwitchedOff = true;
    assert.equal((await chat.turn("c1", "t2")).at(-1)?.type, "turn-end");
    await chat.clock.advance(10_000);
    const error = refusal(await chat.turn("c1", "t3"));
    assert.equal(error.code, "model_unavailable");
    assert.match(error.message, /switched off/);
    assert.equal(chat.model.requests.length, 2);
    chat.meter.isSwitchedOff = false;
    await chat.clock.advance(10_000);
    assert.equal((await chat.turn("c1", "t3")).at(-1)?.type, "turn-end");
  });

  it("end with the conversation's length", async () => {
    const chat = new FakeChat({ usage: { conversationTurns: 2 } });
    await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.turn("c1", "t2");
    const error = refusal(await chat.turn("c1", "t3"));
    assert.equal(error.code, "context_too_long");
    const other = { conversationId: "new" };
    assert.equal(
      (await chat.turn("c1", "t3", "Hi", other)).at(-1)?.type,
      "turn-end",
    );
  });

  it("of one visitor run at the same time up to a number", async () => {
    const chat = new FakeChat({ usage: { visitorRunningTurns: 2 } });
    const visitorToken = await chat.open("c1");
    await chat.open("c2", { visitorToken });
    const ask = (turnId: string) =>
      chat.ask("c2", turnId, "Hi", { conversationId: `of-${turnId}` });
    await ask("t1");
    await ask("t2");
    chat.outbox.take("c2");
    await ask("t3");
    const error = refusal(chat.outbox.take("c2"));
    assert.equal(error.code, "rate_limited");
    assert.equal(error.retryAfterMs, 5_000);
    await chat.workAll();
    await ask("t3");
    assert.equal(chat.outbox.take("c2").at(-1)?.type, "ack");
    // A stranger has slots of their own.
    await chat.open("c3");
    await chat.ask("c3", "t1", "Hi", { conversationId: "stranger" });
    assert.deepEqual(typesOf(chat.outbox.take("c3")), ["ack"]);
  });
});
