import type { Budgets, UsageLimits } from "../src/chat/limits.ts";
import { highest, USAGE_LIMITS } from "../src/limit-settings.ts";
import type { Settings } from "../src/settings.ts";

/** Whose limits and budgets hold: those of the settings, or raised ones. */
export type UsageChoice = "deployed" | "raised";

/** Everybody on this machine comes from one address, and a developer asks faster than a visitor. */
const FACTOR = 100;

/** The limits of use and the budgets, raised far above what one person needs. What is switched off stays so. */
export function raisedLimits({ limits, budgets }: Settings): {
  readonly limits: Settings["limits"];
  readonly budgets: Budgets;
} {
  const raised = <K extends keyof UsageLimits | keyof Budgets>(
    keys: readonly K[],
    values: Readonly<Record<K, number>>,
  ) =>
    Object.fromEntries(
      keys.map((key) => [key, Math.min(values[key] * FACTOR, highest(key))]),
    ) as Record<K, number>;
  return {
    limits: { ...limits, ...raised(USAGE_LIMITS, limits) },
    budgets: raised(Object.keys(budgets) as (keyof Budgets)[], budgets),
  };
}
