import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ErrorFrame, ServerFrame } from "bedrock-chat-widget/protocol";
import {
  FakeChat,
  keyOf,
  textIn,
  type Hold,
} from "../../test/fakes/fake-chat.ts";
import { Mortal } from "../../test/fakes/mortal.ts";
import { answer, talking, type Step } from "../../test/fakes/scripted-model.ts";

const DAY = 86_400_000;
/** What the scripted answer uses: 10 tokens in and 2 out, at 1 and 5 dollars a million. */
const USED = { used: 12, cost: 20_000 };
/** What a first question `Question t1` to the small model reserves. */
const RESERVED = 1_000 + 8 + 8 + 5 + 8;
const BUCKETS = ["visitor-tokens#visitor-2", "address-tokens#home"];
const SITE = ["site-day", "site-month"];

const refusalIn = (frames: readonly ServerFrame[]): ErrorFrame => {
  const last = frames.at(-1);
  assert.ok(last?.type === "error", JSON.stringify(frames));
  return last;
};

const open = async (options: ConstructorParameters<typeof FakeChat>[0]) => {
  const chat = new FakeChat(options);
  const visitorToken = await chat.open("c1", { address: "home" });
  return { chat, visitorToken };
};

const budgetsOf = (chat: FakeChat) =>
  Object.fromEntries(
    [...chat.meter.held].filter(([name]) => /site|tokens/.test(name)),
  );

