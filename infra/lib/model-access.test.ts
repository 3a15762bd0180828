import assert from "node:assert/strict";
import test from "node:test";
import { Lazy } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { newStack, statementsOf } from "../test/support/stacks.ts";
import {
  grantApplyGuardrail,
  grantInvokeModels,
  type InvokableModel,
  type ModelAccessOptions,
} from "./model-access.ts";

/** Statements after granting, with tokens written as `${…}`. */
function granted(model: InvokableModel, options?: ModelAccessOptions) {
  const stack = newStack();
  const role = new Role(stack, "Role", {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
  });
  grantInvokeModels(role, [model], options);
  return statementsOf(
    Template.fromStack(stack),
    stack.getLogicalId(role.node.defaultChild as never),
  ).map(({ actions, resources, condition }) => ({
    actions,
    resources: resources.map(text),
    through: (
      condition as
        { ArnEquals: { "bedrock:InferenceProfileArn": unknown } } | undefined
    )?.ArnEquals["bedrock:InferenceProfileArn"],
  }));
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  const { Ref, "Fn::Join": join } = value as {
    Ref?: string;
    "Fn::Join"?: [string, unknown[]];
  };
  return Ref ? `\${${Ref}}` : join![1].map(text).join(join![0]);
}

const actions = ["bedrock:InvokeModelWithResponseStream"];
const model = (region: string, name: string) =>
  `arn:\${AWS::Partition}:bedrock:${region}::foundation-model/${name}`;
const profile = (name: string) =>
  `arn:\${AWS::Partition}:bedrock:\${AWS::Region}:\${AWS::AccountId}:inference-profile/${name}`;

test("a foundation model is granted in the stack's region", () => {
  assert.deepEqual(granted({ modelId: "amazon.nova-lite-v1:0" }), [
    {
      actions,
      resources: [model("${AWS::Region}", "amazon.nova-lite-v1:0")],
      through: undefined,
    },
  ]);
});

test("a profile is granted, and its model in each destination region by way of it alone", () => {
  // WHEN
  const [own, destinations, ...others] = granted({
    modelId: "us.anthropic.claude-haiku-4-5-20251001-v1:0",
  });
  // THEN
  assert.deepEqual(others, []);
  assert.deepEqual(own!.resources, [
    profile("us.anthropic.claude-haiku-4-5-20251001-v1:0"),
  ]);
  assert.deepEqual(
    destinations!.resources,
    ["us-east-1", "us-east-2", "us-west-1", "us-west-2"].map((region) =>
      model(region, "anthropic.claude-haiku-4-5-20251001-v1:0"),
    ),
  );
  assert.equal(text(destinations!.through), own!.resources[0]);
});

test("a global profile reaches its model here and under the ARN without a region", () => {
  // WHEN
  const [, destinations] = granted({
    modelId: "global.anthropic.claude-haiku-4-5-20251001-v1:0",
  });
  // THEN
  assert.deepEqual(destinations!.resources, [
    model("${AWS::Region}", "anthropic.claude-haiku-4-5-20251001-v1:0"),
    model("", "anthropic.claude-haiku-4-5-20251001-v1:0"),
  ]);
});

for (const [prefix, count] of [
  ["eu", 8],
  ["apac", 13],
  ["jp", 2],
  ["au", 2],
  ["us-gov", 2],
] as const)
  test(`a profile of ${prefix}. reaches ${count} regions`, () => {
    const [, destinations] = granted({
      modelId: `${prefix}.amazon.nova-lite-v1:0`,
    });
    assert.equal(destinations!.resources.length, count);
  });

test("destination regions can be overridden, and kinds of profiles added", () => {
  // GIVEN
  const options = {
    inferenceRegions: { eu: ["eu-west-1"], ca: ["ca-west-1"] },
  };
  // WHEN
  const [, eu] = granted({ modelId: "eu.amazon.nova-lite-v1:0" }, options);
  const [, ca] = granted({ modelId: "ca.amazon.nova-lite-v1:0" }, options);
  // THEN
  assert.deepEqual(eu!.resources, [
    model("eu-west-1", "amazon.nova-lite-v1:0"),
  ]);
  assert.deepEqual(ca!.resources, [
    model("ca-west-1", "amazon.nova-lite-v1:0"),
  ]);
});

test("a profile by its ARN is granted in that ARN's region", () => {
  // WHEN
  const arn =
    "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/global.amazon.nova-2-lite-v1:0";
  const [own, destinations] = granted({ modelId: arn });
  // THEN
  assert.deepEqual(own!.resources, [arn]);
  assert.deepEqual(destinations!.resources, [
    model("eu-west-1", "amazon.nova-2-lite-v1:0"),
    model("", "amazon.nova-2-lite-v1:0"),
  ]);
});

for (const arn of [
  "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
  "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123",
  "arn:aws:bedrock:us-east-1:123456789012:imported-model/abc123",
])
  test(`${arn} is granted as it is`, () => {
    assert.deepEqual(granted({ modelId: arn }), [
      { actions, resources: [arn], through: undefined },
    ]);
  });

test("ARNs given by the owner are all that is granted", () => {
  // GIVEN
  const invokableArns = [
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p",
    "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
  ];
  // WHEN
  const statements = granted({ modelId: invokableArns[0]!, invokableArns });
  // THEN
  assert.deepEqual(statements, [
    { actions, resources: invokableArns, through: undefined },
  ]);
});

for (const [modelId, message] of [
  ["", /modelId is ""; expected a Bedrock model id/],
  ["claude", /modelId is "claude"; expected a Bedrock model id/],
  ["amazon.*", /expected a Bedrock model id/],
  ["xx.amazon.nova-lite-v1:0", /a profile that begins with one of us, /],
  ["arn:aws:s3:::bucket", /an ARN of something that Bedrock invokes/],
  [
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p",
    /`invokableArns` beside an application inference profile/,
  ],
  [Lazy.string({ produce: () => "x" }), /a token"; expected an id or ARN/],
] as const)
  test(`the model id ${JSON.stringify(modelId)} is refused`, () => {
    assert.throws(() => granted({ modelId }), message);
  });

test("no model is refused", () => {
  assert.throws(
    () =>
      grantInvokeModels(
        new ServicePrincipal("lambda.amazonaws.com").grantPrincipal,
        [],
      ),
    /models is \[\]; expected at least one model/,
  );
});

for (const [id, arn] of [
  [
    "abc123",
    "arn:${AWS::Partition}:bedrock:${AWS::Region}:${AWS::AccountId}:guardrail/abc123",
  ],
  [
    "arn:aws:bedrock:eu-west-1:123456789012:guardrail/abc123",
    "arn:aws:bedrock:eu-west-1:123456789012:guardrail/abc123",
  ],
] as const)
  test(`the guardrail ${id} may be applied, and no other`, () => {
    // GIVEN
    const stack = newStack();
    const role = new Role(stack, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    });
    // WHEN
    grantApplyGuardrail(role, { id });
    // THEN
    const [statement, ...others] = statementsOf(
      Template.fromStack(stack),
      stack.getLogicalId(role.node.defaultChild as never),
    );
    assert.deepEqual(statement?.actions, ["bedrock:ApplyGuardrail"]);
    assert.deepEqual(statement.resources.map(text), [arn]);
    assert.deepEqual(others, []);
  });
