import assert from "node:assert/strict";
import test from "node:test";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { HostedZone } from "aws-cdk-lib/aws-route53";
import { newStack } from "../test/support/stacks.ts";
import { ChatApi } from "./chat-api.ts";
import { ChatDomain, type ChatDomainProps } from "./chat-domain.ts";

function newDomain(props: Partial<ChatDomainProps> = {}) {
  const stack = newStack();
  const { api, stage } = new ChatApi(stack, "Api");
  const domain = new ChatDomain(stack, "Domain", {
    api,
    stage,
    domainName: "chat.example.com",
    certificate: Certificate.fromCertificateArn(
      stack,
      "Certificate",
      "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
    ),
    ...props,
  });
  return { stack, domain };
}

test("the stage is mapped to the domain's root", () => {
  // WHEN
  const { stack, domain } = newDomain();
  // THEN
  assert.equal(domain.webSocketUrl, "wss://chat.example.com");
  const template = Template.fromStack(stack);
  template.hasResourceProperties("AWS::ApiGatewayV2::DomainName", {
    DomainName: "chat.example.com",
    DomainNameConfigurations: [
      Match.objectLike({ EndpointType: "REGIONAL", SecurityPolicy: "TLS_1_2" }),
    ],
  });
  const [stage] = Object.keys(
    template.findResources("AWS::ApiGatewayV2::Stage"),
  );
  template.hasResource("AWS::ApiGatewayV2::ApiMapping", {
    Properties: { Stage: "prod", ApiMappingKey: Match.absent() },
    DependsOn: Match.arrayWith([stage]),
  });
  template.resourceCountIs("AWS::Route53::RecordSet", 0);
});

test("a path is part of the URL, and a zone gets both records", () => {
  // GIVEN
  const zoneStack = newStack();
  const hostedZone = HostedZone.fromHostedZoneAttributes(zoneStack, "Zone", {
    hostedZoneId: "Z123",
    zoneName: "example.com",
  });
  // WHEN
  const { stack, domain } = newDomain({ path: "v1", hostedZone });
  // THEN
  assert.equal(domain.webSocketUrl, "wss://chat.example.com/v1");
  const template = Template.fromStack(stack);
  template.hasResourceProperties("AWS::ApiGatewayV2::ApiMapping", {
    ApiMappingKey: "v1",
  });
  for (const Type of ["A", "AAAA"])
    template.hasResourceProperties("AWS::Route53::RecordSet", {
      Name: "chat.example.com.",
      Type,
    });
});

for (const [props, message] of [
  [
    { domainName: "wss://x" },
    /domainName is "wss:\/\/x"; expected a host name/,
  ],
  [{ path: "/v1" }, /path is "\/v1"; expected letters, digits/],
] as const)
  test(`${JSON.stringify(props)} is refused`, () => {
    assert.throws(() => newDomain(props), message);
  });