describe("what an answer uses", () => {
  it("is reserved before the model is asked, and settled when it has ended", async () => {
    const { chat } = await open({});
    await chat.ask("c1", "t1");
    const reserved = { used: RESERVED, cost: 29_000 + 5_000_000 };
    const all = [...BUCKETS, ...SITE];
    assert.deepEqual(
      budgetsOf(chat),
      Object.fromEntries(all.map((name) => [name, reserved])),
    );
    await chat.workAll();
    assert.deepEqual(
      budgetsOf(chat),
      Object.fromEntries(all.map((name) => [name, USED])),
    );
    assert.deepEqual(chat.meter.holders(chat.clock.now()), []);
  });

  it("is reserved with what the conversation holds, up to the window", async () => {
    const { chat } = await open({});
    chat.model.play([
      ...answer("Long").slice(0, -1),
      { type: "usage", usage: { inputTokens: 9_000, outputTokens: 1_000 } },
    ]);
    await chat.turn("c1", "t1");
    await chat.ask("c1", "t2");
    const second = await chat.store.getTurn(keyOf("t2"));
    assert.equal(second?.reservation?.inputTokens, 10_000 + 8 + 5 + 8);
    await chat.workAll();
    chat.model.play([
      ...answer("Longer").slice(0, -1),
      { type: "usage", usage: { inputTokens: 18_000, outputTokens: 1_000 } },
    ]);
    await chat.turn("c1", "t3");
    await chat.ask("c1", "t4");
    const fourth = await chat.store.getTurn(keyOf("t4"));
    assert.equal(fourth?.reservation?.inputTokens, 19_000);
  });

  it("is nothing when no worker ever came", async () => {
    const { chat } = await open({});
    await chat.ask("c1", "t1");
    await chat.clock.advance(80_000);
    await chat.frame("c1", { type: "resume", ...keyOf("t1"), lastSeq: -1 });
    assert.equal(chat.meter.held.get("site-day")?.used, 0);
    assert.equal(chat.meter.held.get("site-day")?.cost, 0);
    assert.deepEqual(chat.meter.holders(chat.clock.now()), []);
  });

  it("is nothing when it is stopped or forgotten before the worker came", async () => {
    const { chat } = await open({});
    await chat.ask("c1", "t1");
    await chat.frame("c1", { type: "stop", ...keyOf("t1") });
    assert.equal(chat.meter.held.get("site-day")?.used, 0);
    await chat.ask("c1", "t2");
    const { conversationId } = keyOf("t2");
    await chat.frame("c1", { type: "forget", conversationId });
    assert.equal(chat.meter.held.get("site-day")?.used, 0);
    assert.deepEqual(chat.meter.holders(chat.clock.now()), []);
  });

  for (const [how, end] of [
    ["stopped", { type: "stop", ...keyOf("t1") }],
    ["forgotten", { type: "forget", conversationId: "conversation-1" }],
  ] as const)
    it(`is estimated from what was written when it is ${how}`, async () => {
      const { chat } = await open({});
      chat.model.play(talking(chat.clock, 60));
      await chat.ask("c1", "t1");
      const working = chat.work(chat.workers.queue.pop()!);
      await chat.clock.advance(5_000);
      await chat.frame("c1", end);
      await chat.clock.until(working);
      const { used = 0 } = chat.meter.held.get("site-day") ?? {};
      // About 50 words of 5 bytes each, at 2.5 bytes a token, and the question.
      assert.ok(used > 80 && used < 160, `${used} tokens`);
      assert.deepEqual(chat.meter.holders(chat.clock.now()), []);
    });

  it("is nothing when a router ends the stopped turn from its worker's log", async () => {
    const { chat } = await open({});
    await chat.ask("c1", "t1");
    const read = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const overtaking = (
      method: string,
      act: (call: () => Promise<unknown>) => Promise<unknown>,
    ): Hold => {
      let isFirst = true;
      return (target) =>
        new Proxy(target, {
          get: (object, name) => {
            const value: unknown = Reflect.get(object, name, object);
            if (typeof value !== "function") return value;
            const call = value.bind(object) as (...args: unknown[]) => unknown;
            if (name !== method || !isFirst) return call;
            isFirst = false;
            return (...args: unknown[]) =>
              act(() => Promise.resolve(call(...args)));
          },
        });
    };
    // The router has read the turn when nobody had taken it, and goes on when the worker is about to end it.
    const router = chat.newRouter(
      overtaking("getTurn", async (call) => {
        const turn = await call();
        read.resolve();
        await reached.promise;
        return turn;
      }),
    );
    const stopping = chat.frame("c1", { type: "stop", ...keyOf("t1") }, router);
    await read.promise;
    const deps = chat.workerDeps(
      overtaking("endTurn", async (call) => {
        reached.resolve();
        await stopping;
        return call();
      }),
    );
    await chat.clock.until(chat.work(keyOf("t1"), deps));
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.state, "stopped");
    assert.equal(chat.meter.held.get("site-day")?.used, 0);
    assert.deepEqual(chat.meter.holders(chat.clock.now()), []);
  });

  it("is nothing when the model turns the call away", async () => {
    const { chat } = await open({});
    const { ChatError } = await import("./errors.ts");
    chat.model.play([new ChatError("model_rejected", "No.")]);
    await chat.turn("c1", "t1");
    assert.equal(chat.meter.held.get("site-day")?.used, 0);
  });

  it("may be more than was reserved", async () => {
    const { chat } = await open({});
    chat.model.play([
      ...answer("x").slice(0, -1),
      { type: "usage", usage: { inputTokens: 5_000, outputTokens: 1_000 } },
    ]);
    await chat.turn("c1", "t1");
    assert.equal(chat.meter.held.get("site-day")?.used, 6_000);
  });

  it("stays reserved for a worker that was killed, and no more than that", async () => {
    const { chat, visitorToken } = await open({});
    chat.model.play(talking(chat.clock, 60));
    await chat.ask("c1", "t1");
    const mortal = new Mortal(6);
    void chat.work(chat.workers.queue.pop()!, chat.workerDeps(mortal.hold));
    await chat.clock.advance(30_000);
    assert.ok(mortal.isDead);
    await chat.open("c2", { visitorToken });
    await chat.frame("c2", { type: "resume", ...keyOf("t1"), lastSeq: -1 });
    assert.equal(refusalIn(chat.outbox.take("c2")).code, "stream_truncated");
    assert.equal(chat.meter.held.get("site-day")?.used, RESERVED);
    assert.deepEqual(chat.meter.holders(chat.clock.now()), []);
  });

  it("is told in percent of the site's tightest budget", async () => {
    const { chat } = await open({
      budgets: { tokensPerDay: 2_058, tokensPerMonth: 5_000, dollarsPerDay: 1 },
    });
    await chat.turn("c1", "t1");
    assert.equal(chat.siteUse[0], 50);
    assert.equal(Math.max(...chat.siteUse), 50);
    assert.ok(chat.siteUse.at(-1)! < 1);
  });

  it("is told to be all of the site's budget when a question finds no room in what is left", async () => {
    const { chat } = await open({ budgets: { tokensPerDay: 1_500 } });
    await chat.ask("c1", "t1");
    assert.ok(Math.max(...chat.siteUse) < 80);
    await chat.ask("c1", "t2", "Question t2", { conversationId: "other" });
    assert.equal(chat.siteUse.at(-1), 100);
  });
});

