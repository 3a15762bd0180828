import { Duration, Fn, Stack, Validations } from "aws-cdk-lib";
import { ApiKey, UsagePlan } from "aws-cdk-lib/aws-apigatewayv2";
import type { ICertificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  PriceClass,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import {
  AaaaRecord,
  ARecord,
  type IHostedZone,
  RecordTarget,
} from "aws-cdk-lib/aws-route53";
import { CloudFrontTarget } from "aws-cdk-lib/aws-route53-targets";
import { type ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import type { ChatApi } from "./chat-api.ts";
import { expected, wholeNumber } from "./validate.ts";

export interface EdgeProps {
  /**
   * Handshakes that one address may make in five minutes. Not used beside `webAclArn`.
   *
   * @default 300
   */
  readonly handshakeLimit?: number;
  /**
   * A web ACL of the CloudFront kind.
   *
   * @default - one is made, for which the stack must be in us-east-1
   */
  readonly webAclArn?: string;
  /**
   * Number of the key by which the API knows CloudFront. Another number makes another key, and both hold until the
   * deployment is over.
   *
   * @default 1
   */
  readonly keyVersion?: number;
  /**
   * Host name of the WebSocket URL; needs `certificate`.
   *
   * @default - the name that CloudFront gives
   */
  readonly domainName?: string;
  /**
   * Certificate for `domainName`, in us-east-1.
   *
   * @default - none
   */
  readonly certificate?: ICertificate;
  /**
   * Zone that gets the records of `domainName`.
   *
   * @default - the records are made elsewhere
   */
  readonly hostedZone?: IHostedZone;
}

export interface ChatEdgeProps extends EdgeProps {
  /** An API with `connectKeyRequired`, or visitors could go around the edge. */
  readonly api: ChatApi;
}

const WAF_REGION = "us-east-1";
const WAF_WINDOW_SECONDS = 300;

/**
 * CloudFront and AWS WAF in front of the WebSocket API, which takes a web ACL by no other way. The API accepts handshakes
 * with a key only, and only CloudFront knows it.
 */
export class ChatEdge extends Construct {
  /** What the widget connects to. */
  readonly webSocketUrl: string;
  readonly distribution: Distribution;
  /** What CloudFront sends as `x-api-key`. */
  readonly originKey: ISecret;

  constructor(scope: Construct, id: string, props: ChatEdgeProps) {
    super(scope, id);
    const { domainName, certificate, hostedZone } = props;
    if (domainName !== undefined && !certificate)
      expected(
        "certificate",
        undefined,
        `a certificate in ${WAF_REGION} for ${domainName}`,
      );
    const { api, stage } = props.api;
    this.originKey = this.#makeKey(
      props.api,
      wholeNumber("keyVersion", props.keyVersion ?? 1, 1, 1_000_000),
    );
    this.distribution = new Distribution(this, "Distribution", {
      comment: "Chat: WebSocket API behind AWS WAF",
      webAclId: props.webAclArn ?? this.#makeWebAcl(props.handshakeLimit),
      domainNames: domainName === undefined ? undefined : [domainName],
      certificate,
      // WebSockets are upgraded from HTTP/1.1; pages open no other requests here.
      httpVersion: HttpVersion.HTTP1_1,
      priceClass: PriceClass.PRICE_CLASS_ALL,
      defaultBehavior: {
        origin: new HttpOrigin(Fn.select(2, Fn.split("/", api.apiEndpoint)), {
          originPath: `/${stage.stageName}`,
          protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
          customHeaders: {
            "x-api-key": this.originKey.secretValue.unsafeUnwrap(),
          },
          readTimeout: Duration.seconds(30),
        }),
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      },
    });
    this.#acknowledge(certificate !== undefined);
    if (domainName !== undefined && hostedZone) {
      const target = RecordTarget.fromAlias(
        new CloudFrontTarget(this.distribution),
      );
      const record = { zone: hostedZone, recordName: domainName, target };
      new ARecord(this, "Ipv4", record);
      new AaaaRecord(this, "Ipv6", record);
    }
    this.webSocketUrl = `wss://${domainName ?? this.distribution.distributionDomainName}`;
  }

  /** The key of the API's one usage plan, as a reference that only CloudFormation resolves. */
  #makeKey({ api, stage }: ChatApi, version: number): ISecret {
    const secret = new Secret(this, `OriginKey${version}`, {
      description: "By this header the WebSocket API knows CloudFront",
      generateSecretString: { passwordLength: 40, excludePunctuation: true },
    });
    Validations.of(secret).acknowledge({
      id: "AwsSolutions::AwsSolutions-SMG4",
      reason:
        "CloudFront and API Gateway must change over together, which takes a deployment: the operator raises keyVersion.",
    });
    const value = secret.secretValue.unsafeUnwrap();
    const plan = new UsagePlan(this, "UsagePlan", {
      description: "Handshakes that come by way of CloudFront",
      apiStages: [{ api, stage }],
    });
    // The plan names its stage by text, from which CloudFormation learns no order.
    plan.node.addDependency(stage);
    plan.addApiKey(new ApiKey(this, "ApiKey", { value }));
    return secret;
  }

  #makeWebAcl(handshakeLimit = 300): string {
    const { region } = Stack.of(this);
    if (region !== WAF_REGION)
      return expected(
        "webAclArn",
        undefined,
        `an ARN of a CloudFront web ACL, or a stack whose region is ${WAF_REGION}`,
      );
    const rule = (name: string, priority: number) => ({
      name,
      priority,
      visibilityConfig: metered(name),
    });
    return new CfnWebACL(this, "WebAcl", {
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      visibilityConfig: metered("BedrockChat"),
      rules: [
        {
          ...rule("HandshakesPerAddress", 0),
          action: { block: {} },
          statement: {
            rateBasedStatement: {
              aggregateKeyType: "IP",
              evaluationWindowSec: WAF_WINDOW_SECONDS,
              limit: wholeNumber(
                "handshakeLimit",
                handshakeLimit,
                10,
                2_000_000_000,
              ),
            },
          },
        },
        {
          ...rule("KnownAttackers", 1),
          overrideAction: { none: {} },
          statement: {
            managedRuleGroupStatement: {
              vendorName: "AWS",
              name: "AWSManagedRulesAmazonIpReputationList",
            },
          },
        },
      ],
    }).attrArn;
  }

  #acknowledge(hasCertificate: boolean): void {
    const reasons: Record<string, string> = {
      CFR1: "Which countries may chat is the page owner's decision; a web ACL of their own can say it.",
      CFR3: "AWS WAF meters handshakes. A log of them would be a log of the visitors of somebody's page.",
    };
    if (!hasCertificate)
      reasons.CFR4 =
        "CloudFront's own domain name offers no choice of TLS versions; a domain of one's own has TLS 1.2 and later.";
    for (const [rule, reason] of Object.entries(reasons))
      Validations.of(this.distribution).acknowledge({
        id: `AwsSolutions::AwsSolutions-${rule}`,
        reason,
      });
  }
}

const metered = (metricName: string) => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  // Samples hold addresses and headers of visitors.
  sampledRequestsEnabled: false,
});
