import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { App, Aws, Duration, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import {
  model,
  newChat,
  newStack,
  statementsOf,
} from "../test/support/stacks.ts";
import type { ChatFunctionsProps } from "./chat-functions.ts";
import { settingsFile, type ChatAuth } from "./settings.ts";

const newFunctions = (stack: Stack, props: Partial<ChatFunctionsProps> = {}) =>
  newChat(stack, props).functions;

function actionsOf(stack: Stack, name: "router" | "worker"): string[] {
  const functions = newFunctions(stack);
  return statementsOf(
    Template.fromStack(stack),
    stack.getLogicalId(
      functions[name].node.findChild("Role").node.defaultChild as never,
    ),
  )
    .flatMap(({ actions }) => actions)
    .sort();
}

test("both functions run on Node.js 24 and arm64, traced, each with its own log group", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  newFunctions(stack);
  // THEN
  const template = Template.fromStack(stack);
  template.resourcePropertiesCountIs(
    "AWS::Lambda::Function",
    {
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      TracingConfig: { Mode: "Active" },
      LoggingConfig: { LogGroup: Match.anyValue() },
    },
    2,
  );
  template.resourcePropertiesCountIs(
    "AWS::Logs::LogGroup",
    { RetentionInDays: 30 },
    3,
  );
  assert.deepEqual(
    Object.values(template.findResources("AWS::Lambda::Function"))
      .map(
        (found) =>
          (found as { Properties: { Timeout: number } }).Properties.Timeout,
      )
      .sort((a, b) => a - b),
    [10, 900],
  );
});

test("a question is given to the worker once, within a minute, or to the dead letters", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  newFunctions(stack);
  // THEN
  const template = Template.fromStack(stack);
  const [queue] = Object.keys(template.findResources("AWS::SQS::Queue"));
  template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
    DestinationConfig: {
      OnFailure: { Destination: { "Fn::GetAtt": [queue, "Arn"] } },
    },
  });
  template.hasResourceProperties("AWS::SQS::Queue", {
    SqsManagedSseEnabled: true,
  });
});

test("the router may invoke the worker and read the visitors' key, and call no model", () => {
  assert.deepEqual(actionsOf(newStack(), "router"), [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "execute-api:ManageConnections",
    "lambda:InvokeFunction",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
  ]);
});

test("the worker may call the models, and no other function", () => {
  const actions = actionsOf(newStack(), "worker");
  assert.deepEqual(
    actions.filter((action) => !/^(dynamodb|logs|xray):/.test(action)),
    [
      "bedrock:InvokeModelWithResponseStream",
      "execute-api:ManageConnections",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:SendMessage",
    ],
  );
});

test("props set the worker's limits and the logs", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  newFunctions(stack, {
    workerTimeoutSeconds: 300,
    workerConcurrency: 5,
    logLevel: "WARN",
  });
  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties("AWS::Lambda::Function", {
    Timeout: 300,
    ReservedConcurrentExecutions: 5,
  });
  template.resourcePropertiesCountIs(
    "AWS::Lambda::Function",
    { Environment: { Variables: Match.objectLike({ LOG_LEVEL: "WARN" }) } },
    2,
  );
});

test("two chats of one app have settings of their own", (t) => {
  // GIVEN
  const outdir = mkdtempSync(join(tmpdir(), "bedrock-chat-chats-"));
  t.after(() => rmSync(outdir, { recursive: true }));
  const app = new App({ outdir });
  // WHEN
  for (const name of ["Shoes", "Hats"])
    newFunctions(new Stack(app, name), { systemPrompt: `You sell ${name}.` });
  // THEN
  app.synth();
  const prompts = readdirSync(outdir)
    .filter((name) => name.startsWith("asset."))
    .map((name) => {
      const file = readFileSync(join(outdir, name, "settings.json"), "utf8");
      return (JSON.parse(file) as { systemPrompt: string }).systemPrompt;
    });
  assert.deepEqual([...new Set(prompts)].sort(), [
    "You sell Hats.",
    "You sell Shoes.",
  ]);
});

