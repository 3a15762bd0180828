import { Aws, RemovalPolicy, Validations } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  CfnIntegration,
  CfnIntegrationResponse,
  CfnRoute,
  CfnRouteResponse,
  LogGroupLogDestination,
  WebSocketApi,
  WebSocketRoute,
  WebSocketStage,
} from "aws-cdk-lib/aws-apigatewayv2";
import { WebSocketLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import {
  PING_ROUTE,
  ROUTE_SELECTION_EXPRESSION,
} from "bedrock-chat-server/names";
import { Construct } from "constructs";
import { acknowledgeWildcard } from "./acknowledge.ts";
import { ApiGatewayLogRole } from "./api-gateway-log-role.ts";
import { matching, wholeNumber } from "./validate.ts";

export interface ChatApiProps {
  /**
   * Last part of the API's URL.
   *
   * @default "prod"
   */
  readonly stageName?: string;
  /**
   * Connects and frames a second, those of all visitors together; API Gateway refuses what is above.
   *
   * @default 100
   */
  readonly throttleRate?: number;
  /**
   * Connects and frames that may come at once.
   *
   * @default 200
   */
  readonly throttleBurst?: number;
  /**
   * How long the access log is kept. It holds no query strings, no texts and no addresses.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * Whether the stack sets the role by which API Gateway writes logs. An account has one a region; say `false` where it
   * is managed elsewhere.
   *
   * @default true
   */
  readonly accountLogRole?: boolean;
  /**
   * Whether API Gateway refuses handshakes without an API key of one of the stage's usage plans. `ChatEdge` has one.
   *
   * @default false
   */
  readonly connectKeyRequired?: boolean;
}

/** The account's own limit for WebSocket APIs. */
const MOST_REQUESTS_PER_SECOND = 10_000;

const ACCESS_LOG = {
  requestId: "$context.requestId",
  time: "$context.requestTimeEpoch",
  eventType: "$context.eventType",
  routeKey: "$context.routeKey",
  connectionId: "$context.connectionId",
  status: "$context.status",
  integrationStatus: "$context.integrationStatus",
  integrationError: "$context.integration.error",
  error: "$context.error.message",
  disconnectStatusCode: "$context.disconnectStatusCode",
  disconnectReason: "$context.disconnectReason",
};

/** The WebSocket API with its one stage. The heartbeat is answered here; everything else goes to the router. */
export class ChatApi extends Construct {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;
  readonly #connectKeyRequired: boolean | undefined;

  constructor(scope: Construct, id: string, props: ChatApiProps = {}) {
    super(scope, id);
    this.#connectKeyRequired = props.connectKeyRequired;
    const rateLimit = wholeNumber(
      "throttleRate",
      props.throttleRate ?? 100,
      1,
      MOST_REQUESTS_PER_SECOND,
    );
    const burstLimit = wholeNumber(
      "throttleBurst",
      props.throttleBurst ?? 200,
      1,
      MOST_REQUESTS_PER_SECOND,
    );
    this.api = new WebSocketApi(this, "Api", {
      description: "Chat with a language model",
      routeSelectionExpression: ROUTE_SELECTION_EXPRESSION,
    });
    const logs = new LogGroup(this, "AccessLogs", {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.stage = new WebSocketStage(this, "Stage", {
      webSocketApi: this.api,
      stageName: matching(
        "stageName",
        props.stageName ?? "prod",
        /^[A-Za-z0-9_-]{1,128}$/,
        "1 to 128 letters, digits, - and _",
      ),
      autoDeploy: true,
      throttle: { rateLimit, burstLimit },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    // Without the role API Gateway refuses to create a stage that logs.
    if (props.accountLogRole ?? true)
      this.stage.node.addDependency(
        new ApiGatewayLogRole(this, "AccountLogRole"),
      );
    this.#answerHeartbeats();
    Validations.of(this).acknowledge({
      id: "AwsSolutions::AwsSolutions-APIG4",
      reason:
        "A visitor of a public page has no AWS identity. The router checks the handshake and, with the first frame, the" +
        " visitor's own signed token; API Gateway takes no authorizer on any route but $connect.",
    });
  }

  /** Sends connects, disconnects and all frames but the heartbeat to `router`. */
  serveBy(router: IFunction): void {
    for (const [routeKey, name] of [
      ["$connect", "Connect"],
      ["$disconnect", "Disconnect"],
      ["$default", "Default"],
    ] as const)
      new WebSocketRoute(this, `${name}Route`, {
        webSocketApi: this.api,
        routeKey,
        integration: new WebSocketLambdaIntegration(`${name}Router`, router),
        apiKeyRequired:
          routeKey === "$connect" ? this.#connectKeyRequired : undefined,
      });
  }

  /** Lets `grantee` post to the connections of this stage and close them. */
  grantManageConnections(grantee: IGrantable): Grant {
    const { api, stage } = this;
    const resourceArns = ["POST", "DELETE"].map(
      (method) =>
        `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${api.apiId}/${stage.stageName}/${method}/@connections/*`,
    );
    for (const arn of resourceArns)
      acknowledgeWildcard(
        grantee,
        arn,
        "IAM does not see the id of a connection: this is as narrow as it gets, one method of one stage.",
      );
    return Grant.addToPrincipal({
      grantee,
      actions: ["execute-api:ManageConnections"],
      resourceArns,
    });
  }

  /**
   * A MOCK integration, so that heartbeats run no function. The L2 constructs make no integration response, and without
   * one API Gateway answers nothing.
   */
  #answerHeartbeats(): void {
    const scope = new Construct(this, "Ping");
    const { apiId } = this.api;
    const integration = new CfnIntegration(scope, "Integration", {
      apiId,
      integrationType: "MOCK",
      templateSelectionExpression: "\\$default",
      requestTemplates: { $default: PING_ROUTE.requestTemplate },
    });
    new CfnIntegrationResponse(scope, "IntegrationResponse", {
      apiId,
      integrationId: integration.ref,
      integrationResponseKey: "$default",
      templateSelectionExpression: "\\$default",
      responseTemplates: { $default: PING_ROUTE.responseTemplate },
    });
    const route = new CfnRoute(scope, "Route", {
      apiId,
      routeKey: PING_ROUTE.routeKey,
      authorizationType: "NONE",
      routeResponseSelectionExpression: "$default",
      target: `integrations/${integration.ref}`,
    });
    new CfnRouteResponse(scope, "RouteResponse", {
      apiId,
      routeId: route.ref,
      routeResponseKey: "$default",
    });
  }
}
