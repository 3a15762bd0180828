import { Duration, Stack } from "aws-cdk-lib";
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Metric,
  SingleValueWidget,
  Stats,
} from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { ChatApi } from "./chat-api.ts";
import type { ChatFunctions } from "./chat-functions.ts";
import { chatMetric, chatMetricByReason } from "./chat-metrics.ts";
import type { ChatTable } from "./chat-table.ts";

export interface ChatDashboardProps {
  readonly api: ChatApi;
  readonly functions: ChatFunctions;
  readonly table: ChatTable;
  /**
   * Alarms whose state stands at the top.
   *
   * @default - none
   */
  readonly alarms?: readonly Alarm[];
}

const WIDTH = 24;

/** What an operator looks at: how much, how fast, how dear, how good, and what went wrong. */
export class ChatDashboard extends Construct {
  readonly dashboard: Dashboard;
  /** Its page in the AWS console. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ChatDashboardProps) {
    super(scope, id);
    const { region } = Stack.of(this);
    this.dashboard = new Dashboard(this, "Dashboard", {
      defaultInterval: Duration.days(1),
      widgets: [
        alarmRow(props.alarms ?? []),
        totalsRow(props),
        useRow(props),
        troubleRow(props),
        machineRow(props),
      ],
    });
    this.url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${this.dashboard.dashboardName}`;
  }
}

const alarmRow = (alarms: readonly Alarm[]): IWidget[] =>
  alarms.length === 0
    ? []
    : [
        new AlarmStatusWidget({
          title: "Alarms",
          alarms: [...alarms],
          width: WIDTH,
        }),
      ];

const totalsRow = ({ table: { table } }: ChatDashboardProps): IWidget[] => [
  new SingleValueWidget({
    title: "In the time shown",
    width: WIDTH,
    setPeriodToTimeRange: true,
    metrics: [
      chatMetric(table, "questions"),
      chatMetric(table, "cost", Stats.SUM, "US dollars"),
      chatMetric(table, "failures", Stats.SUM, "Failed"),
      chatMetric(table, "refusals", Stats.SUM, "Refused"),
      chatMetric(table, "ratingsUp", Stats.SUM, "Rated good"),
      chatMetric(table, "ratingsDown", Stats.SUM, "Rated bad"),
    ],
  }),
];

const useRow = ({ table: { table } }: ChatDashboardProps): IWidget[] =>
  row(
    graph("Questions", "questions", [chatMetric(table, "questions")]),
    graph("Time to the first text", "ms", [
      chatMetric(table, "firstTokenTime", Stats.p(50), "half of the answers"),
      chatMetric(table, "firstTokenTime", Stats.p(95), "95 of 100"),
    ]),
    graph("Tokens", "tokens", [
      chatMetric(table, "inputTokens", Stats.SUM, "to the model"),
      chatMetric(table, "outputTokens", Stats.SUM, "from the model"),
    ]),
    graph("Cost, and budget used", "US dollars", [chatMetric(table, "cost")], {
      label: "percent",
      metrics: [
        chatMetric(
          table,
          "budgetUsed",
          Stats.MAXIMUM,
          "of the tightest budget",
        ),
      ],
    }),
  );

const troubleRow = ({
  table: { table },
  functions,
}: ChatDashboardProps): IWidget[] =>
  row(
    graph("Answers that ended otherwise", "answers", [
      chatMetric(table, "stops", Stats.SUM, "stopped by the visitor"),
      chatMetric(table, "truncations", Stats.SUM, "broken off"),
      chatMetric(table, "failures", Stats.SUM, "failed"),
    ]),
    graph("Refused, by reason", "times", [
      chatMetricByReason(table, "refusals"),
    ]),
    graph("Turned away for being too many", "times", [
      chatMetric(table, "modelThrottles", Stats.SUM, "calls by the model"),
      functions.router.function.metricThrottles({ label: "router by Lambda" }),
      functions.worker.function.metricThrottles({ label: "worker by Lambda" }),
    ]),
    graph("Ratings", "answers", [
      chatMetric(table, "ratingsUp", Stats.SUM, "good"),
      chatMetric(table, "ratingsDown", Stats.SUM, "bad"),
    ]),
  );

const machineRow = ({
  api,
  table: { table },
  functions: { router, worker, deadLetters },
}: ChatDashboardProps): IWidget[] =>
  row(
    graph("Connections and frames", "times", [
      gateway(api, "ConnectCount", "connects"),
      gateway(api, "MessageCount", "frames"),
      chatMetric(table, "resumes", Stats.SUM, "resumes"),
      gateway(api, "ClientError", "refused handshakes and frames"),
    ]),
    graph("Errors", "times", [
      router.function.metricErrors({ label: "router" }),
      worker.function.metricErrors({ label: "worker" }),
      gateway(api, "ExecutionError", "API Gateway"),
      gateway(api, "IntegrationError", "API Gateway to router"),
      deadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: Stats.MAXIMUM,
        label: "dead letters",
      }),
    ]),
    graph("Duration, 95 of 100", "ms", [
      router.function.metricDuration({
        statistic: Stats.p(95),
        label: "router",
      }),
      worker.function.metricDuration({
        statistic: Stats.p(95),
        label: "worker",
      }),
    ]),
    graph("At the same time", "invocations", [
      concurrency(router.function.functionName, "router"),
      concurrency(worker.function.functionName, "worker"),
    ]),
  );

/** Widgets that share the width evenly. */
const row = (...widgets: ((width: number) => IWidget)[]): IWidget[] =>
  widgets.map((make) => make(WIDTH / widgets.length));

const graph =
  (
    title: string,
    unit: string,
    metrics: IMetric[],
    right?: { readonly label: string; readonly metrics: IMetric[] },
  ) =>
  (width: number): IWidget =>
    new GraphWidget({
      title,
      width,
      left: metrics,
      leftYAxis: { min: 0, label: unit, showUnits: false },
      ...(right && {
        right: right.metrics,
        rightYAxis: { min: 0, label: right.label, showUnits: false },
      }),
    });

const gateway = (
  { api, stage }: ChatApi,
  metricName: string,
  label: string,
): Metric =>
  new Metric({
    namespace: "AWS/ApiGateway",
    metricName,
    dimensionsMap: { ApiId: api.apiId, Stage: stage.stageName },
    statistic: Stats.SUM,
    label,
  });

const concurrency = (FunctionName: string, label: string): Metric =>
  new Metric({
    namespace: "AWS/Lambda",
    metricName: "ConcurrentExecutions",
    dimensionsMap: { FunctionName },
    statistic: Stats.MAXIMUM,
    label,
  });
