import {
  ApiMapping,
  DomainName,
  SecurityPolicy,
  type WebSocketApi,
  type WebSocketStage,
} from "aws-cdk-lib/aws-apigatewayv2";
import type { ICertificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AaaaRecord,
  ARecord,
  type IHostedZone,
  RecordTarget,
} from "aws-cdk-lib/aws-route53";
import { ApiGatewayv2DomainProperties } from "aws-cdk-lib/aws-route53-targets";
import { Construct } from "constructs";
import { matching } from "./validate.ts";

export interface DomainProps {
  /** Host name of the WebSocket URL. WebSocket APIs share it with no REST or HTTP API. */
  readonly domainName: string;
  /** Certificate for `domainName`, in the stack's region. */
  readonly certificate: ICertificate;
  /**
   * Zone that gets the records of `domainName`.
   *
   * @default - the records are made elsewhere
   */
  readonly hostedZone?: IHostedZone;
  /**
   * Path of the WebSocket URL, without slashes.
   *
   * @default - none
   */
  readonly path?: string;
}

export interface ChatDomainProps extends DomainProps {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;
}

/** A name of one's own for the WebSocket API. Posts to connections still go to the API's first name. */
export class ChatDomain extends Construct {
  /** What the widget connects to. */
  readonly webSocketUrl: string;

  constructor(scope: Construct, id: string, props: ChatDomainProps) {
    super(scope, id);
    const name = matching(
      "domainName",
      props.domainName,
      /^([a-z0-9-]+\.)+[a-z]{2,}$/,
      "a host name in lower case",
    );
    const path =
      props.path === undefined
        ? undefined
        : matching(
            "path",
            props.path,
            /^[A-Za-z0-9._-]+$/,
            "letters, digits, dots, - and _",
          );
    const domainName = new DomainName(this, "Name", {
      domainName: name,
      certificate: props.certificate,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    const mapping = new ApiMapping(this, "Mapping", {
      api: props.api,
      stage: props.stage,
      domainName,
      apiMappingKey: path,
    });
    // A mapping names its stage by text, from which CloudFormation learns no order.
    mapping.node.addDependency(props.stage);
    if (props.hostedZone) {
      const record = {
        zone: props.hostedZone,
        recordName: name,
        target: RecordTarget.fromAlias(
          new ApiGatewayv2DomainProperties(
            domainName.regionalDomainName,
            domainName.regionalHostedZoneId,
          ),
        ),
      };
      new ARecord(this, "Ipv4", record);
      new AaaaRecord(this, "Ipv6", record);
    }
    this.webSocketUrl = `wss://${name}${path === undefined ? "" : `/${path}`}`;
  }
}
