import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ServerFrame } from "bedrock-chat-widget/protocol";
import {
  CONVERSATION,
  FakeChat,
  type FakeChatOptions,
  keyOf,
  textIn,
  typesOf,
} from "../../test/fakes/fake-chat.ts";
import { answer, type Step } from "../../test/fakes/scripted-model.ts";

const CART = {
  name: "cart",
  description: "Looks into the cart.",
  inputSchema: { type: "object" },
};
const OTHER = { ...CART, name: "other" };
const USAGE = { inputTokens: 10, outputTokens: 2 };

const call = (toolCallId: string, fields: object = {}): Step => ({
  type: "tool-use",
  toolCallId,
  name: "cart",
  input: { id: 7 },
  ...fields,
});
/** Says `text`, if any, and waits for these calls. */
const calling = (text: string, ...calls: readonly Step[]): Step[] => [
  { type: "start" },
  ...(text === "" ? [] : [{ type: "text", text } as const]),
  ...calls,
  { type: "stop", stopReason: "tool_use" },
  { type: "usage", usage: USAGE },
];

/** A question with a tool is under way; its worker is at work. */
async function underWay(
  scripts: readonly (readonly Step[])[],
  options: FakeChatOptions = {},
) {
  const chat = new FakeChat({ tools: ["cart"], ...options });
  const visitorToken = await chat.open("c1");
  chat.model.play(...scripts);
  await chat.ask("c1", "t1", "How many?", { tools: [CART, OTHER] });
  const work = chat.work(keyOf("t1"));
  await chat.clock.advance(500);
  const result = (toolCallId: string, fields: object, from = "c1") =>
    chat.frame(from, {
      type: "tool-result",
      ...keyOf("t1"),
      toolCallId,
      ...fields,
    });
  /** Lets the worker come to its end and gives the frames of the turn. */
  const end = async (): Promise<ServerFrame[]> => {
    await chat.clock.until(work);
    return chat.outbox.take("c1").slice(1);
  };
  return { chat, visitorToken, result, end };
}

const lastOf = (frames: readonly ServerFrame[]) => {
  const last = frames.at(-1);
  assert.ok(last?.type === "turn-end");
  return last;
};

