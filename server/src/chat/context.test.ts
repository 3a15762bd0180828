import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MemoryStore } from "../../test/fakes/memory-store.ts";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { alternating, modelMessages } from "./context.ts";
import { ChatError } from "./errors.ts";
import { endingOf, turnEnd, turnError } from "./frames.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { ModelBlock, ModelConfig, NewTurn } from "./ports.ts";

const MODEL: ModelConfig = {
  id: "small",
  label: "Small",
  modelId: "m",
  maxTokens: 100,
  contextTokens: 1_000,
};

/** A conversation that is written turn by turn. */
class Talk {
  readonly store = new MemoryStore({ clock: new VirtualClock() });
  #order = 0;

  async add(
    text: string,
    answer?: string,
    {
      end = "end_turn",
      ...fields
    }: Partial<NewTurn> & {
      end?: "end_turn" | "stopped" | "guardrail_intervened" | "error";
    } = {},
  ): Promise<number> {
    const order = ++this.#order;
    const turnId = `t${order}`;
    await this.store.putTurn({
      conversationId: "c",
      turnId,
      order,
      text,
      model: "small",
      createdAt: 0,
      askedBy: { connectionId: "c1", plain: false },
      leaseUntil: 1,
      ...fields,
    });
    if (answer === undefined) return order;
    const last =
      end === "error"
        ? turnError(turnId, 1, new ChatError("internal", ""), "r")
        : turnEnd(turnId, 1, end, answer.length);
    await this.store.endTurn(
      { conversationId: "c", turnId },
      ["accepted"],
      endingOf(answer, last),
    );
    return order;
  }

  /** What the model gets for a new question. */
  async ask(
    text: string,
    {
      model = MODEL,
      system,
      ...fields
    }: Omit<Partial<NewTurn>, "model"> & {
      model?: ModelConfig;
      system?: string;
    } = {},
  ): Promise<string[]> {
    const order = await this.add(text, undefined, fields);
    const turn = await this.store.getTurn({
      conversationId: "c",
      turnId: `t${order}`,
    });
    assert.ok(turn);
    const messages = await modelMessages(
      this.store,
      turn,
      model,
      system,
      DEFAULT_LIMITS,
    );
    return messages.map(
      ({ role, content }) => `${role}: ${content.map(textOf).join(" | ")}`,
    );
  }
}

/** Earlier turns come as text only. */
function textOf(block: ModelBlock): string {
  assert.ok(typeof block === "string");
  return block;
}

describe("the model's context", () => {
  it("is the question alone at first, with what the page tells before it", async () => {
    assert.deepEqual(await new Talk().ask("Hi"), ["user: Hi"]);
    const [message = ""] = await new Talk().ask("Hi", {
      context: { title: "Home" },
    });
    assert.match(message, /^user: The page [^]*"Home"[^]* \| Hi$/);
  });

  it("has the turns before, oldest first", async () => {
    const talk = new Talk();
    await talk.add("One?", "One.");
    await talk.add("Two?", "Two.");
    assert.deepEqual(await talk.ask("Three?"), [
      "user: One?",
      "assistant: One.",
      "user: Two?",
      "assistant: Two.",
      "user: Three?",
    ]);
  });

  it("keeps what stopped and failed turns had said, and alternates where they said nothing", async () => {
    const talk = new Talk();
    await talk.add("One?", "On", { end: "stopped" });
    await talk.add("Two?", "Tw", { end: "error" });
    await talk.add("Three?", "", { end: "error" });
    await talk.add("Four?", " \n", { end: "stopped" });
    assert.deepEqual(await talk.ask("Five?"), [
      "user: One?",
      "assistant: On",
      "user: Two?",
      "assistant: Tw",
      "user: Three? | Four? | Five?",
    ]);
  });

  it("leaves out what a guardrail withheld, which would have it withhold all that follows", async () => {
    const talk = new Talk();
    await talk.add("One?", "1");
    await talk.add("Two?", "No.", { end: "guardrail_intervened" });
    assert.deepEqual(await talk.ask("Three?"), [
      "user: One?",
      "assistant: 1",
      "user: Three?",
    ]);
  });

  it("leaves out what is replaced, and what a replaced turn had replaced", async () => {
    const talk = new Talk();
    await talk.add("One?", "One.");
    const two = await talk.add("Two?", "Two.");
    await talk.add("Three?", "Three.");
    const edited = await talk.add("Two, edited?", "2.", { replacesFrom: two });
    assert.deepEqual(await talk.ask("Next?"), [
      "user: One?",
      "assistant: One.",
      "user: Two, edited?",
      "assistant: 2.",
      "user: Next?",
    ]);
    assert.deepEqual(await talk.ask("Again?", { replacesFrom: edited }), [
      "user: One?",
      "assistant: One.",
      "user: Again?",
    ]);
  });

  it("is trimmed by whole turns to the window", async () => {
    const talk = new Talk();
    for (let i = 1; i <= 5; i++)
      await talk.add(`${i}?`, `${i}${"x".repeat(600)}`);
    // 900 tokens are left beside the answer, and a turn takes about 260.
    const messages = await talk.ask("Now?");
    assert.deepEqual(
      messages.map((message) => message.slice(0, 12)),
      [
        "user: 3?",
        "assistant: 3",
        "user: 4?",
        "assistant: 4",
        "user: 5?",
        "assistant: 5",
        "user: Now?",
      ],
    );
    const less = await talk.ask("Now?", { system: "s".repeat(1_500) });
    assert.equal(less[0]?.slice(0, 8), "user: 5?");
  });

  it("has no older turn when a newer one did not fit", async () => {
    const talk = new Talk();
    await talk.add("Small?", "Small.");
    await talk.add("Big?", "x".repeat(5_000));
    assert.deepEqual(await talk.ask("Now?"), ["user: Now?"]);
  });

  it("has the question even if it does not fit: the model decides", async () => {
    const talk = new Talk();
    await talk.add("One?", "One.");
    const question = "x".repeat(8_000);
    assert.deepEqual(await talk.ask(question), [`user: ${question}`]);
  });

  it("reads beyond one page of turns", async () => {
    const talk = new Talk();
    for (let i = 1; i <= 45; i++) await talk.add(`${i}?`, `${i}.`);
    const model = { ...MODEL, contextTokens: 100_000 };
    assert.equal((await talk.ask("Now?", { model })).length, 91);
  });
});

describe("messages for Bedrock", () => {
  it("start with the user, alternate and have no blank text, whatever comes", () => {
    const message = fc.record({
      role: fc.constantFrom("user", "assistant"),
      content: fc.array(fc.constantFrom("a", "b", "", " ", "\n"), {
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const result = alternating(messages);
        result.forEach(({ role, content }, i) => {
          assert.equal(role, i % 2 === 0 ? "user" : "assistant");
          assert.ok(content.length > 0);
          for (const block of content) assert.match(textOf(block), /\S/);
        });
      }),
    );
  });
});
