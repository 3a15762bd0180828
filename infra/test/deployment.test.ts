/**
 * The default stack, and one with everything switched on, as they would be deployed with the real handlers packed:
 * synthesized once, then looked at and run.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { readConfig, readRouterConfig } from "../../server/src/config.ts";
import { conversationSuite } from "../../server/test/conversation.suite.ts";
import { ChatClient } from "../../server/test/support/chat-client.ts";
import { createConversationModel } from "../../server/test/support/conversation-model.ts";
import { TestIssuer } from "../../server/test/support/issuer.ts";
import config from "../bedrock-chat.config.ts";
import { chooseStage, type StageConfig } from "../bin/config.ts";
import { BedrockChatStack } from "../bin/stack.ts";
import { bundleHandlers, reportSizes } from "../scripts/bundle-handlers.ts";
import { probe } from "../scripts/probe.ts";
import { DeployedTemplate } from "./support/deployed-template.ts";
import { everything } from "./support/everything.ts";
import { widgetPath } from "./support/stacks.ts";
import {
  chatFunctions,
  startTemplateStack,
  type TemplateStack,
} from "./support/template-stack.ts";

const scratch = mkdtempSync(join(tmpdir(), "bedrock-chat-infra-"));
const handlersPath = join(scratch, "handlers");
console.log(reportSizes(await bundleHandlers(handlersPath)));

const issuer = await TestIssuer.start();
after(() => issuer.close());

const app = new App({ outdir: join(scratch, "cdk.out") });
const { config: prod } = chooseStage(config, app.node, {});
const full: StageConfig = {
  ...prod,
  ...everything,
  auth: {
    anonymous: true,
    issuers: [{ type: "oidc", issuer: issuer.url, audience: "chat" }],
  },
};
const stages = { prod, full };
for (const [name, config] of Object.entries(stages))
  new BedrockChatStack(app, { name, config }, { handlersPath, widgetPath });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const assembly = app.synth();

interface TemplateJson {
  readonly Resources: Readonly<
    Record<string, { Type: string; Properties: Record<string, unknown> }>
  >;
}

/** A copy of a stack's template. */
const jsonOf = (name: keyof typeof stages): TemplateJson =>
  structuredClone(
    assembly.getStackByName(`BedrockChat-${name}`).template as TemplateJson,
  );
const start = (json: object): Promise<TemplateStack> =>
  startTemplateStack(
    new DeployedTemplate(json),
    assembly.directory,
    createConversationModel(),
  );
after(() => rmSync(scratch, { recursive: true }));

test("the router alone carries the verifier of sign-in tokens", () => {
  const hasVerifier = (name: string): boolean =>
    readFileSync(join(handlersPath, name, "index.mjs"), "utf8").includes(
      "JWT signature algorithm",
    );
  assert.deepEqual(["router", "worker"].map(hasVerifier), [true, false]);
});

for (const name of ["prod", "full"] as const)
  test(`the handlers accept the environment and the settings that the template of ${name} gives them`, () => {
    const functions = chatFunctions(new DeployedTemplate(jsonOf(name)));
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
      const { settings } = read(Environment.Variables, (path) =>
        readFileSync(join(code, path), "utf8"),
      );
      // THEN
      const stage = stages[name];
      assert.deepEqual(
        settings.models.map(({ modelId, prices }) => ({ modelId, prices })),
        stage.models.map(({ modelId, prices }) => ({ modelId, prices })),
      );
      assert.equal(settings.systemPrompt, stage.systemPrompt);
      assert.equal(settings.retentionDays, 30);
      assert.deepEqual(settings.allowedOrigins, stage.allowedOrigins);
      assert.deepEqual(settings.guardrail, stage.guardrail);
      assert.deepEqual(settings.auth, stage.auth);
      assert.deepEqual(settings.tools, stage.tools);
      assert.partialDeepStrictEqual(settings.limits, stage.limits ?? {});
      assert.partialDeepStrictEqual(settings.budgets, stage.budgets);
    }
  });

for (const name of ["prod", "full"] as const)
  describe(
    `conversations on the template of ${name}`,
    {
      concurrency: true,
    },
    () => {
      let stack: TemplateStack;
      before(async () => {
        stack = await start(jsonOf(name));
      });
      after(async () => {
        await stack.close();
        assert.deepEqual(stack.denied, []);
      });

      conversationSuite({ url: () => stack.webSocketUrl });

      test("the probe finds nothing wrong", async () => {
        assert.equal(await probe(stack.webSocketUrl), undefined);
      });

      if (name === "full") {
        test("nobody gets around CloudFront", async () => {
          assert.match((await probe(stack.apiUrl))!, /use CloudFront's URL/);
        });

        test("a user of the issuer signs in", async (t) => {
          const client = await ChatClient.connect(stack.webSocketUrl);
          t.after(() => client.close());
          await client.hello({ authToken: issuer.token("ann") });
        });
      }
    },
  );

for (const [action, resource, role, finding] of [
  [
    "bedrock:InvokeModelWithResponseStream",
    "inference-profile",
    "Worker",
    /^Amazon Bedrock refuses the model\. .* The request id is /,
  ],
  [
    "bedrock:ApplyGuardrail",
    "guardrail",
    "Worker",
    /^Amazon Bedrock refuses the model\. /,
  ],
  [
    "secretsmanager:GetSecretValue",
    "OriginKey",
    "Router",
    /^The router fails at the handshake/,
  ],
  ["dynamodb:UpdateItem", "", "Router", /^The router fails at the handshake/],
  ["lambda:InvokeFunction", "", "Router", /^Router or worker failed\./],
] as const)
  test(`that the ${role.toLowerCase()} may not ${action} ${resource} is found, and named`, async (t) => {
    // GIVEN
    const json = jsonOf("full");
    for (const [id, { Type, Properties }] of Object.entries(json.Resources))
      if (Type === "AWS::IAM::Policy" && id.includes(role))
        for (const statement of statementsIn(Properties))
          if (JSON.stringify(statement.Resource).includes(resource))
            statement.Action = [statement.Action]
              .flat()
              .filter((allowed) => allowed !== action);
    const stack = await start(json);
    t.after(() => stack.close());
    // WHEN
    const found = await probe(stack.webSocketUrl);
    // THEN
    assert.match(found!, finding);
    assert.match(
      stack.denied.join("\n"),
      new RegExp(
        `^ChatFunctions${role}\\w+ may not ${action} on .*${resource}`,
      ),
    );
  });

const statementsIn = (properties: Record<string, unknown>) =>
  (
    properties.PolicyDocument as {
      Statement: { Action: string | string[]; Resource: unknown }[];
    }
  ).Statement;
