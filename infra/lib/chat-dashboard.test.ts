import assert from "node:assert/strict";
import test from "node:test";
import { Template } from "aws-cdk-lib/assertions";
import { METRICS } from "bedrock-chat-server/names";
import { newChat, newStack } from "../test/support/stacks.ts";
import { ChatAlarms } from "./chat-alarms.ts";
import { ChatDashboard } from "./chat-dashboard.ts";

test("the dashboard shows every metric that the functions write, and the alarms", () => {
  // GIVEN
  const stack = newStack();
  const chat = newChat(stack);
  const { alarms } = new ChatAlarms(stack, "Alarms", chat);
  // WHEN
  const { url } = new ChatDashboard(stack, "Dashboard", { ...chat, alarms });
  // THEN
  const [dashboard] = Object.values(
    Template.fromStack(stack).findResources("AWS::CloudWatch::Dashboard"),
  ) as { Properties: { DashboardBody: { "Fn::Join": [string, unknown[]] } } }[];
  const body = dashboard!.Properties.DashboardBody["Fn::Join"][1]
    .map((part) => (typeof part === "string" ? part : "x"))
    .join("");
  const { widgets } = JSON.parse(body) as {
    widgets: { properties: { title: string } }[];
  };
  assert.deepEqual(
    widgets.map(({ properties }) => properties.title),
    [
      "Alarms",
      "In the time shown",
      "Questions",
      "Time to the first text",
      "Tokens",
      "Cost, and budget used",
      "Answers that ended otherwise",
      "Refused, by reason",
      "Turned away for being too many",
      "Ratings",
      "Connections and frames",
      "Errors",
      "Duration, 95 of 100",
      "At the same time",
    ],
  );
  const { namespace, dimension, reason, ...names } = METRICS;
  for (const name of Object.values(names))
    assert.ok(
      body.includes(`"${namespace}","${name}","${dimension}"`),
      `expected ${name} on the dashboard`,
    );
  assert.ok(
    body.includes(
      `SEARCH('{${namespace},${dimension},${reason}} MetricName=\\"${METRICS.refusals}\\"`,
    ),
    "expected refusals by reason on the dashboard",
  );
  assert.match(url, /^https:\/\/.*#dashboards\/dashboard\//);
});
