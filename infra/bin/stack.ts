import {
  CfnOutput,
  Duration,
  RemovalPolicy,
  Stack,
  type StackProps,
  Tags,
} from "aws-cdk-lib";
import {
  Certificate,
  type ICertificate,
} from "aws-cdk-lib/aws-certificatemanager";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { HostedZone, type IHostedZone } from "aws-cdk-lib/aws-route53";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import { BedrockChat, type BedrockChatProps } from "../lib/bedrock-chat.ts";
import type { ChosenStage, DomainConfig, StageConfig } from "./config.ts";

/** Stand-ins that tests give in place of what the build makes. */
type Assets = Pick<BedrockChatProps, "handlersPath"> & {
  readonly widgetPath?: string;
};

/** The app's one stack: a stage's plain values made into props, and what an operator needs to know as outputs. */
export class BedrockChatStack extends Stack {
  constructor(
    scope: Construct,
    stage: ChosenStage,
    assets: Assets = {},
    props: StackProps = {},
  ) {
    const { account, region } = stage.config;
    super(scope, `BedrockChat-${stage.name}`, {
      description: "A chat with Amazon Bedrock for web pages",
      env: { account, region },
      ...props,
    });
    Tags.of(this).add("bedrock-chat", stage.name);
    const chat = new BedrockChat(
      this,
      "Chat",
      toProps(this, stage.config, assets),
    );
    const output = (name: string, description: string, value?: string) => {
      if (value !== undefined)
        new CfnOutput(this, name, { description, value });
    };
    output("WebSocketUrl", "The widget's endpoint", chat.webSocketUrl);
    output(
      "ScriptUrl",
      "The widget's script, always the latest: give it no integrity",
      chat.scriptUrl,
    );
    output(
      "Snippet",
      "Paste this into a page: this release of the script, for ever",
      chat.snippet,
    );
    output(
      "CspLine",
      "What the page's Content-Security-Policy must allow, if it has one",
      chat.cspLine,
    );
    output("DashboardUrl", "How the chat is doing", chat.dashboardUrl);
    output(
      "TableName",
      "Where conversations are kept, for npm run export",
      chat.table.table.tableName,
    );
  }
}

function toProps(
  stack: Stack,
  config: StageConfig,
  { handlersPath, widgetPath }: Assets,
): BedrockChatProps {
  const {
    retentionDays,
    keepData = true,
    logRetentionDays,
    domain,
    widgetDomain,
    hostWidget = true,
    edge,
    alarms,
    ...same
  } = config;
  const removalPolicy = keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  return {
    ...same,
    handlersPath,
    retention:
      retentionDays === undefined ? undefined : Duration.days(retentionDays),
    logRetention: logRetention(logRetentionDays),
    removalPolicy,
    deletionProtection: keepData,
    pointInTimeRecovery: keepData,
    domain: domain && {
      ...toDomain(stack, "Domain", domain),
      path: domain.path,
    },
    edge: edge && {
      handshakeLimit: edge.handshakeLimit,
      webAclArn: edge.webAclArn,
      keyVersion: edge.keyVersion,
      ...(edge.domain && toDomain(stack, "EdgeDomain", edge.domain)),
    },
    widget: hostWidget && {
      path: widgetPath,
      removalPolicy,
      ...(widgetDomain && toDomain(stack, "WidgetDomain", widgetDomain)),
    },
    alarms: {
      ...alarms,
      topic:
        alarms?.email === undefined ? undefined : newTopic(stack, alarms.email),
    },
  };
}

function toDomain(
  stack: Stack,
  id: string,
  { domainName, certificateArn, hostedZoneId, hostedZoneName }: DomainConfig,
): {
  domainName: string;
  certificate: ICertificate;
  hostedZone: IHostedZone | undefined;
} {
  if ((hostedZoneId === undefined) !== (hostedZoneName === undefined))
    throw new Error(
      `hostedZoneId is ${hostedZoneId} and hostedZoneName is ${hostedZoneName}; expected both or neither.`,
    );
  return {
    domainName,
    certificate: Certificate.fromCertificateArn(
      stack,
      `${id}Certificate`,
      certificateArn,
    ),
    hostedZone:
      hostedZoneId === undefined
        ? undefined
        : HostedZone.fromHostedZoneAttributes(stack, `${id}Zone`, {
            hostedZoneId,
            zoneName: hostedZoneName!,
          }),
  };
}

function logRetention(days: number | undefined): RetentionDays | undefined {
  if (days === undefined) return undefined;
  const known = Object.values(RetentionDays).filter(
    (value) => typeof value === "number",
  );
  if (known.includes(days)) return days;
  throw new Error(
    `logRetentionDays is ${days}; expected one of ${known.join(", ")}.`,
  );
}

function newTopic(stack: Stack, email: string): ITopic {
  const topic = new Topic(stack, "AlarmTopic", {
    displayName: "Chat",
    enforceSSL: true,
  });
  topic.addSubscription(new EmailSubscription(email));
  return topic;
}
