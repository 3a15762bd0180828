import assert from "node:assert/strict";
import test from "node:test";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Code, Function, Runtime } from "aws-cdk-lib/aws-lambda";
import { newStack, statementsOf } from "../test/support/stacks.ts";
import { ChatApi } from "./chat-api.ts";

const newFunction = (stack: ReturnType<typeof newStack>) =>
  new Function(stack, "Function", {
    runtime: Runtime.NODEJS_24_X,
    handler: "index.handler",
    code: Code.fromInline("exports.handler = async () => {}"),
  });

test("the router serves connects, disconnects and whatever has no route", () => {
  // GIVEN
  const stack = newStack();
  const api = new ChatApi(stack, "Api");
  // WHEN
  api.serveBy(newFunction(stack));
  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties("AWS::ApiGatewayV2::Api", {
    ProtocolType: "WEBSOCKET",
    RouteSelectionExpression: "$request.body.type",
  });
  for (const RouteKey of ["$connect", "$disconnect", "$default"])
    template.hasResourceProperties("AWS::ApiGatewayV2::Route", {
      RouteKey,
      AuthorizationType: "NONE",
      RouteResponseSelectionExpression: Match.absent(),
    });
  template.resourceCountIs("AWS::ApiGatewayV2::Route", 4);
  template.resourcePropertiesCountIs(
    "AWS::ApiGatewayV2::Integration",
    { IntegrationType: "AWS_PROXY" },
    3,
  );
  template.resourceCountIs("AWS::Lambda::Permission", 3);
});

test("a heartbeat is answered without a function, by the integration's response and the route's", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new ChatApi(stack, "Api");
  // THEN
  const template = Template.fromStack(stack);
  const [integration] = Object.entries(
    template.findResources("AWS::ApiGatewayV2::Integration"),
  );
  const [route] = Object.entries(
    template.findResources("AWS::ApiGatewayV2::Route"),
  );
  template.hasResourceProperties("AWS::ApiGatewayV2::Integration", {
    IntegrationType: "MOCK",
    TemplateSelectionExpression: "\\$default",
    RequestTemplates: { $default: '{"statusCode":200}' },
  });
  template.hasResourceProperties("AWS::ApiGatewayV2::IntegrationResponse", {
    IntegrationId: { Ref: integration![0] },
    IntegrationResponseKey: "$default",
    TemplateSelectionExpression: "\\$default",
    ResponseTemplates: { $default: '{"type":"pong"}' },
  });
  template.hasResourceProperties("AWS::ApiGatewayV2::Route", {
    RouteKey: "ping",
    RouteResponseSelectionExpression: "$default",
    Target: { "Fn::Join": ["", ["integrations/", { Ref: integration![0] }]] },
  });
  template.hasResourceProperties("AWS::ApiGatewayV2::RouteResponse", {
    RouteId: { Ref: route![0] },
    RouteResponseKey: "$default",
  });
});

test("the stage throttles, and logs neither texts nor queries nor addresses", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new ChatApi(stack, "Api", {
    stageName: "chat",
    throttleRate: 7,
    throttleBurst: 9,
  });
  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
    StageName: "chat",
    AutoDeploy: true,
    DefaultRouteSettings: {
      ThrottlingRateLimit: 7,
      ThrottlingBurstLimit: 9,
      DataTraceEnabled: Match.absent(),
    },
  });
  const [stage] = Object.values(
    template.findResources("AWS::ApiGatewayV2::Stage"),
  ) as { Properties: { AccessLogSettings: { Format: string } } }[];
  const { Format } = stage!.Properties.AccessLogSettings;
  assert.match(Format, /\$context\.requestId/);
  assert.doesNotMatch(Format, /query|body|input|identity|path/i);
});

test("logging waits for the account's role, which stays behind", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new ChatApi(stack, "Api");
  // THEN
  const template = Template.fromStack(stack);
  const [account] = Object.keys(
    template.findResources("AWS::ApiGateway::Account", {
      DeletionPolicy: "Retain",
    }),
  );
  template.hasResource("AWS::ApiGatewayV2::Stage", {
    DependsOn: Match.arrayWith([account]),
  });
});

test("an account whose role is managed elsewhere keeps it", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new ChatApi(stack, "Api", { accountLogRole: false });
  // THEN
  Template.fromStack(stack).resourceCountIs("AWS::ApiGateway::Account", 0);
});

test("the grant is for posts and closes of this stage only", () => {
  // GIVEN
  const stack = newStack();
  const role = new Role(stack, "Role", {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
  });
  const api = new ChatApi(stack, "Api", { stageName: "chat" });
  // WHEN
  api.grantManageConnections(role);
  // THEN
  const [statement, ...others] = statementsOf(
    Template.fromStack(stack),
    stack.getLogicalId(role.node.defaultChild as never),
  );
  assert.deepEqual(others, []);
  assert.deepEqual(statement!.actions, ["execute-api:ManageConnections"]);
  assert.deepEqual(
    statement!.resources.map(
      (resource) => JSON.stringify(resource).match(/\/chat[^"]*/)?.[0],
    ),
    ["/chat/POST/@connections/*", "/chat/DELETE/@connections/*"],
  );
});

for (const [prop, value, message] of [
  ["throttleRate", 0, /throttleRate is 0; expected a whole number from 1 to/],
  ["throttleBurst", 1.5, /throttleBurst is 1\.5; expected a whole number/],
  ["stageName", "a b", /stageName is "a b"; expected 1 to 128 letters/],
] as const)
  test(`${prop} ${JSON.stringify(value)} is refused`, () => {
    assert.throws(
      () => new ChatApi(newStack(), "Api", { [prop]: value }),
      message,
    );
  });
