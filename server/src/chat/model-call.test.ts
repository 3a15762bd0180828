import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  answer,
  ScriptedModel,
  type Step,
} from "../../test/fakes/scripted-model.ts";
import { RecordingMetrics } from "../../test/fakes/recording-metrics.ts";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { ChatError } from "./errors.ts";
import { DEFAULT_TIMING } from "./limits.ts";
import { streamAnswer } from "./model-call.ts";
import type { ModelEvent, ModelRequest } from "./ports.ts";

const REQUEST: ModelRequest = {
  model: {
    id: "small",
    label: "Small",
    modelId: "m",
    maxTokens: 100,
    contextTokens: 1_000,
  },
  messages: [{ role: "user", content: ["Hi"] }],
};
const throttled = (retryAfterMs?: number): Step[] => [
  new ChatError("model_throttled", "Too many requests", {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }),
];

function call(model: ScriptedModel, random = 1) {
  const clock = new VirtualClock();
  const started = clock.now();
  const asking = new AbortController();
  const metrics = new RecordingMetrics();
  const read = async (): Promise<ModelEvent[]> => {
    const events: ModelEvent[] = [];
    const deps = {
      model,
      metrics,
      clock,
      random: () => random,
      timing: DEFAULT_TIMING,
    };
    for await (const event of streamAnswer(deps, REQUEST, asking.signal))
      events.push(event);
    return events;
  };
  return { clock, asking, read, metrics, elapsed: () => clock.now() - started };
}

const isThrottled = (error: unknown): boolean =>
  error instanceof ChatError && error.code === "model_throttled";

describe("asking the model", () => {
  it("asks again after longer and longer pauses while it throttles", async () => {
    const model = new ScriptedModel(
      throttled(),
      throttled(),
      throttled(),
      answer("Hi"),
    );
    const { clock, read, metrics, elapsed } = call(model);
    const events = await clock.until(read());
    assert.equal(model.requests.length, 4);
    assert.equal(elapsed(), 1_000 + 2_000 + 4_000);
    assert.deepEqual(metrics.values("modelThrottles"), [1, 1, 1]);
    assert.deepEqual(
      events.map(({ type }) => type),
      ["start", "text", "stop", "usage"],
    );
  });

  it("gives up after four attempts and says when to come back", async () => {
    const model = new ScriptedModel(throttled());
    const { clock, read } = call(model, 0.1);
    await assert.rejects(clock.until(read()), (error: ChatError) => {
      assert.ok(isThrottled(error));
      assert.equal(error.retryAfterMs, DEFAULT_TIMING.throttledRetryAfterMs);
      return true;
    });
    assert.equal(model.requests.length, 4);
  });

  it("starts no attempt after 15 seconds", async () => {
    const model = new ScriptedModel(throttled(8_000));
    const { clock, read, elapsed } = call(model, 0);
    await assert.rejects(clock.until(read()), (error: ChatError) => {
      assert.equal(error.retryAfterMs, 8_000);
      return isThrottled(error);
    });
    assert.equal(model.requests.length, 2);
    assert.equal(elapsed(), 8_000);
  });

  it("draws its pauses from nothing to the bound", async () => {
    const model = new ScriptedModel(throttled(), answer("Hi"));
    const { clock, read, elapsed } = call(model, 0);
    await clock.until(read());
    // The clock of this test moves in steps of 50 ms.
    assert.ok(elapsed() <= 50);
  });

  it("asks again when the stream had begun without text", async () => {
    const model = new ScriptedModel(
      [{ type: "start" }, ...throttled()],
      answer("Hi"),
    );
    const { clock, read } = call(model);
    await clock.until(read());
    assert.equal(model.requests.length, 2);
  });

  it("does not ask again once there was text", async () => {
    const model = new ScriptedModel([
      { type: "start" },
      { type: "text", text: "H" },
      ...throttled(),
    ]);
    const { clock, read } = call(model);
    await assert.rejects(clock.until(read()), isThrottled);
    assert.equal(model.requests.length, 1);
  });

  for (const code of ["model_unavailable", "model_rejected"] as const)
    it(`does not ask again after ${code}`, async () => {
      const failure = new ChatError(code, "no");
      const model = new ScriptedModel([failure]);
      const { clock, read } = call(model);
      await assert.rejects(clock.until(read()), failure);
      assert.equal(model.requests.length, 1);
    });

  it("is not asked again when it is stopped during a pause", async () => {
    const model = new ScriptedModel(throttled());
    const { clock, read, asking } = call(model);
    const reading = read();
    await clock.advance(500);
    asking.abort();
    assert.deepEqual(await clock.until(reading), []);
    assert.equal(model.requests.length, 1);
  });
});
