import assert from "node:assert/strict";
import test from "node:test";
import { App, type Stack, Validations } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import config from "../bedrock-chat.config.ts";
import { domain, everything } from "../test/support/everything.ts";
import { handlersPath, widgetPath } from "../test/support/stacks.ts";
import { chooseStage, type StageConfig } from "./config.ts";
import { BedrockChatStack } from "./stack.ts";

function newStack(overrides: Partial<StageConfig> = {}, name = "prod"): Stack {
  const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
  const stage = chooseStage(config, app.node, { BEDROCK_CHAT_STAGE: name });
  const stack = new BedrockChatStack(
    app,
    { name, config: { ...stage.config, ...overrides } },
    { handlersPath, widgetPath },
  );
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return stack;
}

/** Every statement that allows something, of roles and of resources. */
function allowed(template: Template): { Action: string | string[] }[] {
  const found: { Effect?: string; Action?: string | string[] }[] = [];
  JSON.stringify(template.toJSON(), (_key, value: unknown) => {
    const statement = (value ?? {}) as { Effect?: string };
    if (statement.Effect === "Allow") found.push(statement);
    return value;
  });
  return found as { Action: string | string[] }[];
}

test("the outputs are what an operator needs, and the snippet is ready", () => {
  // WHEN
  const template = Template.fromStack(newStack());
  // THEN
  const outputs = template.findOutputs("*") as Record<
    string,
    { Value: { "Fn::Join"?: [string, unknown[]] } }
  >;
  assert.deepEqual(Object.keys(outputs).sort(), [
    "CspLine",
    "DashboardUrl",
    "ScriptUrl",
    "Snippet",
    "TableName",
    "WebSocketUrl",
  ]);
  const text = (name: string) =>
    outputs[name]!.Value["Fn::Join"]![1].map((part) =>
      typeof part === "string" ? part : "…",
    ).join("");
  assert.equal(text("WebSocketUrl"), "wss://….execute-api.….…/prod");
  assert.equal(text("ScriptUrl"), "https://…/bedrock-chat.js");
  assert.match(
    text("Snippet"),
    /^<script type="module" src="https:\/\/…\/v\/1\.2\.3-[0-9a-f]{12}\/bedrock-chat\.js" integrity="sha384-[A-Za-z0-9+/]{64}" crossorigin="anonymous"><\/script>\n<bedrock-chat endpoint="wss:\/\/….execute-api.….…\/prod" heading="Ask us"><\/bedrock-chat>$/,
  );
  assert.equal(
    text("CspLine"),
    "script-src https://…; connect-src wss://….execute-api.….…/prod",
  );
});

test("with a domain visitors connect to it, and the functions post to the API's own name", () => {
  // WHEN
  const template = Template.fromStack(
    newStack({ domain: { ...domain("chat.example.com"), path: "v1" } }),
  );
  // THEN
  template.hasOutput("WebSocketUrl", { Value: "wss://chat.example.com/v1" });
  template.allResourcesProperties(
    "AWS::ApiGatewayV2::ApiMapping",
    Match.objectLike({ ApiMappingKey: "v1" }),
  );
  template.resourcePropertiesCountIs(
    "AWS::Lambda::Function",
    {
      Environment: {
        Variables: Match.objectLike({
          CALLBACK_URL: {
            "Fn::Join": [
              "",
              [
                "https://",
                { Ref: Match.stringLikeRegexp("^ChatApi") },
                ".execute-api.",
                { Ref: "AWS::Region" },
                ".",
                { Ref: "AWS::URLSuffix" },
                "/prod",
              ],
            ],
          },
        }),
      },
    },
    2,
  );
});

