import type { RemovalPolicy } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { type AlarmProps, ChatAlarms } from "./chat-alarms.ts";
import { ChatApi, type ChatApiProps } from "./chat-api.ts";
import { ChatDashboard } from "./chat-dashboard.ts";
import { ChatDomain, type DomainProps } from "./chat-domain.ts";
import { ChatEdge, type EdgeProps } from "./chat-edge.ts";
import { ChatFunctions, type ChatFunctionsProps } from "./chat-functions.ts";
import { ChatTable } from "./chat-table.ts";
import { CostBudget, type CostBudgetProps } from "./cost-budget.ts";
import { expected } from "./validate.ts";
import { VisitorKey } from "./visitor-key.ts";
import { WidgetHosting, type WidgetHostingProps } from "./widget-hosting.ts";

export interface BedrockChatProps
  extends
    Omit<ChatFunctionsProps, "api" | "table" | "visitorKey">,
    Omit<ChatApiProps, "connectKeyRequired"> {
  /**
   * A name of one's own for the WebSocket URL.
   *
   * @default - the name that API Gateway gives
   */
  readonly domain?: DomainProps;
  /**
   * CloudFront and AWS WAF in front of the WebSocket API. It brings a domain of its own, in place of `domain`.
   *
   * @default - visitors connect to API Gateway
   */
  readonly edge?: EdgeProps;
  /**
   * Where the widget's script is served from; `false` for pages that bring it along.
   *
   * @default - a bucket behind CloudFront
   */
  readonly widget?: WidgetHostingProps | false;
  /**
   * Who hears of alarms, and from when on.
   *
   * @default - alarms show on the dashboard only
   */
  readonly alarms?: AlarmProps;
  /**
   * A watch over the AWS account's bill.
   *
   * @default - none
   */
  readonly costBudget?: CostBudgetProps;
  /**
   * Key that encrypts the table and the visitors' key.
   *
   * @default - keys that AWS keeps
   */
  readonly encryptionKey?: IKey;
  /**
   * Whether the table can be restored to any second of the last 35 days.
   *
   * @default true
   */
  readonly pointInTimeRecovery?: boolean;
  /**
   * Whether DynamoDB refuses to delete the table.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * What happens to the conversations, and to the key without which visitors lose theirs, when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * What the widget of the snippet is headed.
   *
   * @default "Ask us"
   */
  readonly heading?: string;
}

/** A chat with Amazon Bedrock, whole: API, functions, table, script, dashboard and alarms. */
export class BedrockChat extends Construct {
  /** The widget's `endpoint`. */
  readonly webSocketUrl: string;
  /** The widget's latest script, for pages that want updates; undefined without hosting. */
  readonly scriptUrl: string | undefined;
  /** What a page needs, with this release of the script by its integrity. */
  readonly snippet: string;
  /** What a page's Content-Security-Policy must allow. */
  readonly cspLine: string;
  readonly dashboardUrl: string;

  readonly api: ChatApi;
  readonly table: ChatTable;
  readonly visitorKey: VisitorKey;
  readonly functions: ChatFunctions;
  readonly widget: WidgetHosting | undefined;
  readonly alarms: ChatAlarms;

  constructor(scope: Construct, id: string, props: BedrockChatProps) {
    super(scope, id);
    if (props.domain && props.edge)
      expected(
        "domain",
        props.domain.domainName,
        "nothing beside edge, which takes a domainName of its own",
      );
    this.api = new ChatApi(this, "Api", {
      ...props,
      connectKeyRequired: props.edge !== undefined,
    });
    this.table = new ChatTable(this, "Table", props);
    this.visitorKey = new VisitorKey(this, "VisitorKey", props);
    const { api, table, visitorKey } = this;
    this.functions = new ChatFunctions(this, "Functions", {
      ...props,
      api,
      table,
      visitorKey,
    });
    this.webSocketUrl = this.#front(props);

    const { functions } = this;
    this.alarms = new ChatAlarms(this, "Alarms", {
      ...props.alarms,
      functions,
      table,
    });
    const { alarms } = this.alarms;
    this.dashboardUrl = new ChatDashboard(this, "Dashboard", {
      api,
      functions,
      table,
      alarms,
    }).url;
    if (props.costBudget) new CostBudget(this, "CostBudget", props.costBudget);

    this.widget =
      props.widget === false
        ? undefined
        : new WidgetHosting(this, "Widget", props.widget);
    this.scriptUrl = this.widget?.latestScriptUrl;
    this.snippet = snippet(
      this.webSocketUrl,
      props.heading ?? "Ask us",
      this.widget,
    );
    this.cspLine = cspLine(this.webSocketUrl, this.widget);
  }

  /** Puts in front of the API what visitors connect to, and gives its URL. */
  #front({ domain, edge }: BedrockChatProps): string {
    if (domain)
      return new ChatDomain(this, "Domain", { ...this.api, ...domain })
        .webSocketUrl;
    if (edge) {
      const front = new ChatEdge(this, "Edge", { api: this.api, ...edge });
      this.functions.believeEdge(front.originKey);
      return front.webSocketUrl;
    }
    return this.api.stage.url;
  }
}

function snippet(
  endpoint: string,
  heading: string,
  widget: WidgetHosting | undefined,
): string {
  const element = `<bedrock-chat endpoint="${endpoint}" heading="${attribute(heading)}"></bedrock-chat>`;
  if (!widget) return element;
  const { scriptUrl, integrity } = widget;
  return `<script type="module" src="${scriptUrl}" integrity="${integrity}" crossorigin="anonymous"></script>\n${element}`;
}

function cspLine(
  webSocketUrl: string,
  widget: WidgetHosting | undefined,
): string {
  const connect = `connect-src ${webSocketUrl}`;
  return widget ? `script-src ${widget.origin}; ${connect}` : connect;
}

const attribute = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
