import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { type CfnElement, RemovalPolicy } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { HostedZone } from "aws-cdk-lib/aws-route53";
import { newStack, widgetPath } from "../test/support/stacks.ts";
import { readWidgetFiles } from "./widget-files.ts";
import { WidgetHosting } from "./widget-hosting.ts";

const certificateArn =
  "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555";

test("only CloudFront reads the bucket, by its own identity", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new WidgetHosting(stack, "Widget", { path: widgetPath });
  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties("AWS::S3::Bucket", {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  });
  template.hasResourceProperties("AWS::CloudFront::OriginAccessControl", {
    OriginAccessControlConfig: {
      OriginAccessControlOriginType: "s3",
      SigningBehavior: "always",
      SigningProtocol: "sigv4",
    },
  });
  template.hasResourceProperties("AWS::S3::BucketPolicy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: "s3:GetObject",
          Principal: { Service: "cloudfront.amazonaws.com" },
        }),
      ]),
    },
  });
});

test("a page of any origin may load the script", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new WidgetHosting(stack, "Widget", { path: widgetPath });
  // THEN
  Template.fromStack(stack).hasResourceProperties(
    "AWS::CloudFront::ResponseHeadersPolicy",
    {
      ResponseHeadersPolicyConfig: {
        CorsConfig: {
          AccessControlAllowOrigins: { Items: ["*"] },
          AccessControlAllowCredentials: false,
        },
        SecurityHeadersConfig: {
          ContentTypeOptions: { Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
        },
        CustomHeadersConfig: {
          Items: [
            Match.objectLike({
              Header: "Cross-Origin-Resource-Policy",
              Value: "cross-origin",
            }),
          ],
        },
      },
    },
  );
});

test("a release has its own path for ever; the rest follows within minutes, chunks before entries", () => {
  // GIVEN
  const stack = newStack();
  const { release } = readWidgetFiles(widgetPath);
  // WHEN
  new WidgetHosting(stack, "Widget", { path: widgetPath });
  // THEN
  const deployments = Object.entries(
    Template.fromStack(stack).findResources("Custom::CDKBucketDeployment"),
  ) as [string, { Properties: Record<string, unknown>; DependsOn: string[] }][];
  assert.equal(deployments.length, 3);
  for (const [, { Properties }] of deployments) {
    assert.equal(Properties.Prune, false);
    // What an update leaves behind is what old pages load.
    assert.notEqual(Properties.RetainOnDelete, false);
  }
  const [versioned, chunks, entries] = deployments;
  assert.equal(
    versioned![1].Properties.DestinationBucketKeyPrefix,
    `v/${release}`,
  );
  assert.deepEqual(versioned![1].Properties.SystemMetadata, {
    "cache-control": "public, max-age=31536000, immutable",
  });
  assert.deepEqual(chunks![1].Properties.Exclude, [
    "bedrock-chat.js",
    "embed.js",
  ]);
  assert.deepEqual(entries![1].Properties.Include, [
    "bedrock-chat.js",
    "embed.js",
  ]);
  assert.ok(chunks![1].DependsOn.includes(versioned![0]));
  assert.ok(entries![1].DependsOn.includes(chunks![0]));
  for (const [, { Properties }] of [chunks!, entries!])
    assert.deepEqual(Properties.SystemMetadata, {
      "cache-control": "public, max-age=300",
    });
});

test("the script's URL names version and content, and comes with its integrity", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  const widget = new WidgetHosting(stack, "Widget", {
    path: widgetPath,
    domainName: "widget.example.com",
    certificate: Certificate.fromCertificateArn(stack, "C", certificateArn),
  });
  // THEN
  assert.match(
    widget.scriptUrl,
    /^https:\/\/widget\.example\.com\/v\/1\.2\.3-[0-9a-f]{12}\/bedrock-chat\.js$/,
  );
  assert.equal(
    widget.latestScriptUrl,
    "https://widget.example.com/bedrock-chat.js",
  );
  const sha = createHash("sha384")
    .update(readFileSync(join(widgetPath, "bedrock-chat.js")))
    .digest("base64");
  assert.equal(widget.integrity, `sha384-${sha}`);
});

test("a change in any file is another release", (t) => {
  // GIVEN
  const copy = mkdtempSync(join(tmpdir(), "widget-"));
  t.after(() => rmSync(copy, { recursive: true }));
  cpSync(widgetPath, copy, { recursive: true });
  // WHEN
  writeFileSync(join(copy, "bedrock-chat.panel-x1.js"), "export {};\n");
  // THEN
  assert.notEqual(
    readWidgetFiles(copy).release,
    readWidgetFiles(widgetPath).release,
  );
});

test("a domain of one's own gets TLS 1.2 and both records", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new WidgetHosting(stack, "Widget", {
    path: widgetPath,
    domainName: "widget.example.com",
    certificate: Certificate.fromCertificateArn(stack, "C", certificateArn),
    hostedZone: HostedZone.fromHostedZoneAttributes(stack, "Zone", {
      hostedZoneId: "Z123",
      zoneName: "example.com",
    }),
  });
  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties("AWS::CloudFront::Distribution", {
    DistributionConfig: {
      Aliases: ["widget.example.com"],
      ViewerCertificate: { MinimumProtocolVersion: "TLSv1.2_2021" },
    },
  });
  for (const Type of ["A", "AAAA"])
    template.hasResourceProperties("AWS::Route53::RecordSet", {
      Name: "widget.example.com.",
      Type,
    });
});

test("the bucket outlives the stack, unless told otherwise", () => {
  for (const [removalPolicy, DeletionPolicy, emptied] of [
    [undefined, "Retain", 0],
    [RemovalPolicy.DESTROY, "Delete", 1],
  ] as const) {
    // GIVEN
    const stack = newStack();
    // WHEN
    new WidgetHosting(stack, "Widget", { path: widgetPath, removalPolicy });
    // THEN
    const template = Template.fromStack(stack);
    template.hasResource("AWS::S3::Bucket", { DeletionPolicy });
    template.resourceCountIs("Custom::S3AutoDeleteObjects", emptied);
  }
});

test("two widgets of a stack are copied by one function, which may write into both buckets", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  const buckets = ["One", "Two"].map(
    (id) =>
      new WidgetHosting(stack, id, { path: widgetPath }).bucket.node
        .defaultChild as CfnElement,
  );
  // THEN
  const template = Template.fromStack(stack);
  const [policy, ...others] = Object.values(
    template.findResources("AWS::IAM::Policy"),
  );
  assert.deepEqual(others, []);
  for (const bucket of buckets)
    assert.match(
      JSON.stringify(policy),
      new RegExp(`"s3:PutObject".*${stack.getLogicalId(bucket)}`),
    );
});

for (const [props, message] of [
  [
    { path: "/nowhere" },
    /path is "\/nowhere"; expected a folder that holds bedrock-chat\.js/,
  ],
  [
    { path: widgetPath, domainName: "w.example.com" },
    /certificate is missing; expected a certificate in us-east-1 for w\.example\.com/,
  ],
] as const)
  test(`${JSON.stringify(props)} is refused`, () => {
    assert.throws(() => new WidgetHosting(newStack(), "W", props), message);
  });