test("behind the edge visitors connect to CloudFront", () => {
  // WHEN
  const template = Template.fromStack(newStack(everything));
  // THEN
  template.hasOutput("WebSocketUrl", { Value: "wss://chat.example.com" });
  template.hasOutput("ScriptUrl", {
    Value: "https://widget.example.com/bedrock-chat.js",
  });
  template.hasResourceProperties("AWS::SNS::Subscription", {
    Protocol: "email",
    Endpoint: "a@example.com",
  });
  // The router believes what CloudFront says of addresses: it may read the key that CloudFront sends, and so it does.
  const [router] = Object.values(
    template.findResources("AWS::Lambda::Function", {
      Properties: {
        Environment: { Variables: { EDGE_KEY_SECRET_ID: Match.anyValue() } },
      },
    }),
  ) as {
    Properties: {
      Environment: { Variables: { EDGE_KEY_SECRET_ID: { Ref: string } } };
    };
  }[];
  const key = router!.Properties.Environment.Variables.EDGE_KEY_SECRET_ID;
  assert.match(key.Ref, /OriginKey1/);
  template.hasResourceProperties("AWS::IAM::Policy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Action: [
            "secretsmanager:GetSecretValue",
            "secretsmanager:DescribeSecret",
          ],
          Effect: "Allow",
          Resource: key,
        },
      ]),
    },
  });
});

test("limits, budgets and prices reach the functions, checked", () => {
  const [model] = config.stages.prod!.models;
  assert.throws(
    () => newStack({ limits: { visitorQuestionsPerMinute: -1 } }),
    /^ConfigError: limits\.visitorQuestionsPerMinute is -1; expected a whole number from 0 to /,
  );
  assert.throws(
    () =>
      newStack({
        models: [{ ...model!, prices: undefined }],
        budgets: { dollarsPerDay: 5 },
      }),
    /^ConfigError: models\[0\]\.prices is missing; expected .* because budgets\.dollarsPerDay is 5\./,
  );
});

for (const [name, overrides, stage] of [
  ["the default", {}, "prod"],
  ["dev", {}, "dev"],
  ["everything switched on", everything, "prod"],
  [
    "a domain, and no hosting",
    { domain: domain("chat.example.com"), hostWidget: false },
    "prod",
  ],
] as const)
  test(`cdk-nag finds nothing in ${name}`, () => {
    // GIVEN
    const stack = newStack(overrides, stage);
    // THEN synthesis, which fails on findings, succeeds
    (stack.node.root as App).synth();
  });

test("cdk-nag would find something", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new Bucket(stack, "Bucket");
  // THEN
  assert.throws(() => (stack.node.root as App).synth(), /Validation failed/);
});

test("no statement allows a wildcard action, and Bedrock's are named one by one", () => {
  // WHEN
  const actions = [newStack(), newStack(everything)].flatMap((stack) =>
    allowed(Template.fromStack(stack)).flatMap(({ Action }) => Action),
  );
  // THEN
  assert.ok(actions.length > 20);
  assert.deepEqual(
    actions.filter((action) => action.includes("*")),
    [],
  );
  assert.deepEqual(
    [...new Set(actions.filter((action) => action.startsWith("bedrock:")))],
    ["bedrock:InvokeModelWithResponseStream", "bedrock:ApplyGuardrail"],
  );
});

test("prod keeps its data, dev does not", () => {
  for (const [name, DeletionPolicy] of [
    ["prod", "Retain"],
    ["dev", "Delete"],
  ] as const) {
    // WHEN
    const template = Template.fromStack(newStack({}, name));
    // THEN
    template.hasResource("AWS::DynamoDB::Table", { DeletionPolicy });
    template.hasResource("AWS::SecretsManager::Secret", { DeletionPolicy });
    template.hasResource("AWS::S3::Bucket", { DeletionPolicy });
  }
});

for (const [overrides, message] of [
  [
    {
      domain: domain("a.example.com"),
      edge: { domain: domain("b.example.com") },
    },
    /^domain is "a\.example\.com"; expected nothing beside edge/,
  ],
  [
    { domain: { ...domain("a.example.com"), hostedZoneName: undefined } },
    /^hostedZoneId is Z123 and hostedZoneName is undefined; expected both or neither\.$/,
  ],
  [{ logRetentionDays: 8 }, /^logRetentionDays is 8; expected one of 1, 3, 5,/],
] as const)
  test(`${JSON.stringify(overrides).slice(0, 60)} is refused`, () => {
    assert.throws(() => newStack(overrides), { message });
  });
