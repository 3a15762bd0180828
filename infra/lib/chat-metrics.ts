import { Duration } from "aws-cdk-lib";
import { MathExpression, Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { METRICS } from "bedrock-chat-server/names";

/** @internal */
type MetricName = Exclude<
  keyof typeof METRICS,
  "namespace" | "dimension" | "reason"
>;

const PERIOD = Duration.minutes(5);

/**
 * A metric that the functions of the deployment with this table write.
 *
 * @internal
 */
export function chatMetric(
  table: ITable,
  name: MetricName,
  statistic: string = Stats.SUM,
  label?: string,
): Metric {
  return new Metric({
    namespace: METRICS.namespace,
    metricName: METRICS[name],
    dimensionsMap: { [METRICS.dimension]: table.tableName },
    statistic,
    period: PERIOD,
    label,
  });
}

/**
 * The sums of a metric that is also there by reason, one line for each reason that occurs.
 *
 * @internal
 */
export const chatMetricByReason = (
  table: ITable,
  name: MetricName,
): MathExpression =>
  new MathExpression({
    expression: `SEARCH('{${METRICS.namespace},${METRICS.dimension},${METRICS.reason}} MetricName="${METRICS[name]}" ${METRICS.dimension}="${table.tableName}"', '${Stats.SUM}', ${PERIOD.toSeconds()})`,
    usingMetrics: {},
    period: PERIOD,
    // What CloudWatch puts the reason into.
    label: `\${PROP('Dim.${METRICS.reason}')}`,
  });