describe("a model that calls the page's tools", () => {
  it("goes on with what they gave; its texts are one answer", async () => {
    const { chat, result, end } = await underWay([
      calling("I look.", call("u1"), call("u2", { input: {} })),
      answer("Three", " pears."),
    ]);
    await result("u2", { output: "no" });
    await result("u1", { output: { pears: 3 } });
    const frames = await end();
    assert.deepEqual(frames.slice(1), [
      { type: "text-delta", turnId: "t1", seq: 1, text: "I look." },
      {
        type: "tool-call",
        turnId: "t1",
        seq: 2,
        toolCallId: "u1",
        name: "cart",
        input: { id: 7 },
      },
      {
        type: "tool-call",
        turnId: "t1",
        seq: 3,
        toolCallId: "u2",
        name: "cart",
        input: {},
      },
      { type: "text-delta", turnId: "t1", seq: 4, text: "\n\nThree pears." },
      {
        type: "turn-end",
        turnId: "t1",
        seq: 5,
        stopReason: "end_turn",
        length: 21,
        usage: { inputTokens: 20, outputTokens: 4 },
      },
    ]);
    assert.deepEqual(await chat.store.listFrames(keyOf("t1"), -1), frames);
    const [first, second] = chat.model.requests;
    assert.deepEqual(first?.tools, [CART]);
    assert.deepEqual(second?.tools, [CART]);
    const block = { type: "tool-result", failed: false };
    assert.deepEqual(second?.messages, [
      { role: "user", content: ["How many?"] },
      {
        role: "assistant",
        content: ["I look.", call("u1"), call("u2", { input: {} })],
      },
      {
        role: "user",
        content: [
          { ...block, toolCallId: "u1", text: '{"pears":3}' },
          { ...block, toolCallId: "u2", text: "no" },
        ],
      },
    ]);
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.answer, "I look.\n\nThree pears.");
    assert.equal(turn.toolResults, undefined);
  });

  it("is told the text of the earlier turn only", async () => {
    const { chat, result, end } = await underWay([
      calling("I look. ", call("u1")),
      answer("Three."),
    ]);
    await result("u1", { output: 3 });
    await end();
    await chat.turn("c1", "t2", "And plums?", { tools: [CART] });
    assert.deepEqual(chat.model.requests.at(-1)?.messages, [
      { role: "user", content: ["How many?"] },
      { role: "assistant", content: ["I look. Three."] },
      { role: "user", content: ["And plums?"] },
    ]);
  });

  it("is told that a tool failed, and that the page did not answer", async () => {
    const { chat, result, end } = await underWay([
      calling("", call("u1"), call("u2")),
      answer("Sorry."),
    ]);
    await result("u1", { error: "The shop is closed." });
    const began = chat.clock.now();
    assert.equal(lastOf(await end()).stopReason, "end_turn");
    assert.ok(chat.clock.now() - began <= chat.timing.toolTimeoutMs);
    const block = { type: "tool-result", failed: true };
    assert.deepEqual(chat.model.requests[1]?.messages.at(-1)?.content, [
      { ...block, toolCallId: "u1", text: "The shop is closed." },
      {
        ...block,
        toolCallId: "u2",
        text: "The page did not answer the call in time.",
      },
    ]);
  });

  it("may do so in a bounded number of rounds and calls", async () => {
    const { chat, end } = await underWay(
      [calling("", call("u1"), call("u2")), calling("", call("u3"))],
      {
        timing: { toolTimeoutMs: 1_000 },
        limits: { maxToolRounds: 2, maxToolCalls: 2 },
      },
    );
    chat.model.play(calling("", call("u3")), calling("Enough.", call("u4")));
    const frames = await end();
    assert.equal(lastOf(frames).stopReason, "tool_use");
    assert.equal(textIn(frames), "Enough.");
    assert.equal(chat.model.requests.length, 3);
    assert.deepEqual(typesOf(frames), [
      "turn-start",
      "tool-call",
      "tool-call",
      "text-delta",
      "turn-end",
    ]);
    assert.deepEqual(chat.model.requests[2]?.messages.at(-1)?.content, [
      {
        type: "tool-result",
        toolCallId: "u3",
        text: "No more calls are possible in this answer.",
        failed: true,
      },
    ]);
  });

  it("is stopped by one that was not offered, with its text kept", async () => {
    for (const name of ["other", "unheard-of"]) {
      const { chat, end } = await underWay([
        calling("Let me see.", call("u1"), call("u2", { name })),
      ]);
      const frames = await end();
      assert.deepEqual(typesOf(frames), [
        "turn-start",
        "text-delta",
        "turn-end",
      ]);
      const { stopReason, usage } = lastOf(frames);
      assert.deepEqual([stopReason, usage], ["tool_use", USAGE]);
      assert.equal(chat.model.requests.length, 1);
    }
  });

  it("fails with calls that make no sense", async () => {
    for (const calls of [
      [call("u1", { input: undefined })],
      [call("u1"), call("u1")],
      [call("no id")],
    ]) {
      const { end } = await underWay([calling("", ...calls)]);
      const last = (await end()).at(-1);
      assert.ok(last?.type === "error");
      assert.equal(last.code, "model_unavailable");
    }
  });

  it("is told that a call is too large for a frame", async () => {
    const { chat, end } = await underWay([
      calling("", call("u1", { input: { text: "é".repeat(8_000) } })),
      answer("Oh."),
    ]);
    assert.equal(textIn(await end()), "Oh.");
    assert.deepEqual(chat.model.requests[1]?.messages.at(-1)?.content, [
      {
        type: "tool-result",
        toolCallId: "u1",
        text: "The input of the call is too large.",
        failed: true,
      },
    ]);
  });

  it("has answered only when the last round ends with messageStop", async () => {
    const { result, end } = await underWay([
      calling("One.", call("u1")),
      [{ type: "start" }, { type: "text", text: "Two" }],
    ]);
    await result("u1", { output: 1 });
    const frames = await end();
    const last = frames.at(-1);
    assert.ok(last?.type === "error");
    assert.equal(last.code, "stream_truncated");
    assert.equal(textIn(frames), "One.\n\nTwo");
  });
});

