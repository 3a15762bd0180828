/** The stack as it would be deployed, with the real handlers packed: synthesized once, then looked at and run. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { readConfig, readRouterConfig } from "../../server/src/config.ts";
import { conversationSuite } from "../../server/test/conversation.suite.ts";
import { createConversationModel } from "../../server/test/support/conversation-model.ts";
import config from "../bedrock-chat.config.ts";
import { chooseStage } from "../bin/config.ts";
import { BedrockChatStack } from "../bin/stack.ts";
import { bundleHandlers, reportSizes } from "../scripts/bundle-handlers.ts";
import { probe } from "../scripts/probe.ts";
import { DeployedTemplate } from "./support/deployed-template.ts";
import { widgetPath } from "./support/stacks.ts";
import {
  chatFunctions,
  startTemplateStack,
  type TemplateStack,
} from "./support/template-stack.ts";

const scratch = mkdtempSync(join(tmpdir(), "bedrock-chat-infra-"));
const handlersPath = join(scratch, "handlers");
console.log(reportSizes(await bundleHandlers(handlersPath)));

const app = new App({ outdir: join(scratch, "cdk.out") });
const stage = chooseStage(config, app.node, {});
new BedrockChatStack(app, stage, { handlersPath, widgetPath });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const assembly = app.synth();
const stackArtifact = assembly.getStackByName(`BedrockChat-${stage.name}`);
const template = new DeployedTemplate(stackArtifact.template as object);
after(() => rmSync(scratch, { recursive: true }));

test("the router alone carries the verifier of sign-in tokens", () => {
  const hasVerifier = (name: string): boolean =>
    readFileSync(join(handlersPath, name, "index.mjs"), "utf8").includes(
      "JWT signature algorithm",
    );
  assert.deepEqual(["router", "worker"].map(hasVerifier), [true, false]);
});

test("the handlers accept the environment and the settings that the template gives them", () => {
  const functions = chatFunctions(template);
  assert.equal(functions.length, 2);
  for (const { id, properties } of functions) {
    // GIVEN
    const { Code, Environment } = properties as {
      Code: { S3Key: string };
      Environment: { Variables: Record<string, string> };
    };
    const code = join(assembly.directory, `asset.${Code.S3Key.slice(0, 64)}`);
    const read = id.includes("Router") ? readRouterConfig : readConfig;
    // WHEN
    const accepted = read(Environment.Variables, (path) =>
      readFileSync(join(code, path), "utf8"),
    );
    // THEN
    const { models, systemPrompt } = stage.config;
    assert.deepEqual(
      accepted.settings.models.map(({ modelId }) => modelId),
      models.map(({ modelId }) => modelId),
    );
    assert.equal(accepted.settings.systemPrompt, systemPrompt);
    assert.equal(accepted.settings.retentionDays, 30);
    assert.deepEqual(
      accepted.settings.allowedOrigins,
      stage.config.allowedOrigins,
    );
  }
});

describe("conversations on the template", { concurrency: true }, () => {
  let stack: TemplateStack;
  before(async () => {
    stack = await startTemplateStack(
      template,
      assembly.directory,
      createConversationModel(),
    );
  });
  after(async () => {
    await stack.close();
    assert.deepEqual(stack.denied, []);
  });

  conversationSuite({ url: () => stack.webSocketUrl });

  test("the probe finds nothing wrong", async () => {
    assert.equal(await probe(stack.webSocketUrl), undefined);
  });
});

test("a permission that is missing is found, and named", async (t) => {
  // GIVEN a template whose worker may call another model
  const json = JSON.stringify(stackArtifact.template).replaceAll(
    "anthropic.claude-haiku",
    "anthropic.claude-other",
  );
  const stack = await startTemplateStack(
    new DeployedTemplate(JSON.parse(json) as object),
    assembly.directory,
    createConversationModel(),
  );
  t.after(() => stack.close());
  // WHEN
  const finding = await probe(stack.webSocketUrl);
  // THEN
  assert.match(
    finding!,
    /^Amazon Bedrock refuses the model\. .* The request id is /,
  );
  assert.match(
    stack.denied.join("\n"),
    /^ChatFunctionsWorker\w+ may not bedrock:InvokeModelWithResponseStream on .*inference-profile\/global\.anthropic\.claude-haiku/,
  );
});
