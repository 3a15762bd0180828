import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import test from "node:test";
import { Template } from "aws-cdk-lib/assertions";
import { METRICS } from "bedrock-chat-server/names";
import { ChatAlarms } from "../lib/chat-alarms.ts";
import { newChat, newStack } from "../test/support/stacks.ts";
import { ASSUMPTIONS, costOf, costTable } from "./cost-model.ts";

const sum = (questions: number): number =>
  costOf(questions).lines.reduce((total, { dollars }) => total + dollars, 0);

/** Cells, whatever their padding. */
const cells = (table: string): string[][] =>
  table
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[\s:|-]+\|$/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test("without a question only what stands by costs", () => {
  const { lines, haiku, novaLite } = costOf(0);
  assert.equal(haiku + novaLite, 0);
  assert.deepEqual(
    lines.filter(({ dollars }) => dollars > 0).map(({ what }) => what),
    ["CloudWatch and X-Ray", "Secrets Manager"],
  );
});

test("what a question costs does not depend on how many there are", () => {
  const perQuestion = (questions: number) =>
    (sum(questions) - sum(0)) / questions;
  assert.ok(Math.abs(perQuestion(1_000) - perQuestion(10_000_000)) < 1e-9);
});

test("the model of a million questions costs its tokens", () => {
  assert.equal(
    Math.round(costOf(1_000_000).haiku),
    ASSUMPTIONS.inputTokens + 5 * ASSUMPTIONS.outputTokens,
  );
});

test("the functions write as many metrics as are paid for", () => {
  const { namespace, dimension, reason, ...metrics } = METRICS;
  assert.ok(namespace && dimension && reason);
  assert.equal(Object.keys(metrics).length, ASSUMPTIONS.metrics);
});

test("the stack has as many alarms as are paid for", () => {
  // GIVEN
  const stack = newStack();
  new ChatAlarms(stack, "Alarms", newChat(stack));
  // WHEN
  const alarms = Object.values(
    Template.fromStack(stack).findResources("AWS::CloudWatch::Alarm"),
  ) as { Properties: { Metrics?: { MetricStat?: object }[] } }[];
  // THEN
  const metrics = alarms.flatMap(({ Properties: { Metrics } }) =>
    Metrics ? Metrics.filter(({ MetricStat }) => MetricStat) : [{}],
  );
  assert.equal(metrics.length, ASSUMPTIONS.alarmMetrics);
});

test("a turn and a connection use what the server's README says that was measured", () => {
  const text = readFileSync(
    resolve(import.meta.dirname, "../../server/README.md"),
    "utf8",
  );
  const { writeUnits, readUnits, posts, writeUnitsPerVisit } = ASSUMPTIONS;
  const [row = []] = cells(text).filter(([answer]) => answer === "1 KB");
  assert.deepEqual([row[3], row[5], row[6]].map(Number), [
    writeUnits,
    readUnits,
    posts,
  ]);
  assert.match(
    text,
    new RegExp(`A connection takes ${writeUnitsPerVisit} write units`),
  );
});

test("the README's table is what the command prints", () => {
  const printed = execFileSync(
    process.execPath,
    [join(import.meta.dirname, "cost.ts")],
    { encoding: "utf8" },
  );
  const readme = readFileSync(
    resolve(import.meta.dirname, "../README.md"),
    "utf8",
  );
  const [, table = ""] =
    /<!-- npm run cost -->([^]*?)<!-- \/npm run cost -->/.exec(readme) ?? [];
  assert.deepEqual(cells(table), cells(printed));
  assert.deepEqual(cells(printed), cells(costTable()));
});
