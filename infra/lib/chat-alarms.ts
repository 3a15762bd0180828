import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { ChatFunctions } from "./chat-functions.ts";
import { chatMetric } from "./chat-metrics.ts";
import type { ChatTable } from "./chat-table.ts";
import { wholeNumber } from "./validate.ts";

export interface AlarmProps {
  /**
   * Topic that hears of every alarm, and of its end.
   *
   * @default - alarms show on the dashboard only
   */
  readonly topic?: ITopic;
  /**
   * Failures of functions and answers in five minutes that are one too many.
   *
   * @default 5
   */
  readonly errors?: number;
  /**
   * Times in five minutes that Lambda or the model turned a call away that are one too many.
   *
   * @default 10
   */
  readonly throttles?: number;
  /**
   * Milliseconds to the first piece of an answer that 95 of 100 should not exceed.
   *
   * @default 10000
   */
  readonly firstTokenTimeMs?: number;
}

export interface ChatAlarmsProps extends AlarmProps {
  readonly functions: ChatFunctions;
  readonly table: ChatTable;
}

const MOST = 1_000_000;

interface Rule {
  readonly id: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** What happened, and where to look. */
  readonly description: string;
  /** Periods of five minutes in a row. */
  readonly periods?: number;
}

/** Alarms on what an operator should hear of. */
export class ChatAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: ChatAlarmsProps) {
    super(scope, id);
    const action = props.topic && new SnsAction(props.topic);
    this.alarms = rules(props).map((rule) => {
      const alarm = new Alarm(this, rule.id, {
        metric: rule.metric,
        threshold: rule.threshold,
        evaluationPeriods: rule.periods ?? 1,
        comparisonOperator:
          ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        // No visitors, no data, no alarm.
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: rule.description,
      });
      if (action) {
        alarm.addAlarmAction(action);
        alarm.addOkAction(action);
      }
      return alarm;
    });
  }
}

function rules(props: ChatAlarmsProps): Rule[] {
  const { functions, table } = props;
  const [router, worker] = [
    functions.router.function,
    functions.worker.function,
  ];
  const period = Duration.minutes(5);
  const sum = (label: string, metrics: Record<string, IMetric>) =>
    new MathExpression({
      // A metric without data must not make the whole sum one.
      expression: Object.keys(metrics)
        .map((name) => `FILL(${name}, 0)`)
        .join(" + "),
      usingMetrics: metrics,
      period,
      label,
    });
  return [
    {
      id: "Errors",
      metric: sum("Errors", {
        router: router.metricErrors({ period }),
        worker: worker.metricErrors({ period }),
        answers: chatMetric(table.table, "failures"),
      }),
      threshold: wholeNumber("errors", props.errors ?? 5, 1, MOST),
      description:
        "Functions or answers of the chat fail. The logs of router and worker name the cause of each.",
    },
    {
      id: "Throttles",
      metric: sum("Throttles", {
        router: router.metricThrottles({ period }),
        worker: worker.metricThrottles({ period }),
        model: chatMetric(table.table, "modelThrottles"),
      }),
      threshold: wholeNumber("throttles", props.throttles ?? 10, 1, MOST),
      description:
        "Lambda or Amazon Bedrock turns calls of the chat away. Raise the quota that the dashboard shows to be exhausted.",
    },
    {
      id: "DeadLetters",
      metric: functions.deadLetters.metricApproximateNumberOfMessagesVisible({
        period,
        statistic: Stats.MAXIMUM,
      }),
      threshold: 1,
      description:
        "A question was accepted and its worker did not run or died. The message in the queue names conversation and turn.",
    },
    ...[80, 100].map((percent) => ({
      id: `Budget${percent}`,
      metric: chatMetric(table.table, "budgetUsed", Stats.MAXIMUM),
      threshold: percent,
      description:
        percent < 100
          ? `The chat has used ${percent} % of its budget.`
          : "The chat has used its budget, and refuses questions until the next one begins.",
    })),
    {
      id: "FirstTokenTime",
      metric: chatMetric(table.table, "firstTokenTime", Stats.p(95)),
      threshold: wholeNumber(
        "firstTokenTimeMs",
        props.firstTokenTimeMs ?? 10_000,
        100,
        MOST,
      ),
      periods: 3,
      description:
        "Answers of the chat begin late. The traces of the worker tell the model's time from the rest.",
    },
  ];
}
