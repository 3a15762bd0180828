import { Token } from "aws-cdk-lib";

/** Refuses a prop at synthesis: names the prop, its value and what was expected. */
export function expected(prop: string, value: unknown, what: string): never {
  const shown = value === undefined ? "missing" : JSON.stringify(value);
  throw new Error(`${prop} is ${shown}; expected ${what}.`);
}

/** Passes over a value that is known only at deployment. */
export function wholeNumber(
  prop: string,
  value: number,
  least: number,
  most: number,
): number {
  if (Token.isUnresolved(value)) return value;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  return expected(prop, value, `a whole number from ${least} to ${most}`);
}

/** Passes over a value that is known only at deployment. */
export function matching(
  prop: string,
  value: string,
  pattern: RegExp,
  what: string,
): string {
  if (Token.isUnresolved(value) || pattern.test(value)) return value;
  return expected(prop, value, what);
}
