/** What the functions write about a whole conversation on the local stack: log lines without a text, and every metric. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { METRICS } from "../src/names.ts";
import {
  holdEventfulChat,
  SECRET,
  type EventfulChat,
} from "./support/eventful-chat.ts";
import { emittedMetrics } from "./support/emitted-metrics.ts";

describe("what the functions write", () => {
  let chat: EventfulChat;
  before(async () => {
    chat = await holdEventfulChat();
  });

  test("holds no text and no token", () => {
    const all = chat.lines.join("\n");
    assert.ok(chat.lines.length > 40, `only ${chat.lines.length} lines`);
    assert.equal(
      chat.lines.find((line) => line.includes(SECRET)),
      undefined,
    );
    for (const token of chat.tokens)
      assert.ok(!all.includes(token.split(".").at(-1)!), "a token is logged");
  });

  test("names connection, conversation, turn and request in every line about them", () => {
    const entries = chat.entries.filter(({ message }) => message !== undefined);
    for (const entry of entries)
      assert.ok(entry.requestId, String(entry.message));
    const messages = new Set(entries.map(({ message }) => message));
    for (const message of [
      "A question was accepted.",
      "A turn ended.",
      "A tool gave its result.",
      "A turn failed.",
    ]) {
      assert.ok(messages.has(message), `expected “${message}”`);
      for (const entry of entries)
        if (entry.message === message)
          assert.ok(entry.conversationId && entry.turnId, message);
    }
    const refusals = entries.filter(
      ({ message }) => message === "A frame was refused.",
    );
    assert.ok(refusals.length >= 8);
    for (const { connectionId, code, reason } of refusals)
      assert.ok(connectionId && code && reason);
  });

  test("is every metric that there is, in its unit, for CloudWatch to read", () => {
    const emitted = emittedMetrics(chat.entries);
    const { namespace, dimension, reason, ...names } = METRICS;
    assert.deepEqual(
      new Set(emitted.map(({ name }) => name)),
      new Set<string>(Object.values(names)),
    );
    for (const metric of emitted) {
      assert.equal(metric.namespace, namespace);
      assert.deepEqual(
        metric.dimensions,
        metric.name === METRICS.refusals
          ? [[dimension], [dimension, reason]]
          : [[dimension]],
      );
      assert.ok(metric.values.every((value) => value >= 0));
    }
    const total = (name: string) =>
      emitted
        .filter((metric) => metric.name === name)
        .flatMap(({ values }) => values)
        .reduce((sum, value) => sum + value, 0);
    assert.equal(total(METRICS.questions), 7);
    assert.equal(total(METRICS.ratingsUp), 1);
    assert.equal(total(METRICS.ratingsDown), 1);
    assert.equal(total(METRICS.stops), 1);
    assert.equal(total(METRICS.resumes), 1);
    assert.equal(total(METRICS.modelThrottles), 1);
    assert.equal(total(METRICS.truncations), 1);
    assert.equal(total(METRICS.failures), 2);
    assert.equal(total(METRICS.refusals), 8);
    const input = total(METRICS.inputTokens);
    const output = total(METRICS.outputTokens);
    assert.ok(input > 0 && output > 0);
    const dollars = (input * 1 + output * 5) / 1_000_000;
    assert.ok(Math.abs(total(METRICS.cost) - dollars) < 1e-9);
  });

  test("is one line of metrics an invocation, and one more for each reason", () => {
    for (const { _aws, Refusals, Questions } of chat.entries)
      if (_aws) assert.ok(Refusals === undefined || Questions === undefined);
  });
});

test("with LOG_FRAMES on, frames are there in full, but for those that are not of the protocol", async () => {
  const { entries, tokens } = await holdEventfulChat({ logFrames: true });
  const frames = entries.flatMap(({ message, frame }) =>
    typeof frame === "string" ? [`${String(message)} ${frame}`] : [],
  );
  const has = (pattern: RegExp) =>
    assert.ok(
      frames.some((frame) => pattern.test(frame)),
      `expected ${pattern}`,
    );
  has(new RegExp(`^A frame came\\. .*"type":"send".*"text":"${SECRET}"`));
  has(new RegExp(`^A frame came\\. .*"type":"tool-result".*${SECRET}`));
  has(new RegExp(`^A frame is posted\\. .*"type":"text-delta".*${SECRET}`));
  assert.ok(frames.some((frame) => frame.includes(tokens[0]!)));
  assert.ok(!frames.some((frame) => frame.includes(SECRET.repeat(2))));
  assert.ok(!frames.some((frame) => frame.includes(`"rating":"${SECRET}"`)));
});
