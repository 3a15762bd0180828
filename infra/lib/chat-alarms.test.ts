import assert from "node:assert/strict";
import test from "node:test";
import type { Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { newChat, newStack } from "../test/support/stacks.ts";
import { type AlarmProps, ChatAlarms } from "./chat-alarms.ts";

function newAlarms(stack: Stack, props: AlarmProps = {}): ChatAlarms {
  return new ChatAlarms(stack, "Alarms", { ...newChat(stack), ...props });
}

test("an operator hears of errors, throttles, dead letters, budgets and slow answers, and of their end", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  newAlarms(stack, { topic: new Topic(stack, "Topic") });
  // THEN
  const template = Template.fromStack(stack);
  const [topic] = Object.keys(template.findResources("AWS::SNS::Topic"));
  template.resourcePropertiesCountIs(
    "AWS::CloudWatch::Alarm",
    {
      AlarmActions: [{ Ref: topic }],
      OKActions: [{ Ref: topic }],
      TreatMissingData: "notBreaching",
      AlarmDescription: Match.anyValue(),
    },
    6,
  );
});

test("a sum counts what has data", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  newAlarms(stack, { errors: 3 });
  // THEN
  Template.fromStack(stack).hasResourceProperties("AWS::CloudWatch::Alarm", {
    Threshold: 3,
    Metrics: Match.arrayWith([
      Match.objectLike({
        Expression: "FILL(router, 0) + FILL(worker, 0) + FILL(answers, 0)",
      }),
    ]),
  });
});

test("the budget alarms at 80 and 100 percent, on this deployment's metric", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  newAlarms(stack);
  // THEN
  const template = Template.fromStack(stack);
  const [table] = Object.keys(template.findResources("AWS::DynamoDB::Table"));
  for (const Threshold of [80, 100])
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      Namespace: "BedrockChat",
      MetricName: "BudgetUsed",
      Dimensions: [{ Name: "service", Value: { Ref: table } }],
      Statistic: "Maximum",
      Threshold,
      AlarmActions: Match.absent(),
    });
});

test("answers are late when they are so for a quarter of an hour", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  newAlarms(stack, { firstTokenTimeMs: 4_000 });
  // THEN
  Template.fromStack(stack).hasResourceProperties("AWS::CloudWatch::Alarm", {
    MetricName: "FirstTokenTime",
    ExtendedStatistic: "p95",
    Threshold: 4_000,
    EvaluationPeriods: 3,
    Period: 300,
  });
});

for (const [prop, value] of [
  ["errors", 0],
  ["throttles", 0.5],
  ["firstTokenTimeMs", 1],
] as const)
  test(`${prop} ${value} is refused`, () => {
    assert.throws(
      () => newAlarms(newStack(), { [prop]: value }),
      new RegExp(`${prop} is ${value}; expected a whole number`),
    );
  });
