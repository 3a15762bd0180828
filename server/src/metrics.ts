/** Metrics by CloudWatch's embedded format: a line of the log that CloudWatch makes data of, without a call. */
import {
  Metrics as Powertools,
  MetricUnit,
} from "@aws-lambda-powertools/metrics";
import type { MetricName, Metrics } from "./chat/ports.ts";
import { METRICS } from "./names.ts";

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/** What is measured, value by value; of everything else the sum is written. */
const MEASURED: ReadonlySet<MetricName> = new Set([
  "firstTokenTime",
  "budgetUsed",
]);

const UNITS: Partial<Record<MetricName, Unit>> = {
  firstTokenTime: MetricUnit.Milliseconds,
  budgetUsed: MetricUnit.Percent,
  // CloudWatch has no unit for money.
  cost: MetricUnit.NoUnit,
};

interface Entry {
  readonly name: MetricName;
  readonly value: number;
  readonly reason: string | undefined;
}

export interface FlushableMetrics extends Metrics {
  /** Writes what was added since the last time; once an invocation, at its end. */
  flush(): void;
}

/** Metrics of the deployment that `service` names. */
export function createMetrics(service: string): FlushableMetrics {
  const { namespace } = METRICS;
  const emf = new Powertools({ namespace, serviceName: service });
  let entries: Entry[] = [];
  return {
    add(name, value, reason) {
      entries.push({ name, value, reason });
    },
    flush() {
      const byReason = Map.groupBy(entries, ({ reason }) => reason);
      entries = [];
      for (const [reason, group] of byReason) {
        if (reason !== undefined)
          // Once for all reasons together, and once for this one.
          emf.addDimensions({}).addDimensions({ [METRICS.reason]: reason });
        for (const [name, values] of valuesByName(group))
          for (const value of values)
            emf.addMetric(
              METRICS[name],
              UNITS[name] ?? MetricUnit.Count,
              value,
            );
        emf.publishStoredMetrics();
      }
    },
  };
}

function valuesByName(entries: readonly Entry[]): Map<MetricName, number[]> {
  const byName = new Map<MetricName, number[]>();
  for (const { name, value } of entries) {
    const before = byName.get(name) ?? [];
    byName.set(
      name,
      MEASURED.has(name) ? [...before, value] : [(before[0] ?? 0) + value],
    );
  }
  return byName;
}
