import assert from "node:assert/strict";
import test from "node:test";
import { RemovalPolicy } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { newStack, statementsOf } from "../test/support/stacks.ts";
import { ChatTable } from "./chat-table.ts";

test("the table has the keys, the index and the TTL that the handlers know", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new ChatTable(stack, "Table");
  // THEN
  Template.fromStack(stack).hasResourceProperties("AWS::DynamoDB::Table", {
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: "turn-order",
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "order", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
    BillingMode: "PAY_PER_REQUEST",
    TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
  });
});

test("without props a table is hard to lose", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new ChatTable(stack, "Table");
  // THEN
  Template.fromStack(stack).hasResource("AWS::DynamoDB::Table", {
    DeletionPolicy: "Retain",
    Properties: {
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: {
        PointInTimeRecoveryEnabled: true,
      },
    },
  });
});

test("each protection is a prop", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new ChatTable(stack, "Table", {
    pointInTimeRecovery: false,
    deletionProtection: false,
    removalPolicy: RemovalPolicy.DESTROY,
    encryptionKey: new Key(stack, "Key"),
  });
  // THEN
  Template.fromStack(stack).hasResource("AWS::DynamoDB::Table", {
    DeletionPolicy: "Delete",
    Properties: {
      SSESpecification: { SSEEnabled: true, SSEType: "KMS" },
      DeletionProtectionEnabled: false,
      PointInTimeRecoverySpecification: {
        PointInTimeRecoveryEnabled: false,
      },
    },
  });
});

test("the grant names the calls of the handlers, the table and its one index", () => {
  // GIVEN
  const stack = newStack();
  const role = new Role(stack, "Role", {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
  });
  const table = new ChatTable(stack, "Table");
  // WHEN
  table.grantReadWrite(role);
  // THEN
  const template = Template.fromStack(stack);
  const [statement, ...others] = statementsOf(
    template,
    stack.getLogicalId(role.node.defaultChild as never),
  );
  assert.deepEqual(others, []);
  assert.deepEqual(statement!.actions, [
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
  ]);
  assert.equal(statement!.resources.length, 2);
  assert.match(
    JSON.stringify(statement!.resources[1]),
    /"\/index\/turn-order"/,
  );
});
