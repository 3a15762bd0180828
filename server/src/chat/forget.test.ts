import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CONVERSATION,
  FakeChat,
  keyOf,
  typesOf,
} from "../../test/fakes/fake-chat.ts";
import { talking } from "../../test/fakes/scripted-model.ts";

const FORGET = { type: "forget", conversationId: CONVERSATION };
const FORGOTTEN = { type: "forgotten", conversationId: CONVERSATION };

describe("forget", () => {
  it("deletes all there is and tells every connection", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.open("c2", { visitorToken, conversationId: CONVERSATION });
    await chat.frame("c1", FORGET);
    assert.deepEqual(chat.outbox.take("c1"), [FORGOTTEN]);
    assert.deepEqual(chat.outbox.take("c2"), [FORGOTTEN]);
    assert.deepEqual(chat.store.remainsOf(CONVERSATION), []);
  });

  it("ends the model's stream of a running turn, and leaves nothing of it", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.model.play(talking(chat.clock, 200));
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(1_000);
    await chat.frame("c1", FORGET);
    await chat.clock.until(running, 500);
    assert.equal(chat.model.aborted, 1);
    assert.deepEqual(chat.store.remainsOf(CONVERSATION), []);
    const frames = typesOf(chat.outbox.take("c1"));
    assert.ok(frames.includes("forgotten") && !frames.includes("turn-end"));
  });

  it("in the moment of the end leaves nothing either", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    chat.outbox.take("c1");
    const endTurn = chat.store.endTurn.bind(chat.store);
    chat.store.endTurn = async (...args) => {
      chat.store.endTurn = endTurn;
      await chat.frame("c1", FORGET);
      return endTurn(...args);
    };
    await chat.workAll();
    assert.deepEqual(chat.store.remainsOf(CONVERSATION), []);
    const frames = typesOf(chat.outbox.take("c1"));
    assert.ok(frames.includes("forgotten") && !frames.includes("turn-end"));
  });

  it("before the worker comes leaves it nothing to do", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    await chat.frame("c1", FORGET);
    await chat.workAll();
    assert.equal(chat.model.requests.length, 0);
    assert.deepEqual(chat.store.remainsOf(CONVERSATION), []);
  });

  it("while a question is being stored leaves a turn that is not answered", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    const putTurn = chat.store.putTurn.bind(chat.store);
    chat.store.putTurn = async (turn) => {
      await chat.frame("c1", FORGET);
      return putTurn(turn);
    };
    await chat.ask("c1", "t1");
    await chat.workAll();
    assert.equal(chat.model.requests.length, 0);
    const remains = chat.store.remainsOf(CONVERSATION);
    assert.ok(!remains.some((item) => item.includes("t1")));
  });

  it("may be repeated", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.frame("c1", FORGET);
    await chat.frame("c1", FORGET);
    assert.deepEqual(chat.outbox.take("c1"), [FORGOTTEN, FORGOTTEN]);
  });

  it("leaves the id free for a new conversation", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    await chat.open("c2", { visitorToken });
    await chat.turn("c1", "t1");
    await chat.frame("c1", FORGET);
    chat.outbox.take("c1");
    const frames = await chat.turn("c1", "t1");
    assert.equal(frames.at(-1)?.type, "turn-end");
    assert.equal(chat.model.requests.at(-1)?.messages.length, 1);
  });

  it("of somebody else's conversation is not_found and deletes nothing", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.open("c2");
    await chat.frame("c2", FORGET);
    const [error] = chat.outbox.take("c2");
    assert.ok(error?.type === "error");
    assert.equal(error.code, "not_found");
    assert.ok(await chat.store.getTurn(keyOf("t1")));
  });
});
