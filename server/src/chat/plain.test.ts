import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FakeChat } from "../../test/fakes/fake-chat.ts";
import { answer } from "../../test/fakes/scripted-model.ts";
import { ChatError } from "./errors.ts";
import { plainConversationId, plainMessage, plainTurnId } from "./plain.ts";

const GATEWAY_ID = "gbgBWm8QaQAYKEiSkA==";

async function connected(): Promise<FakeChat> {
  const chat = new FakeChat();
  await chat.router.connect(GATEWAY_ID);
  return chat;
}

/** Asks as a plain client does, and gives all that it is sent. */
async function ask(chat: FakeChat, data: string): Promise<string[]> {
  await chat.frame(GATEWAY_ID, JSON.stringify({ data }));
  await chat.workAll();
  return chat.outbox.posts.splice(0).map((post) => {
    assert.equal(post.to, GATEWAY_ID);
    const frame = JSON.parse(post.data) as { message: string };
    assert.deepEqual(Object.keys(frame), ["message"]);
    return frame.message;
  });
}

describe("a plain client", () => {
  it("gets one message with the whole answer", async () => {
    const chat = await connected();
    assert.deepEqual(await ask(chat, "Hi"), ["Hello there."]);
  });

  it("has one conversation on one connection", async () => {
    const chat = await connected();
    await ask(chat, "One?");
    await ask(chat, "Two?");
    assert.deepEqual(
      chat.model.requests.at(-1)?.messages.map(({ content }) => content[0]),
      ["One?", "Hello there.", "Two?"],
    );
  });

  it("gets its message although posting it fails at first", async () => {
    const chat = await connected();
    let failures = 2;
    chat.outbox.before = () => {
      if (failures-- > 0) throw new Error("LimitExceededException");
    };
    assert.deepEqual(await ask(chat, "Hi"), ["Hello there."]);
  });

  it("gets one sentence when the turn fails, whatever was said before", async () => {
    const chat = await connected();
    chat.model.play([
      { type: "start" },
      { type: "text", text: "Half an" },
      new ChatError("model_unavailable", "arn:aws:bedrock"),
    ]);
    const [sentence, ...rest] = await ask(chat, "Hi");
    assert.deepEqual(rest, []);
    assert.match(sentence ?? "", /not available right now/);
  });

  it("gets one sentence when the question is refused", async () => {
    const chat = await connected();
    assert.match((await ask(chat, "x".repeat(8_001)))[0] ?? "", /8001/);
    await chat.frame(GATEWAY_ID, JSON.stringify({ data: "One?" }));
    await chat.frame(GATEWAY_ID, JSON.stringify({ data: "Two?" }));
    assert.match(chat.outbox.texts(GATEWAY_ID)[0] ?? "", /still answering/);
  });

  it("gets one sentence when no worker can be started", async () => {
    const chat = await connected();
    chat.workers.failure = new Error("no");
    assert.deepEqual(await ask(chat, "Hi"), [
      "Something went wrong on our side. Please try again.",
    ]);
  });

  it("hears of a turn whose worker died with the next question", async () => {
    const chat = await connected();
    await chat.frame(GATEWAY_ID, JSON.stringify({ data: "One?" }));
    chat.workers.queue.length = 0;
    await chat.clock.advance(75_000);
    assert.deepEqual(await ask(chat, "Two?"), [
      "The answer took too long. Please try again.",
      "Hello there.",
    ]);
  });

  it("goes on being answered although nobody says that it listens", async () => {
    const chat = await connected();
    chat.model.play([
      { type: "start" },
      { type: "text", text: "Late" },
      () => chat.clock.sleep(300_000),
      { type: "text", text: "." },
      { type: "stop", stopReason: "end_turn" },
    ]);
    assert.deepEqual(await ask(chat, "Hi"), ["Late."]);
  });

  it("gets an answer that is too large for a frame cut, inside no character", async () => {
    const chat = await connected();
    chat.model.play(answer('😀"'.repeat(40_000)));
    await chat.frame(GATEWAY_ID, JSON.stringify({ data: "Hi" }));
    await chat.workAll();
    const [data = ""] = chat.outbox.texts(GATEWAY_ID);
    const bytes = Buffer.byteLength(data);
    assert.ok(bytes <= 128_000 && bytes > 127_980, `${bytes} bytes`);
    const { message } = JSON.parse(data) as { message: string };
    assert.match(message, /^(😀")+😀?"? \[…\]$/u);
  });
});

describe("what a plain client is given", () => {
  it("has ids that this protocol allows", () => {
    for (const id of [plainConversationId(GATEWAY_ID), plainTurnId(GATEWAY_ID)])
      assert.match(id, /^[A-Za-z0-9_-]{1,64}$/);
    assert.match(plainConversationId("x".repeat(200)), /^.{1,64}$/);
  });

  it("is not cut when it just fits", () => {
    const bytes = Buffer.byteLength('{"message":"äöü"}');
    assert.equal(plainMessage("äöü", bytes), '{"message":"äöü"}');
    assert.notEqual(plainMessage("äöüx", bytes), '{"message":"äöüx"}');
  });
});
