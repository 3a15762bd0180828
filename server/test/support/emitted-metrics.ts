import type { JsonLine } from "./json-lines.ts";

export interface EmittedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  /** Sets of names. */
  readonly dimensions: readonly (readonly string[])[];
  readonly values: readonly number[];
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
}

/** The metrics in lines of CloudWatch's embedded format, as CloudWatch reads them. Throws for what it would pass over. */
export function emittedMetrics(lines: readonly JsonLine[]): EmittedMetric[] {
  return lines.flatMap((line) => {
    if (line._aws === undefined) return [];
    const { Timestamp, CloudWatchMetrics } = line._aws as {
      Timestamp?: unknown;
      CloudWatchMetrics: readonly Directive[];
    };
    if (typeof Timestamp !== "number") throw new Error("No Timestamp.");
    return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) => {
      for (const name of Dimensions.flat())
        if (typeof line[name] !== "string" || line[name] === "")
          throw new Error(`The dimension ${name} has no value.`);
      return Metrics.map(({ Name, Unit }) => ({
        namespace: Namespace,
        name: Name,
        unit: Unit,
        dimensions: Dimensions,
        values: [line[Name]].flat().map((value) => {
          if (typeof value !== "number" || !Number.isFinite(value))
            throw new Error(`${Name} is ${String(value)}.`);
          return value;
        }),
      }));
    });
  });
}
