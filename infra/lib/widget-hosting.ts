import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import type { ICertificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  PriceClass,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import {
  AaaaRecord,
  ARecord,
  type IHostedZone,
  RecordTarget,
} from "aws-cdk-lib/aws-route53";
import { CloudFrontTarget } from "aws-cdk-lib/aws-route53-targets";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import {
  BucketDeployment,
  CacheControl,
  Source,
} from "aws-cdk-lib/aws-s3-deployment";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { Construct } from "constructs";
import { WIDGET_PATH } from "./assets.ts";
import { DeploymentRole } from "./deployment-role.ts";
import { expected, matching } from "./validate.ts";
import { ENTRIES, readWidgetFiles } from "./widget-files.ts";

export interface WidgetHostingProps {
  /**
   * Folder with `bedrock-chat.js`, the chunks that it loads and a `package.json` that says the version.
   *
   * @default - the widget of this package
   */
  readonly path?: string;
  /**
   * Name under which the script is served; needs `certificate`.
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
  /**
   * How long browsers keep what has no version in its path.
   *
   * @default Duration.minutes(5)
   */
  readonly latestMaxAge?: Duration;
  /**
   * Edge locations that serve the script.
   *
   * @default PriceClass.PRICE_CLASS_100
   */
  readonly priceClass?: PriceClass;
  /**
   * What happens to the bucket, with every release in it, when it leaves the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

const YEAR = Duration.days(365);

/**
 * The widget's script behind CloudFront. Each release has a path of its own, which later deployments leave alone, so that
 * pages with an `integrity` of long ago go on working; the paths without a version follow the latest release.
 */
export class WidgetHosting extends Construct {
  /** Scheme and host. */
  readonly origin: string;
  /** The latest release, for pages that want updates; it has no `integrity`. */
  readonly latestScriptUrl: string;
  /** This release, for ever. */
  readonly scriptUrl: string;
  /** Subresource integrity of `scriptUrl`. */
  readonly integrity: string;

  readonly bucket: Bucket;
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, props: WidgetHostingProps = {}) {
    super(scope, id);
    const path = props.path ?? WIDGET_PATH;
    const { names, release, integrity } = readWidgetFiles(path);
    const domainName = checkedDomainName(props);

    this.bucket = this.#makeBucket(props.removalPolicy ?? RemovalPolicy.RETAIN);
    this.distribution = this.#makeDistribution(props);
    if (domainName && props.hostedZone)
      this.#makeRecords(domainName, props.hostedZone);

    const immutable = `v/${release}`;
    this.#deploy(path, names, immutable, props.latestMaxAge);
    this.origin = `https://${domainName ?? this.distribution.distributionDomainName}`;
    this.latestScriptUrl = `${this.origin}/${ENTRIES[0]}`;
    this.scriptUrl = `${this.origin}/${immutable}/${ENTRIES[0]}`;
    this.integrity = integrity;
  }

  #makeBucket(removalPolicy: RemovalPolicy): Bucket {
    const bucket = new Bucket(this, "Bucket", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    });
    Validations.of(bucket).acknowledge({
      id: "AwsSolutions::AwsSolutions-S1",
      reason: "The bucket holds a public script, and only CloudFront reads it.",
    });
    return bucket;
  }

  #makeDistribution(props: WidgetHostingProps): Distribution {
    const distribution = new Distribution(this, "Distribution", {
      comment: "Script of the chat widget",
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.bucket),
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: this.#makeHeaders(),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      },
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: props.priceClass ?? PriceClass.PRICE_CLASS_100,
      domainNames: props.domainName ? [props.domainName] : undefined,
      certificate: props.certificate,
    });
    const why = (rule: string, reason: string) =>
      Validations.of(distribution).acknowledge({
        id: `AwsSolutions::AwsSolutions-${rule}`,
        reason,
      });
    why(
      "CFR1",
      "The script is public; where it may be used is the page owner's decision.",
    );
    why(
      "CFR2",
      "Static files only, of one size, with nothing behind them to attack.",
    );
    why(
      "CFR3",
      "A log of who loads the script would be a log of the visitors of somebody's page.",
    );
    if (!props.certificate)
      why(
        "CFR4",
        "CloudFront's own domain name offers no choice of TLS versions; a domain of one's own has TLS 1.2 and later.",
      );
    return distribution;
  }

  #makeHeaders(): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, "Headers", {
      comment: "Any page may load the script of the chat widget",
      corsBehavior: {
        accessControlAllowOrigins: ["*"],
        accessControlAllowMethods: ["GET", "HEAD", "OPTIONS"],
        accessControlAllowHeaders: ["*"],
        accessControlAllowCredentials: false,
        accessControlMaxAge: Duration.days(1),
        originOverride: true,
      },
      securityHeadersBehavior: {
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: {
          referrerPolicy: HeadersReferrerPolicy.NO_REFERRER,
          override: true,
        },
        strictTransportSecurity: {
          accessControlMaxAge: YEAR,
          includeSubdomains: true,
          override: true,
        },
        // For whoever opens a file of it as a document: nothing in it may do anything.
        contentSecurityPolicy: {
          contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
          override: true,
        },
      },
      customHeadersBehavior: {
        customHeaders: [
          {
            // Pages under Cross-Origin-Embedder-Policy load nothing without it.
            header: "Cross-Origin-Resource-Policy",
            value: "cross-origin",
            override: true,
          },
        ],
      },
    });
  }

  #makeRecords(recordName: string, zone: IHostedZone): void {
    const target = RecordTarget.fromAlias(
      new CloudFrontTarget(this.distribution),
    );
    new ARecord(this, "Ipv4", { zone, recordName, target });
    new AaaaRecord(this, "Ipv6", { zone, recordName, target });
  }

  /** Copies the release to its own path, then to the root: chunks first, since an entry may name them at once. */
  #deploy(
    path: string,
    names: readonly string[],
    immutable: string,
    latestMaxAge = Duration.minutes(5),
  ): void {
    const files = new Asset(this, "Files", {
      path,
      exclude: ["*", ...names.map((name) => `!${name}`)],
    });
    const deployment = DeploymentRole.of(this);
    deployment.grantCopy(files, this.bucket);
    const common = {
      sources: [Source.bucket(files.bucket, files.s3ObjectKey)],
      destinationBucket: this.bucket,
      // What is there belongs to pages of earlier releases.
      prune: false,
      retainOnDelete: true,
      role: deployment.role,
      logGroup: deployment.logGroup,
    };
    const latest = [
      CacheControl.setPublic(),
      CacheControl.maxAge(latestMaxAge),
    ];
    const release = new BucketDeployment(this, "Release", {
      ...common,
      destinationKeyPrefix: immutable,
      cacheControl: [
        CacheControl.setPublic(),
        CacheControl.maxAge(YEAR),
        CacheControl.immutable(),
      ],
    });
    const chunks = new BucketDeployment(this, "LatestChunks", {
      ...common,
      exclude: ENTRIES,
      cacheControl: latest,
    });
    const entries = new BucketDeployment(this, "LatestEntries", {
      ...common,
      exclude: ["*"],
      include: ENTRIES,
      cacheControl: latest,
    });
    chunks.node.addDependency(release);
    entries.node.addDependency(chunks);
    deployment.acknowledgeRuntime();
  }
}

function checkedDomainName(props: WidgetHostingProps): string | undefined {
  if (props.domainName === undefined) return undefined;
  if (!props.certificate)
    return expected(
      "certificate",
      undefined,
      `a certificate in us-east-1 for ${props.domainName}`,
    );
  return matching(
    "domainName",
    props.domainName,
    /^([a-z0-9-]+\.)+[a-z]{2,}$/,
    "a host name in lower case",
  );
}
