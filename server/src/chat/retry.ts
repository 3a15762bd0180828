import type { Clock } from "./ports.ts";
import type { Timing } from "./limits.ts";

/** A pause before attempt `attempt` + 1 (the first is 0): anything from nothing to a bound that doubles, up to a cap. */
export const backoff = (
  attempt: number,
  baseMs: number,
  capMs: number,
  random: () => number,
): number => random() * Math.min(capMs, baseMs * 2 ** attempt);

export interface RetryDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly timing: Timing;
}

/** Runs `operation` again while it rejects; the last rejection is the caller's. */
export async function retrying<T>(
  { clock, random, timing }: RetryDeps,
  operation: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      if (attempt + 1 >= timing.retryAttempts) throw error;
    }
    await clock.sleep(
      backoff(attempt, timing.retryBaseMs, timing.retryCapMs, random),
    );
  }
}