describe("a budget that does not suffice", () => {
  const cases = [
    ["of the visitor's day", { usage: { visitorTokensPerDay: 1_500 } }, DAY],
    [
      "of the address's hour",
      { usage: { addressTokensPerHour: 1_500 } },
      3_600_000,
    ],
    ["of the site's day", { budgets: { tokensPerDay: 1_500 } }, DAY],
    ["of the site's month", { budgets: { tokensPerMonth: 1_500 } }, 0],
    ["of the day's dollars", { budgets: { dollarsPerDay: 0.0075 } }, DAY],
    ["of the month's dollars", { budgets: { dollarsPerMonth: 0.0075 } }, 0],
  ] as const;
  for (const [whose, options, window] of cases)
    it(`${whose} refuses the question, until it is free again`, async () => {
      const { chat } = await open(options);
      await chat.ask("c1", "t1");
      const before = budgetsOf(chat);
      await chat.ask("c1", "t2", "Question t2", { conversationId: "other" });
      const error = refusalIn(chat.outbox.take("c1"));
      assert.equal(error.code, "budget_exceeded");
      assert.equal(error.turnId, "t2");
      assert.equal(error.seq, undefined);
      const now = chat.clock.now();
      if (window > 0) assert.equal(error.retryAfterMs, window - (now % window));
      else assert.equal(now + error.retryAfterMs!, Date.UTC(2026, 11, 1));
      assert.deepEqual(budgetsOf(chat), before, "everything was put back");
      const other = { conversationId: "other", turnId: "t2" };
      assert.equal(await chat.store.getTurn(other), undefined);
      assert.equal(chat.meter.holders(now).length, 1);

      await chat.workAll();
      const retried = await chat.turn("c1", "t2", "Question t2", {
        conversationId: "other",
      });
      assert.equal(retried.at(-1)?.type, "turn-end");
    });

  it("gives exactly as many of 200 questions at once as there is for", async () => {
    const { chat } = await open({
      usage: {
        visitorQuestionsPerMinute: 0,
        addressQuestionsPerMinute: 0,
        visitorRunningTurns: 0,
        connectionFramesPerMinute: 0,
      },
      budgets: { tokensPerDay: 10 * RESERVED },
    });
    const asking = Array.from({ length: 200 }, (_, i) =>
      chat.ask("c1", `t${i % 10}`, `Question t${i % 10}`, {
        conversationId: `conversation-${i}`,
      }),
    );
    await Promise.all(asking);
    assert.equal(chat.workers.queue.length, 10);
    assert.equal(chat.meter.held.get("site-day")?.used, 10 * RESERVED);
    await chat.workAll();
    assert.equal(chat.model.requests.length, 10);
    assert.equal(chat.meter.held.get("site-day")?.used, 10 * USED.used);
  });

  it("is not used up by a question that came many times at once", async () => {
    const { chat } = await open({ usage: { visitorQuestionsPerMinute: 0 } });
    const routers = Array.from({ length: 8 }, () => chat.newRouter());
    await Promise.all(
      routers.map((router) =>
        chat.frame("c1", { type: "send", ...keyOf("t1"), text: "Hi" }, router),
      ),
    );
    assert.equal(chat.workers.queue.length, 1);
    assert.equal(chat.meter.holders(chat.clock.now()).length, 1);
    await chat.workAll();
    assert.equal(chat.meter.held.get("site-day")?.used, USED.used);
    assert.deepEqual(chat.meter.holders(chat.clock.now()), []);
  });

  it("is not touched by a question to a busy conversation", async () => {
    const { chat } = await open({});
    await chat.ask("c1", "t1");
    const before = budgetsOf(chat);
    await chat.ask("c1", "t2");
    assert.equal(refusalIn(chat.outbox.take("c1")).code, "busy");
    assert.deepEqual(budgetsOf(chat), before);
    assert.equal(chat.meter.holders(chat.clock.now()).length, 1);
  });

  it("ends a turn before another call of the model, with what it has said", async () => {
    const { chat } = await open({
      tools: ["look"],
      budgets: { tokensPerDay: 1_500 },
    });
    const usage = { inputTokens: 100, outputTokens: 400 };
    const call: Step[] = [
      { type: "start" },
      { type: "text", text: "Let me look." },
      { type: "tool-use", toolCallId: "k1", name: "look", input: {} },
      { type: "stop", stopReason: "tool_use" },
      { type: "usage", usage },
    ];
    chat.model.play(call, answer("Never said."));
    await chat.ask("c1", "t1", "Hi", {
      tools: [{ name: "look", description: "Looks.", inputSchema: {} }],
    });
    const working = chat.work(chat.workers.queue.pop()!);
    await chat.clock.advance(500);
    await chat.frame("c1", {
      type: "tool-result",
      ...keyOf("t1"),
      toolCallId: "k1",
      output: "Nothing.",
    });
    await chat.clock.until(working);
    const frames = chat.outbox.take("c1");
    const error = refusalIn(frames);
    assert.equal(error.code, "budget_exceeded");
    assert.notEqual(error.seq, undefined);
    assert.ok(error.retryAfterMs! > 0);
    assert.equal(textIn(frames), "Let me look.");
    assert.equal(chat.model.requests.length, 1);
    assert.equal(chat.meter.held.get("site-day")?.used, 500);
  });
});
