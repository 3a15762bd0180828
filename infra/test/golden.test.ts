/**
 * The default stack as a whole. A difference is either a mistake or a decision: read it, then take it over with
 * `npm run golden -w infra`. A changed logical id means that a deployment replaces what is there.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import test from "node:test";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import config from "../bedrock-chat.config.ts";
import { chooseStage } from "../bin/config.ts";
import { BedrockChatStack } from "../bin/stack.ts";
import { handlersPath, widgetPath } from "./support/stacks.ts";

const file = resolve(import.meta.dirname, "golden.template.json");

/** Names of packed files change with CDK's version and with every release. */
const withoutHashes = (json: string): string =>
  json.replace(/[0-9a-f]{64}/g, "<hash>");

test("the default stack is the one that was looked at", async () => {
  // GIVEN
  const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
  // WHEN
  const stack = new BedrockChatStack(app, chooseStage(config, app.node, {}), {
    handlersPath,
    widgetPath,
  });
  // THEN
  const json = withoutHashes(JSON.stringify(Template.fromStack(stack)));
  if (process.env.UPDATE_GOLDEN) {
    const { format } = await import("prettier");
    writeFileSync(file, await format(json, { parser: "json" }));
  }
  assert.deepEqual(JSON.parse(json), JSON.parse(readFileSync(file, "utf8")));
});
