import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FakeChat, keyOf } from "../../test/fakes/fake-chat.ts";
import { RecordingMetrics } from "../../test/fakes/recording-metrics.ts";
import { answer, talking, type Step } from "../../test/fakes/scripted-model.ts";
import { ChatError } from "./errors.ts";
import type { MetricName } from "./ports.ts";
import { countUsage } from "./turn-metrics.ts";

const START: Step = { type: "start" };
const HALF: Step = { type: "text", text: "Half an" };

/** Counted of every answer that the model has begun, with the prices of the fake model. */
const USE: readonly MetricName[] = ["inputTokens", "outputTokens", "cost"];

/** Names of what was counted since the question was accepted. */
const counted = ({ metrics }: FakeChat): MetricName[] =>
  metrics.added.map(({ name }) => name).filter((name) => name !== "questions");

describe("what is counted", () => {
  it("of an answer: the question, the time to its first text, its tokens", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.model.play(answer("One", " two"));
    await chat.ask("c1", "t1");
    await chat.clock.advance(400);
    await chat.workAll();
    assert.deepEqual(chat.metrics.added, [
      { name: "questions", value: 1 },
      { name: "firstTokenTime", value: 400 },
      { name: "inputTokens", value: 10 },
      { name: "outputTokens", value: 2 },
      { name: "cost", value: 0.00002 },
    ]);
  });

  it("of a question that comes twice: one question", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    await chat.ask("c1", "t1");
    assert.deepEqual(chat.metrics.values("questions"), [1]);
  });

  for (const [name, ending, expected] of [
    ["that broke off", [], ["truncations", "failures"]],
    [
      "that the model failed",
      [new ChatError("model_unavailable", "no")],
      ["failures"],
    ],
    [
      "to more than the model can read: no failure of ours",
      [new ChatError("context_too_long", "no")],
      [],
    ],
  ] as const)
    it(`of an answer ${name}`, async () => {
      const chat = new FakeChat();
      await chat.answered([START, HALF, ...ending]);
      assert.deepEqual(counted(chat), ["firstTokenTime", ...USE, ...expected]);
    });

  for (const [when, work] of [
    ["before a worker has it", false],
    ["while it is given", true],
  ] as const)
    it(`of an answer that is stopped ${when}: one stop`, async () => {
      const chat = new FakeChat();
      await chat.open("c1");
      chat.model.play(talking(chat.clock, 60));
      await chat.ask("c1", "t1");
      const working = work ? chat.work(keyOf("t1")) : undefined;
      await chat.clock.advance(1_000);
      await chat.frame("c1", { type: "stop", ...keyOf("t1") });
      await chat.clock.until(working ?? Promise.resolve());
      await chat.frame("c1", { type: "stop", ...keyOf("t1") });
      assert.deepEqual(chat.metrics.values("stops"), [1]);
      assert.deepEqual(chat.metrics.values("failures"), []);
    });

  it("of a turn whose worker died: one truncation, by whoever finds it", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.ask("c1", "t1");
    const now = chat.clock.now();
    await chat.store.takeTurn(keyOf("t1"), now, now + 1_000);
    await chat.clock.advance(2_000);
    const resume = { type: "resume", ...keyOf("t1"), lastSeq: -1 };
    await chat.frame("c1", resume);
    await chat.frame("c1", resume);
    assert.deepEqual(counted(chat), [
      "truncations",
      "failures",
      "resumes",
      "resumes",
    ]);
  });

  it("of an answer without the model's word for it: what its budgets were charged", async () => {
    const chat = new FakeChat();
    await chat.answered([START, HALF]);
    const total = (...names: MetricName[]) =>
      names
        .flatMap((name) => chat.metrics.values(name))
        .reduce((sum, value) => sum + value, 0);
    const charged = chat.meter.held.get("site-day");
    assert.ok(charged && charged.used > 0);
    assert.equal(total("inputTokens", "outputTokens"), charged.used);
    assert.equal(total("cost"), charged.cost / 1e9);
  });

  it("of an answer that nobody waited for: no failure of ours", async () => {
    const chat = new FakeChat({ timing: { unwatchedMs: 1_000 } });
    await chat.open("c1");
    chat.model.play(talking(chat.clock, 60));
    chat.outbox.gone.add("c1");
    await chat.ask("c1", "t1");
    await chat.workAll();
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.state, "failed");
    assert.deepEqual(counted(chat), ["firstTokenTime", ...USE]);
  });

  it("of ratings: each as it comes, and not that one is taken back", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    for (const rating of ["up", "none", "down"] as const)
      await chat.frame("c1", { type: "feedback", ...keyOf("t1"), rating });
    assert.deepEqual(chat.metrics.values("ratingsUp"), [1]);
    assert.deepEqual(chat.metrics.values("ratingsDown"), [1]);
  });

  it("of refusals: each with its code", async () => {
    const chat = new FakeChat();
    await chat.frame("c1", "no JSON");
    await chat.ask("c1", "t1");
    await chat.open("c1");
    await chat.ask("c1", "t1", "x".repeat(8_001));
    await chat.ask("c1", "t1");
    await chat.ask("c1", "t2");
    await chat.frame("c1", { type: "resume", ...keyOf("t9"), lastSeq: -1 });
    assert.deepEqual(chat.metrics.reasons("refusals"), [
      "bad_request",
      "not_ready",
      "too_large",
      "busy",
      "not_found",
    ]);
  });

  it("of a frame that could not be served: a failure", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.store.getConversation = () => Promise.reject(new Error("down"));
    await chat.frame("c1", { type: "history", conversationId: "x" });
    assert.deepEqual(counted(chat), ["failures"]);
  });
});

describe("the cost of an answer", () => {
  const usage = { inputTokens: 2_000, outputTokens: 500 };

  it("follows from the prices for a million tokens", () => {
    const metrics = new RecordingMetrics();
    const prices = { inputPerMillion: 1, outputPerMillion: 5 };
    countUsage(metrics, { prices }, usage);
    assert.deepEqual(metrics.values("cost"), [0.0045]);
  });

  it("is nothing that could be counted where there are no prices", () => {
    const metrics = new RecordingMetrics();
    countUsage(metrics, {}, usage);
    assert.deepEqual(metrics.values("cost"), []);
    assert.deepEqual(metrics.values("outputTokens"), [500]);
  });
});