test("the handlers are told whose users may sign in", () => {
  const auth: ChatAuth = {
    issuers: [
      {
        type: "oidc",
        issuer: "https://id.example.com",
        audience: ["web", "app"],
      },
    ],
  };
  const file = settingsFile({ models: [model], auth });
  assert.partialDeepStrictEqual(file, { auth: { anonymous: false, ...auth } });
  assert.ok(!("auth" in settingsFile({ models: [model] })));
});

for (const [props, message] of [
  [{ models: [] }, /^models is \[\]; expected an array of at least one model/],
  [
    { models: [model, model] },
    /^models\[1\]\.id is "lite"; expected an id that no model before it has/,
  ],
  [
    { models: [{ ...model, maxTokens: 0 }] },
    /^models\[0\]\.maxTokens is 0; expected/,
  ],
  [{ defaultModel: "x" }, /^defaultModel is "x"; expected one of lite/],
  [{ retention: Duration.hours(12) }, /^retentionDays is 0.5; expected/],
  [{ maxTextLength: 90_000 }, /^limits\.maxTextLength is 90000; expected/],
  [
    { allowedOrigins: ["https://example.com/"] },
    /^allowedOrigins\[0\] is "https:\/\/example\.com\/"; expected an origin/,
  ],
  [
    { auth: { issuers: [] } },
    /^auth\.issuers is \[\]; expected at least one issuer/,
  ],
  [
    {
      auth: {
        issuers: [{ type: "cognito", userPoolId: "pool", clientId: "web" }],
      },
    },
    /^auth\.issuers\[0\]\.userPoolId is "pool"; expected an id such as/,
  ],
  [
    {
      auth: {
        issuers: [
          { type: "oidc", issuer: "http://id.example.com", audience: "web" },
        ],
      },
    },
    /^auth\.issuers\[0\]\.issuer is "http:\/\/id\.example\.com"; expected an https URL/,
  ],
  [
    { guardrail: { id: "My guardrail", version: "1" } },
    /^guardrail\.id is "My guardrail"; expected the id or the ARN of a guardrail/,
  ],
  [
    { guardrail: { id: "abc123def456", version: "latest" } },
    /^guardrail\.version is "latest"; expected a number as text, or "DRAFT"/,
  ],
  [
    { limits: { visitorQuestionsPerMinute: -1 } },
    /^limits\.visitorQuestionsPerMinute is -1; expected a whole number from 0/,
  ],
  [
    { budgets: { tokensPerDay: 0.5 } },
    /^budgets\.tokensPerDay is 0\.5; expected a whole number from 0/,
  ],
  [
    { budgets: { dollarsPerMonth: -5 } },
    /^budgets\.dollarsPerMonth is -5; expected/,
  ],
  [
    { budgets: { dollarsPerMonth: 5 } },
    /^models\[0\]\.prices is missing; expected .* because budgets\.dollarsPerMonth is 5\./,
  ],
  [
    {
      models: [
        { ...model, prices: { inputPerMillion: -1, outputPerMillion: 5 } },
      ],
    },
    /^models\[0\]\.prices\.inputPerMillion is -1; expected/,
  ],
  [{ unwatchedSeconds: -1 }, /^limits\.unwatchedSeconds is -1; expected/],
  [{ systemPrompt: Aws.REGION }, /known at synthesis, because they are packed/],
  [
    { workerTimeoutSeconds: 901 },
    /^workerTimeoutSeconds is 901; expected a whole number from 30 to 900/,
  ],
  [{ workerConcurrency: 0 }, /^workerConcurrency is 0; expected/],
  [
    { logLevel: "LOUD" as "INFO" },
    /^logLevel is "LOUD"; expected DEBUG, INFO, WARN or ERROR/,
  ],
  [
    { handlersPath: "/nowhere" },
    /^codePath is "\/nowhere\/worker"; expected a folder that holds index\.mjs/,
  ],
] as const)
  test(`${JSON.stringify(props).slice(0, 70)} is refused`, () => {
    assert.throws(() => newFunctions(newStack(), props), { message });
  });
