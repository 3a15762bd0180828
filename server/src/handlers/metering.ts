import type { BudgetsOptions } from "../chat/budgets.ts";
import type { KillSwitchOptions } from "../chat/kill-switch.ts";
import type { Log, Metrics } from "../chat/ports.ts";
import type { RatesOptions } from "../chat/rates.ts";
import type { Config } from "../config.ts";
import {
  createDynamoMeter,
  type DynamoMeterOptions,
} from "../dynamodb/meter.ts";

/** What both functions count with: the meter in the deployment's table, and what it is held against. */
export const metering = (
  { settings, timing, usage }: Config,
  table: DynamoMeterOptions,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): BudgetsOptions & RatesOptions & KillSwitchOptions => ({
  meter: createDynamoMeter(table),
  clock: table.clock,
  log,
  timing,
  usage,
  budgets: settings.budgets,
  models: settings.models,
  onSiteUse: (percent) => metrics.add("budgetUsed", percent),
});
