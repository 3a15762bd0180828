/** The packed constructs in an app of somebody else: their files only, no sources, no Docker, no credentials. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";

const root = resolve(import.meta.dirname, "../..");
const app = mkdtempSync(join(tmpdir(), "bedrock-chat-app-"));
after(() => rmSync(app, { recursive: true }));

const APP = `
import { App, Stack } from "aws-cdk-lib";
import { BedrockChat } from "bedrock-chat-infra";

const app = new App();
const stack = new Stack(app, "Mine");
const chat = new BedrockChat(stack, "Chat", {
  models: [{ id: "lite", label: "Lite", modelId: "amazon.nova-lite-v1:0", maxTokens: 1000, prices: { inputPerMillion: 0.06, outputPerMillion: 0.24 } }],
  systemPrompt: "Be brief.",
  allowedOrigins: ["https://www.example.com"],
  auth: { anonymous: true, issuers: [{ type: "cognito", userPoolId: "us-east-1_AbCdEf123", clientId: "1" }] },
  guardrail: { id: "abc123def456", version: "1" },
  limits: { visitorQuestionsPerMinute: 10 },
  budgets: { dollarsPerDay: 5 },
});
const snippet: string = chat.snippet;
// @ts-expect-error The types are real: a model is not a number.
const wrong: import("bedrock-chat-infra").BedrockChatProps = { models: [1] };
stack.exportValue(snippet, { name: "Snippet" });
void wrong;
`;

/** Runs a tool in the app's folder, with nothing of this machine's AWS configuration. */
function run(command: string, ...args: string[]): string {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_")),
  );
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: app,
    encoding: "utf8",
    env: {
      ...env,
      AWS_EC2_METADATA_DISABLED: "true",
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    },
  });
  assert.equal(status, 0, `${command} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

before(() => {
  run(
    "npm",
    "pack",
    "--silent",
    "--pack-destination",
    app,
    join(root, "infra"),
  );
  const modules = join(app, "node_modules");
  const unpacked = join(modules, "bedrock-chat-infra");
  mkdirSync(unpacked, { recursive: true });
  const tarball = readdirSync(app).find((name) => name.endsWith(".tgz"));
  run("tar", "-xzf", tarball!, "--strip-components=1", "-C", unpacked);
  for (const peer of ["aws-cdk-lib", "constructs"])
    symlinkSync(join(root, "node_modules", peer), join(modules, peer));
  writeFileSync(join(app, "package.json"), '{ "type": "module" }');
  writeFileSync(join(app, "app.ts"), APP);
});

test("the types hold in a strict project", () => {
  run(
    process.execPath,
    join(root, "node_modules/@typescript/native/bin/tsc"),
    ...["--noEmit", "--strict", "--skipLibCheck", "--types", ""],
    ...["--target", "es2022", "--module", "nodenext", "app.ts"],
  );
});

test("cdk synth works, and packs the handlers with the settings beside them", () => {
  // WHEN
  run(
    process.execPath,
    join(root, "node_modules/aws-cdk/bin/cdk"),
    ...["synth", "--quiet", "--app", "node app.ts"],
  );
  // THEN
  const out = join(app, "cdk.out");
  const template = JSON.parse(
    readFileSync(join(out, "Mine.template.json"), "utf8"),
  ) as {
    Resources: Record<
      string,
      { Type: string; Properties: { Code: { S3Key: string } } }
    >;
  };
  const handlers = Object.entries(template.Resources).filter(([id]) =>
    /^ChatFunctions(Router|Worker)Function[0-9A-F]{8}$/.test(id),
  );
  assert.equal(handlers.length, 2);
  for (const [, { Properties }] of handlers) {
    const code = join(out, `asset.${Properties.Code.S3Key.slice(0, 64)}`);
    assert.deepEqual(readdirSync(code).sort(), ["index.mjs", "settings.json"]);
    const settings = readFileSync(join(code, "settings.json"), "utf8");
    assert.match(settings, /"systemPrompt": "Be brief\."/);
    assert.match(settings, /"dollarsPerDay": 5/);
  }
});
