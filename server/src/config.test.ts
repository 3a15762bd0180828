import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readConfig, readRouterConfig } from "./config.ts";

const SETTINGS = {
  models: [{ id: "a", label: "A", modelId: "vendor.a", maxTokens: 1_000 }],
  retentionDays: 2,
  limits: { maxTextLength: 100, unwatchedSeconds: 5 },
};
const ENVIRONMENT = {
  TABLE_NAME: "table",
  CALLBACK_URL: "https://api.example/prod/",
  SETTINGS_FILE: "settings.json",
  WORKER_FUNCTION_NAME: "worker",
  VISITOR_KEY_SECRET_ID: "secret",
};
const files =
  (contents: Readonly<Record<string, string>>) =>
  (path: string): string => {
    const content = contents[path];
    if (content === undefined) throw new Error(`ENOENT: ${path}`);
    return content;
  };
const good = files({ "settings.json": JSON.stringify(SETTINGS) });

describe("configuration", () => {
  it("comes from the environment and the settings file", () => {
    const config = readRouterConfig(ENVIRONMENT, good);
    assert.equal(config.tableName, "table");
    assert.equal(config.callbackUrl, "https://api.example/prod");
    assert.equal(config.workerFunctionName, "worker");
    assert.equal(config.visitorKeySecretId, "secret");
    assert.equal(config.logLevel, "INFO");
    assert.equal(config.logFrames, false);
    assert.equal(config.isTraced, false);
    assert.equal(config.retentionMs, 2 * 24 * 3_600_000);
    assert.equal(config.settings.defaultModel, "a");
    assert.equal(config.limits.maxTextLength, 100);
    assert.equal(config.timing.unwatchedMs, 5_000);
    assert.equal(config.timing.acceptLeaseMs, 75_000);
  });

  it("of the worker needs nothing of the router", () => {
    const { TABLE_NAME, CALLBACK_URL, SETTINGS_FILE } = ENVIRONMENT;
    const environment = { TABLE_NAME, CALLBACK_URL, SETTINGS_FILE };
    assert.equal(readConfig(environment, good).tableName, "table");
  });

  it("traces on Lambda only", () => {
    for (const [name, isTraced] of [
      ["AWS_Lambda_nodejs24.x", true],
      ["CloudShell", false],
    ] as const) {
      const environment = { ...ENVIRONMENT, AWS_EXECUTION_ENV: name };
      assert.equal(readConfig(environment, good).isTraced, isTraced);
    }
  });

  it("logs frames when it is told to", () => {
    const environment = { ...ENVIRONMENT, LOG_FRAMES: "on" };
    assert.equal(readConfig(environment, good).logFrames, true);
  });

  for (const [fields, message] of [
    [
      { TABLE_NAME: undefined },
      "TABLE_NAME is not set; expected the name of a DynamoDB table.",
    ],
    [
      { TABLE_NAME: " " },
      "TABLE_NAME is empty; expected the name of a DynamoDB table.",
    ],
    [
      { CALLBACK_URL: "wss://api.example/prod" },
      'CALLBACK_URL is "wss://api.example/prod"; expected an http or https URL.',
    ],
    [
      { CALLBACK_URL: "api" },
      'CALLBACK_URL is "api"; expected an http or https URL.',
    ],
    [
      { LOG_LEVEL: "verbose" },
      'LOG_LEVEL is "verbose"; expected one of DEBUG, INFO, WARN, ERROR.',
    ],
    [{ LOG_FRAMES: "true" }, 'LOG_FRAMES is "true"; expected on or off.'],
    [
      { WORKER_FUNCTION_NAME: undefined },
      "WORKER_FUNCTION_NAME is not set; expected the name or ARN of the worker function.",
    ],
    [
      { VISITOR_KEY_SECRET_ID: undefined },
      "VISITOR_KEY_SECRET_ID is not set; expected the id of a secret in Secrets Manager.",
    ],
    [
      { SETTINGS_FILE: "gone.json" },
      'SETTINGS_FILE is "gone.json"; expected a file with valid settings: ENOENT: gone.json',
    ],
    [
      { SETTINGS_FILE: "empty.json" },
      'SETTINGS_FILE is "empty.json"; expected a file with valid settings: models is missing; expected an array of at least one model.',
    ],
  ] as readonly (readonly [Record<string, string | undefined>, string])[])
    it(`is refused: ${message}`, () => {
      const read = files({
        "settings.json": JSON.stringify(SETTINGS),
        "empty.json": "{}",
      });
      assert.throws(
        () => readRouterConfig({ ...ENVIRONMENT, ...fields }, read),
        {
          name: "ConfigError",
          message,
        },
      );
    });
});
