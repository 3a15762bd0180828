import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { jsonLines } from "../test/support/json-lines.ts";
import { createMetrics } from "./metrics.ts";

describe("metrics", () => {
  it("are written once, at the end: sums of what is counted, each value of what is measured", (t) => {
    const lines = jsonLines(t);
    const metrics = createMetrics("table");
    metrics.add("inputTokens", 7);
    metrics.add("inputTokens", 5);
    metrics.add("firstTokenTime", 300);
    metrics.add("firstTokenTime", 100);
    metrics.add("cost", 0.25);
    assert.equal(lines.length, 0);
    metrics.flush();
    assert.equal(lines.length, 1);
    const { _aws, ...values } = lines[0]!;
    assert.deepEqual(values, {
      service: "table",
      InputTokens: 12,
      FirstTokenTime: [300, 100],
      Cost: 0.25,
    });
    const { Timestamp, CloudWatchMetrics } = _aws as {
      Timestamp: number;
      CloudWatchMetrics: unknown;
    };
    assert.ok(Math.abs(Timestamp - Date.now()) < 60_000);
    assert.deepEqual(CloudWatchMetrics, [
      {
        Namespace: "BedrockChat",
        Dimensions: [["service"]],
        Metrics: [
          { Name: "InputTokens", Unit: "Count" },
          { Name: "FirstTokenTime", Unit: "Milliseconds" },
          { Name: "Cost", Unit: "None" },
        ],
      },
    ]);
    metrics.flush();
    assert.equal(lines.length, 1);
  });

  it("with a reason are there by reason, and for all reasons together", (t) => {
    const lines = jsonLines(t);
    const metrics = createMetrics("table");
    metrics.add("refusals", 1, "busy");
    metrics.add("refusals", 1, "not_ready");
    metrics.add("refusals", 1, "busy");
    metrics.add("questions", 1);
    metrics.flush();
    assert.deepEqual(
      lines.map(({ reason, Refusals, Questions, _aws }) => ({
        reason,
        Refusals,
        Questions,
        dimensions: (
          _aws as { CloudWatchMetrics: { Dimensions: string[][] }[] }
        ).CloudWatchMetrics[0]?.Dimensions,
      })),
      [
        {
          reason: "busy",
          Refusals: 2,
          Questions: undefined,
          dimensions: [["service"], ["service", "reason"]],
        },
        {
          reason: "not_ready",
          Refusals: 1,
          Questions: undefined,
          dimensions: [["service"], ["service", "reason"]],
        },
        {
          reason: undefined,
          Refusals: undefined,
          Questions: 1,
          dimensions: [["service"]],
        },
      ],
    );
  });
});
