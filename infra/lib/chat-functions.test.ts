import assert from "node:assert/strict";
import test from "node:test";
import type { Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { handlersPath, model, newStack, statementsOf } from "../test/stacks.ts";
import { ChatApi } from "./chat-api.ts";
import { ChatFunctions, type ChatFunctionsProps } from "./chat-functions.ts";
import { ChatTable } from "./chat-table.ts";
import { VisitorKey } from "./visitor-key.ts";

function newFunctions(
  stack: Stack,
  props: Partial<ChatFunctionsProps> = {},
): ChatFunctions {
  return new ChatFunctions(stack, "Functions", {
    api: new ChatApi(stack, "Api"),
    table: new ChatTable(stack, "Table"),
    visitorKey: new VisitorKey(stack, "VisitorKey"),
    models: [model],
    handlersPath,
    ...props,
  });
}

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

const other = { ...model, id: "other" };
for (const [props, message] of [
  [{ models: [] }, /models is \[\]; expected at least one model/],
  [{ models: [{ ...model, id: "a b" }] }, /models\[0\]\.id is "a b"; expected/],
  [
    { models: [model, model] },
    /models\[1\]\.id is "lite"; expected an id that no other/,
  ],
  [
    { models: [{ ...model, label: " " }] },
    /models\[0\]\.label is " "; expected a name/,
  ],
  [
    { models: [other, { ...model, maxTokens: 0 }] },
    /models\[1\]\.maxTokens is 0; expected/,
  ],
  [
    { models: [{ ...model, contextTokens: 1_000 }] },
    /models\[0\]\.contextTokens is 1000; expected a whole number from 1001/,
  ],
  [{ defaultModel: "x" }, /defaultModel is "x"; expected one of lite/],
  [{ retentionDays: 0 }, /retentionDays is 0; expected a whole number from 1/],
  [{ maxTextLength: 9_000 }, /maxTextLength is 9000; expected/],
  [{ unwatchedSeconds: -1 }, /unwatchedSeconds is -1; expected/],
  [
    { workerTimeoutSeconds: 901 },
    /workerTimeoutSeconds is 901; expected a whole number from 30 to 900/,
  ],
  [{ workerConcurrency: 0 }, /workerConcurrency is 0; expected/],
  [
    { logLevel: "LOUD" as "INFO" },
    /logLevel is "LOUD"; expected DEBUG, INFO, WARN or ERROR/,
  ],
  [
    { handlersPath: "/nowhere" },
    /codePath is "\/nowhere\/worker"; expected a folder that holds index\.mjs/,
  ],
] as const)
  test(`${JSON.stringify(props).slice(0, 70)} is refused`, () => {
    assert.throws(() => newFunctions(newStack(), props), message);
  });
