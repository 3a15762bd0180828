/** Dashboard and alarms against what the functions really write: a graph of anything else would stay empty for ever. */
import assert from "node:assert/strict";
import test from "node:test";
import { Template } from "aws-cdk-lib/assertions";
import { METRICS } from "bedrock-chat-server/names";
import { emittedMetrics } from "../../server/test/support/emitted-metrics.ts";
import { holdEventfulChat } from "../../server/test/support/eventful-chat.ts";
import { ChatAlarms } from "../lib/chat-alarms.ts";
import { ChatDashboard } from "../lib/chat-dashboard.ts";
import { newChat, newStack } from "./support/stacks.ts";

/** Names and sets of dimensions of the chat's own metrics in a template, as `Name{dimension,…}`. */
function shown(template: Template): Set<string> {
  const json = JSON.stringify(template.toJSON()).replaceAll('\\"', '"');
  const { namespace } = METRICS;
  const onGraphs = json.matchAll(
    new RegExp(`\\["${namespace}","(\\w+)"((?:,"\\w+",[^\\]]*?)*)[,\\]]`, "g"),
  );
  const searched = json.matchAll(
    new RegExp(`\\{${namespace},([\\w,]+)\\} MetricName=\\\\*"(\\w+)`, "g"),
  );
  const alarmed = json.matchAll(
    /"MetricName":"(\w+)","Namespace":"BedrockChat"/g,
  );
  return new Set([
    ...[...onGraphs, ...alarmed].map(
      ([, name]) => `${name}{${METRICS.dimension}}`,
    ),
    ...[...searched].map(([, dimensions, name]) => `${name}{${dimensions}}`),
  ]);
}

test("dashboard and alarms show what the functions write in a conversation, and nothing else", async () => {
  // GIVEN
  const { entries } = await holdEventfulChat();
  const written = new Set(
    emittedMetrics(entries).flatMap(({ name, dimensions }) =>
      dimensions.map((set) => `${name}{${set.join(",")}}`),
    ),
  );
  // WHEN
  const stack = newStack();
  const chat = newChat(stack);
  const { alarms } = new ChatAlarms(stack, "Alarms", chat);
  new ChatDashboard(stack, "Dashboard", { ...chat, alarms });
  const visible = shown(Template.fromStack(stack));
  // THEN
  assert.deepEqual([...visible].sort(), [...written].sort());
});
