import { Duration } from "aws-cdk-lib";
import { Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { METRICS } from "bedrock-chat-server/names";

/** @internal */
type MetricName = Exclude<keyof typeof METRICS, "namespace" | "dimension">;

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
