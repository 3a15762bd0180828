import type { MetricName, Metrics } from "../../src/chat/ports.ts";

/** Keeps what was added instead of writing it. */
export class RecordingMetrics implements Metrics {
  readonly added: {
    readonly name: MetricName;
    readonly value: number;
    readonly reason?: string;
  }[] = [];

  add(name: MetricName, value: number, reason?: string): void {
    this.added.push({
      name,
      value,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** What was added under the name, in order. */
  values(name: MetricName): number[] {
    return this.added
      .filter((entry) => entry.name === name)
      .map(({ value }) => value);
  }

  /** Reasons of what was added under the name, in order. */
  reasons(name: MetricName): (string | undefined)[] {
    return this.added
      .filter((entry) => entry.name === name)
      .map(({ reason }) => reason);
  }
}
