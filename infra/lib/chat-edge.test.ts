import assert from "node:assert/strict";
import test from "node:test";
import { App, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Code, Function, Runtime } from "aws-cdk-lib/aws-lambda";
import { newStack } from "../test/support/stacks.ts";
import { ChatApi } from "./chat-api.ts";
import { ChatEdge, type EdgeProps } from "./chat-edge.ts";

const webAclArn =
  "arn:aws:wafv2:us-east-1:123456789012:global/webacl/it/11111111-2222-3333-4444-555555555555";

function newEdge(stack: Stack, props: EdgeProps = {}): ChatEdge {
  const api = new ChatApi(stack, "Api", { connectKeyRequired: true });
  api.serveBy(
    new Function(stack, "Router", {
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: Code.fromInline("exports.handler = async () => {}"),
    }),
  );
  return new ChatEdge(stack, "Edge", { api, ...props });
}

const inVirginia = () =>
  new Stack(new App(), "Stack", { env: { region: "us-east-1" } });

test("handshakes need the key that CloudFront sends, and nothing else does", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  newEdge(stack, { webAclArn });
  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties("AWS::ApiGatewayV2::Route", {
    RouteKey: "$connect",
    ApiKeyRequired: true,
  });
  for (const RouteKey of ["$disconnect", "$default", "ping"])
    template.hasResourceProperties("AWS::ApiGatewayV2::Route", {
      RouteKey,
      ApiKeyRequired: Match.absent(),
    });
  const [key] = Object.values(
    template.findResources("AWS::ApiGateway::ApiKey"),
  ) as { Properties: { Value: unknown } }[];
  const [distribution] = Object.values(
    template.findResources("AWS::CloudFront::Distribution"),
  ) as {
    Properties: {
      DistributionConfig: {
        WebACLId: unknown;
        Origins: {
          OriginPath: string;
          OriginCustomHeaders: { HeaderName: string; HeaderValue: unknown }[];
        }[];
      };
    };
  }[];
  const { WebACLId, Origins } = distribution!.Properties.DistributionConfig;
  assert.equal(WebACLId, webAclArn);
  assert.equal(Origins[0]!.OriginPath, "/prod");
  assert.deepEqual(Origins[0]!.OriginCustomHeaders, [
    { HeaderName: "x-api-key", HeaderValue: key!.Properties.Value },
  ]);
  assert.match(
    JSON.stringify(key!.Properties.Value),
    /\{\{resolve:secretsmanager:/,
  );
  const [stage] = Object.keys(
    template.findResources("AWS::ApiGatewayV2::Stage"),
  );
  template.hasResource("AWS::ApiGateway::UsagePlan", {
    Properties: { ApiStages: [Match.objectLike({ Stage: "prod" })] },
    DependsOn: Match.arrayWith([stage]),
  });
  template.resourceCountIs("AWS::WAFv2::WebACL", 0);
});

test("in us-east-1 the web ACL is made, and counts handshakes by address", () => {
  // GIVEN
  const stack = inVirginia();
  // WHEN
  newEdge(stack, { handshakeLimit: 50 });
  // THEN
  Template.fromStack(stack).hasResourceProperties("AWS::WAFv2::WebACL", {
    Scope: "CLOUDFRONT",
    Rules: Match.arrayWith([
      Match.objectLike({
        Action: { Block: {} },
        Statement: {
          RateBasedStatement: Match.objectLike({
            AggregateKeyType: "IP",
            Limit: 50,
          }),
        },
      }),
    ]),
  });
});

test("another version is another key, at both ends", () => {
  const keys = [1, 2].map((keyVersion) => {
    // GIVEN
    const stack = newStack();
    // WHEN
    newEdge(stack, { webAclArn, keyVersion });
    // THEN
    const template = Template.fromStack(stack);
    const [secret] = Object.keys(
      template.findResources("AWS::SecretsManager::Secret"),
    );
    for (const type of [
      "AWS::ApiGateway::ApiKey",
      "AWS::CloudFront::Distribution",
    ])
      assert.match(
        JSON.stringify(template.findResources(type)),
        new RegExp(`resolve:secretsmanager:",\\{"Ref":"${secret}"`),
      );
    return secret;
  });
  assert.notEqual(keys[0], keys[1]);
});

for (const [why, stack, props, message] of [
  [
    "no web ACL elsewhere",
    newStack(),
    {},
    /webAclArn is missing; expected an ARN of a CloudFront web ACL, or a stack whose region is us-east-1/,
  ],
  [
    "a domain without a certificate",
    newStack(),
    { webAclArn, domainName: "chat.example.com" },
    /certificate is missing; expected a certificate in us-east-1 for chat\.example\.com/,
  ],
  [
    "a limit that AWS WAF does not know",
    inVirginia(),
    { handshakeLimit: 9 },
    /handshakeLimit is 9; expected a whole number from 10/,
  ],
] as const)
  test(`${why} is refused`, () => {
    assert.throws(() => newEdge(stack, props), message);
  });
