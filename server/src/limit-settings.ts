/** The part of the settings that says how much may be used. */
import {
  DEFAULT_BUDGETS,
  DEFAULT_USAGE_LIMITS,
  type Budgets,
  type UsageLimits,
} from "./chat/limits.ts";
import type { ModelConfig, Prices } from "./chat/ports.ts";
import { fail, object, whole, type Json } from "./checks.ts";

const MOST_COUNT = 1_000_000_000;
const MOST_TOKENS = 1_000_000_000_000;
/** In billionths, this is still a number without loss. */
const MOST_DOLLARS = 1_000_000;
const MOST_DOLLARS_PER_MILLION = 100_000;

const keysOf = <T extends object>(defaults: T) =>
  Object.keys(defaults) as (keyof T & string)[];

/** The highest value that a limit or a budget may have. */
export const highest = (key: keyof UsageLimits | keyof Budgets): number => {
  if (/dollars/.test(key)) return MOST_DOLLARS;
  return /tokens/i.test(key) ? MOST_TOKENS : MOST_COUNT;
};

/** Names of the limits of use, which stand among the other limits. */
export const USAGE_LIMITS = keysOf(DEFAULT_USAGE_LIMITS);

function amount(name: string, value: unknown, most: number): number {
  if (typeof value === "number" && value >= 0 && value <= most) return value;
  return fail(name, value, `a number from 0 to ${most}`);
}

/** Limits of use; those that are left out have their defaults. */
export const usageLimits = (fields: Json): UsageLimits =>
  Object.fromEntries(
    USAGE_LIMITS.map((key) => [
      key,
      whole(
        `limits.${key}`,
        fields[key] ?? DEFAULT_USAGE_LIMITS[key],
        0,
        highest(key),
      ),
    ]),
  ) as unknown as UsageLimits;

/** What a model costs; undefined where nothing is said. */
export function prices(name: string, value: unknown): Prices | undefined {
  if (value === undefined) return undefined;
  const fields = object(name, value, ["inputPerMillion", "outputPerMillion"]);
  const price = (key: keyof Prices) =>
    amount(`${name}.${key}`, fields[key], MOST_DOLLARS_PER_MILLION);
  return {
    inputPerMillion: price("inputPerMillion"),
    outputPerMillion: price("outputPerMillion"),
  };
}

/** Budgets of the site; those that are left out have their defaults. A budget in dollars needs the price of every model. */
export function budgets(
  value: unknown,
  models: readonly ModelConfig[],
): Budgets {
  const fields = object("budgets", value ?? {}, keysOf(DEFAULT_BUDGETS));
  const tokens = (key: keyof Budgets) =>
    whole(
      `budgets.${key}`,
      fields[key] ?? DEFAULT_BUDGETS[key],
      0,
      highest(key),
    );
  const dollars = (key: keyof Budgets) => {
    const name = `budgets.${key}`;
    const value = amount(
      name,
      fields[key] ?? DEFAULT_BUDGETS[key],
      highest(key),
    );
    const unpriced = models.findIndex((model) => !model.prices);
    if (value > 0 && unpriced >= 0)
      fail(
        `models[${unpriced}].prices`,
        undefined,
        `{"inputPerMillion": …, "outputPerMillion": …} in US dollars, because ${name} is ${value}`,
      );
    return value;
  };
  return {
    tokensPerDay: tokens("tokensPerDay"),
    tokensPerMonth: tokens("tokensPerMonth"),
    dollarsPerDay: dollars("dollarsPerDay"),
    dollarsPerMonth: dollars("dollarsPerMonth"),
  };
}
