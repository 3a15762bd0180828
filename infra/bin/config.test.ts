import assert from "node:assert/strict";
import test from "node:test";
import { App } from "aws-cdk-lib";
import { model } from "../test/support/stacks.ts";
import { type AppConfig, chooseStage } from "./config.ts";

const config: AppConfig = {
  defaultStage: "prod",
  stages: {
    prod: { models: [model], retentionDays: 30 },
    dev: { models: [model], retentionDays: 1, heading: "Dev" },
  },
};

const choose = (
  context: Record<string, unknown> = {},
  env: Record<string, string> = {},
) => chooseStage(config, new App({ context }).node, env);

test("without a word the default stage is deployed", () => {
  assert.deepEqual(choose(), { name: "prod", config: config.stages.prod });
});

test("the context names a stage, or else the environment does", () => {
  assert.equal(choose({}, { BEDROCK_CHAT_STAGE: "dev" }).name, "dev");
  assert.equal(
    choose({ stage: "prod" }, { BEDROCK_CHAT_STAGE: "dev" }).name,
    "prod",
  );
});

test("the context overrides the environment, which overrides the file", () => {
  const env = {
    BEDROCK_CHAT_RETENTION_DAYS: "7",
    BEDROCK_CHAT_KEEP_DATA: "false",
    BEDROCK_CHAT_ALARMS: '{"email":"a@example.com"}',
    BEDROCK_CHAT_HEADING: "1",
    BEDROCK_CHAT_AUTH: '{"anonymous":true,"issuers":[]}',
  };
  const chosen = choose({ stage: "dev", retentionDays: "9" }, env).config;
  assert.deepEqual(chosen, {
    models: [model],
    retentionDays: 9,
    keepData: false,
    alarms: { email: "a@example.com" },
    heading: "1",
    auth: { anonymous: true, issuers: [] },
  });
});

test("a context file may hold the values themselves", () => {
  assert.equal(choose({ keepData: false }).config.keepData, false);
});

for (const [context, env, message] of [
  [{ stage: "test" }, {}, /^stage is "test"; expected one of prod, dev\.$/],
  [
    {},
    { BEDROCK_CHAT_RETENTION: "7" },
    /^BEDROCK_CHAT_RETENTION is not a setting; expected one of BEDROCK_CHAT_STAGE, .*BEDROCK_CHAT_RETENTION_DAYS/,
  ],
  [
    {},
    { BEDROCK_CHAT_RETENTION_DAYS: "a week" },
    /^BEDROCK_CHAT_RETENTION_DAYS is "a week"; expected a number\.$/,
  ],
  [{ keepData: "no" }, {}, /^keepData is "no"; expected a boolean\.$/],
  [
    { alarms: "null" },
    {},
    /^alarms is "null"; expected JSON of what the configuration has there\.$/,
  ],
] as const)
  test(`${JSON.stringify({ ...context, ...env })} is refused`, () => {
    assert.throws(() => choose(context, env), { message });
  });
