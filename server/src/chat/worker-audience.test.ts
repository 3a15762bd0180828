import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CONVERSATION,
  FakeChat,
  keyOf,
  textIn,
} from "../../test/fakes/fake-chat.ts";
import { talking } from "../../test/fakes/scripted-model.ts";

describe("a running turn", () => {
  it("keeps its lease while the model is silent", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    chat.model.play([
      { type: "start" },
      { type: "text", text: "Wait" },
      () => chat.clock.sleep(120_000),
      { type: "text", text: "." },
      { type: "stop", stopReason: "end_turn" },
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
    chat.model.play(talking(chat.clock, 60));
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
    chat.model.play(talking(chat.clock, 600));
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
    chat.model.play(talking(chat.clock, 60));
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
    chat.model.play(talking(chat.clock, 3));
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
    chat.model.play(talking(chat.clock, 5));
    await chat.ask("c1", "t1");
    await chat.workAll();
    const frames = chat.outbox.take("c1");
    assert.equal(textIn(frames), "word ".repeat(50));
    assert.equal(frames.at(-1)?.type, "turn-end");
  });
});