describe("while a call waits", () => {
  it("a stop ends the turn at once, with the tokens so far", async () => {
    const { chat, end } = await underWay([calling("I look.", call("u1"))]);
    await chat.frame("c1", { type: "stop", ...keyOf("t1") });
    const began = chat.clock.now();
    const { stopReason, usage, length } = lastOf(await end());
    assert.deepEqual([stopReason, usage, length], ["stopped", USAGE, 7]);
    assert.ok(chat.clock.now() - began <= 500);
    assert.equal(chat.model.requests.length, 1);
  });

  it("forgetting ends it and leaves nothing", async () => {
    const { chat, end } = await underWay([calling("I look.", call("u1"))]);
    await chat.frame("c1", { type: "forget", conversationId: CONVERSATION });
    await end();
    assert.deepEqual(chat.store.remainsOf(CONVERSATION), []);
    assert.equal(chat.model.requests.length, 1);
  });

  it("the end of the worker's time ends it", async () => {
    const chat = new FakeChat({ tools: ["cart"] });
    chat.workerTimeMs = 20_000;
    await chat.open("c1");
    chat.model.play(calling("I look.", call("u1")));
    const frames = await chat.turn("c1", "t1", "?", { tools: [CART] });
    const last = frames.at(-1);
    assert.ok(last?.type === "error");
    assert.equal(last.code, "timeout");
  });

  it("the first result of the asking connection counts, or of one that resumed", async () => {
    const { chat, visitorToken, result, end } = await underWay([
      calling("", call("u1"), call("u2")),
      answer("Done."),
    ]);
    const tab = { visitorToken, conversationId: CONVERSATION };
    await chat.open("c2", tab);
    await result("u1", { output: "c2, not resumed" }, "c2");
    await result("u1", { output: "first" });
    await result("u1", { output: "second" });
    await chat.frame("c2", { type: "resume", ...keyOf("t1"), lastSeq: -1 });
    await result("u2", { output: "c2, resumed" }, "c2");
    await end();
    const last = chat.model.requests[1]?.messages.at(-1);
    assert.deepEqual(
      last?.content.map(
        (block) => typeof block === "object" && "text" in block && block.text,
      ),
      ["first", "c2, resumed"],
    );
    await chat.open("stranger");
    await result("u1", { output: 1 }, "stranger");
    const refusal = chat.outbox.take("stranger").at(-1);
    assert.equal(refusal?.type === "error" && refusal.code, "not_found");
  });

  it("a connection that resumes gets it to be run, and later as settled", async () => {
    const { chat, visitorToken, result, end } = await underWay([
      calling("", call("u1")),
      [{ type: "start" }, () => chat.clock.sleep(5_000), ...answer("Done.")],
    ]);
    const tab = { visitorToken, conversationId: CONVERSATION };
    const resumed = async (connectionId: string) => {
      await chat.open(connectionId, tab);
      await chat.frame(connectionId, {
        type: "resume",
        ...keyOf("t1"),
        lastSeq: 0,
      });
      await chat.clock.advance(300);
      const frame = chat.outbox
        .take(connectionId)
        .find(({ type }) => type === "tool-call");
      return frame?.type === "tool-call" && frame.settled;
    };
    assert.equal(await resumed("c2"), undefined);
    await result("u1", { output: 1 });
    await chat.clock.advance(500);
    assert.equal(await resumed("c3"), true);
    await end();
    assert.equal(await resumed("c4"), true);
  });
});

describe("a question whose tools the owner has not listed", () => {
  it("is asked without them", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1", "?", { tools: [CART] });
    const [request] = chat.model.requests;
    assert.ok(request && !("tools" in request));
  });
});

describe("definitions of tools", () => {
  it("take their room from the earlier turns", async () => {
    const { chat, end } = await underWay([
      answer("x".repeat(40_000)),
      answer("y"),
    ]);
    await end();
    const tools = [{ ...CART, description: "d".repeat(8_000) }];
    await chat.turn("c1", "t2", "?", { tools });
    await chat.turn("c1", "t3", "?");
    assert.deepEqual(
      chat.model.requests.slice(1).map(({ messages }) => messages.length),
      [1, 5],
    );
  });

  it("and results take it while the turn goes on", async () => {
    const { chat, result, end } = await underWay([
      calling("", call("u1")),
      calling("", call("u2")),
      answer("Done."),
    ]);
    await result("u1", { output: "x".repeat(15_000) });
    await chat.clock.advance(500);
    await result("u2", { output: "x".repeat(15_000) });
    await end();
    await chat.turn("c1", "t2");
    assert.equal(chat.model.requests[2]?.messages.length, 5);
    assert.equal(chat.model.requests[3]?.messages.length, 3);
  });
});
