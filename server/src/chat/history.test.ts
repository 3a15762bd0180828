import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HistoryFrame, HistoryTurn } from "bedrock-chat-widget/protocol";
import { CONVERSATION, FakeChat, keyOf } from "../../test/fakes/fake-chat.ts";
import { answer } from "../../test/fakes/scripted-model.ts";

interface Page {
  readonly frames: readonly HistoryFrame[];
  readonly turns: readonly HistoryTurn[];
  readonly before?: string | undefined;
}

async function history(
  chat: FakeChat,
  fields: { before?: string | undefined; limit?: number } = {},
  connectionId = "c1",
): Promise<Page> {
  const { before, ...rest } = fields;
  await chat.frame(connectionId, {
    type: "history",
    conversationId: CONVERSATION,
    ...rest,
    ...(before === undefined ? {} : { before }),
  });
  const frames = chat.outbox.take(connectionId).map((frame) => {
    assert.ok(frame.type === "history");
    return frame;
  });
  return {
    frames,
    turns: frames.flatMap(({ turns }) => turns),
    before: frames.at(-1)?.before,
  };
}

const ids = ({ turns }: Page): string[] => turns.map(({ turnId }) => turnId);

async function chatWith(count: number): Promise<FakeChat> {
  const chat = new FakeChat({ usage: { visitorQuestionsPerMinute: 0 } });
  await chat.open("c1");
  for (let i = 1; i <= count; i++) await chat.turn("c1", `t${i}`);
  return chat;
}

describe("history", () => {
  it("comes newest last, in pages that meet", async () => {
    const chat = await chatWith(5);
    const first = await history(chat, { limit: 2 });
    assert.deepEqual(ids(first), ["t4", "t5"]);
    const second = await history(chat, { limit: 2, before: first.before });
    assert.deepEqual(ids(second), ["t2", "t3"]);
    const third = await history(chat, { limit: 2, before: second.before });
    assert.deepEqual(ids(third), ["t1"]);
    assert.equal(third.before, undefined);
  });

  it("names no older page when the last one is full", async () => {
    const chat = await chatWith(2);
    const page = await history(chat, { limit: 2 });
    assert.deepEqual(ids(page), ["t1", "t2"]);
    assert.equal(page.before, undefined);
  });

  it("has 20 turns unless asked for others", async () => {
    const chat = await chatWith(22);
    assert.equal((await history(chat)).turns.length, 20);
    assert.equal((await history(chat, { limit: 50 })).turns.length, 22);
  });

  it("leaves out what is replaced, on every page", async () => {
    const chat = await chatWith(4);
    await chat.turn("c1", "t5", "3b", { replaces: "t3" });
    await chat.turn("c1", "t6");
    await chat.turn("c1", "t7", "6b", { replaces: "t6" });
    const expected = ["t1", "t2", "t5", "t7"];
    assert.deepEqual(ids(await history(chat)), expected);
    for (const limit of [1, 2, 3]) {
      const pages: string[][] = [];
      let before: string | undefined;
      do {
        const page = await history(chat, { limit, before });
        pages.unshift(ids(page));
        ({ before } = page);
      } while (before !== undefined);
      assert.deepEqual(pages.flat(), expected, `limit ${limit}`);
    }
  });

  it("brings a large turn in continued entries of small frames", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    const text = "😀 wörld\n".repeat(5_000);
    chat.model.play(answer(text));
    await chat.turn("c1", "t1", "q".repeat(8_000));
    const { frames, turns } = await history(chat);
    assert.ok(frames.length > 4);
    for (const frame of frames)
      assert.ok(Buffer.byteLength(JSON.stringify(frame)) <= 16_000);
    assert.equal(turns.map((entry) => entry.answer).join(""), text);
    assert.equal(turns.map((entry) => entry.text).join(""), "q".repeat(8_000));
    assert.deepEqual(new Set(ids({ frames, turns })), new Set(["t1"]));
  });

  it("has a running turn without its answer", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.model.play([
      { type: "start" },
      { type: "text", text: "Something" },
      () => chat.clock.sleep(1_000),
      { type: "stop", stopReason: "end_turn" },
    ]);
    await chat.ask("c1", "t1");
    const running = chat.work(keyOf("t1"));
    await chat.clock.advance(500);
    chat.outbox.take("c1");
    const [turn] = (await history(chat)).turns;
    assert.equal(turn?.answer, "");
    assert.equal(turn?.status, "streaming");
    await chat.clock.until(running);
  });

  it("joins the conversation", async () => {
    const chat = new FakeChat();
    const visitorToken = await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.open("c2", { visitorToken });
    await history(chat, { limit: 1 }, "c2");
    await chat.turn("c1", "t2");
    assert.ok(chat.outbox.take("c2").length > 0);
  });

  it("ignores turns that have expired", async () => {
    const DAY = 24 * 3_600_000;
    const chat = new FakeChat();
    let visitorToken = await chat.open("c1");
    await chat.turn("c1", "t1");
    const comeBackAfter = async (days: number): Promise<void> => {
      await chat.clock.advance(days * DAY);
      visitorToken = await chat.open("c1", {
        visitorToken,
        conversationId: CONVERSATION,
      });
    };
    await comeBackAfter(20);
    await chat.turn("c1", "t2");
    await comeBackAfter(12);
    assert.deepEqual(ids(await history(chat)), ["t2"]);
  });

  for (const [name, conversationId, before, code] of [
    ["of an unknown conversation", "unknown", undefined, "not_found"],
    ["behind a cursor that is none", CONVERSATION, "x", "bad_request"],
    ["behind a negative cursor", CONVERSATION, "-1", "bad_request"],
  ] as const)
    it(`${name} is ${code}`, async () => {
      const chat = await chatWith(1);
      await chat.frame("c1", {
        type: "history",
        conversationId,
        ...(before === undefined ? {} : { before }),
      });
      const [error] = chat.outbox.take("c1");
      assert.ok(error?.type === "error");
      assert.equal(error.code, code);
    });
});

describe("feedback", () => {
  const rate = (turnId: string, rating: string, comment?: string) => ({
    type: "feedback",
    ...keyOf(turnId),
    rating,
    ...(comment === undefined ? {} : { comment }),
  });

  it("is stored with its turn, silently, and shown in history", async () => {
    const chat = await chatWith(1);
    await chat.frame("c1", rate("t1", "up", "Nice."));
    assert.deepEqual(chat.outbox.take("c1"), []);
    assert.equal((await history(chat)).turns[0]?.rating, "up");
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.comment, "Nice.");
    await chat.frame("c1", rate("t1", "none"));
    const changed = await chat.store.getTurn(keyOf("t1"));
    assert.equal(changed?.rating, "none");
    assert.equal(changed.comment, undefined);
  });

  it("is refused for a turn that is unknown, running or somebody else's", async () => {
    const chat = await chatWith(1);
    await chat.ask("c1", "t2");
    await chat.open("c2");
    chat.outbox.take("c1");
    for (const [connectionId, turnId, code] of [
      ["c1", "unknown", "not_found"],
      ["c1", "t2", "bad_request"],
      ["c2", "t1", "not_found"],
    ] as const) {
      await chat.frame(connectionId, rate(turnId, "down"));
      const [error] = chat.outbox.take(connectionId);
      assert.ok(error?.type === "error");
      assert.equal(error.code, code);
      assert.equal(error.turnId, turnId);
    }
  });
});
