/** Checks of single values in parsed JSON. Each takes the name under which its sentence knows the value. */

/** A value that is missing or illegal; the message is one sentence that names it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** A parsed object. */
export type Json = Readonly<Record<string, unknown>>;

/** Refuses a value in one sentence that names it. */
export function fail(name: string, value: unknown, expected: string): never {
  if (value === undefined)
    throw new ConfigError(`${name} is missing; expected ${expected}.`);
  const json = JSON.stringify(value);
  const shown = json.length > 80 ? `${json.slice(0, 80)}…` : json;
  throw new ConfigError(`${name} is ${shown}; expected ${expected}.`);
}

/** An object with no other fields than the known ones. */
export function object(
  name: string,
  value: unknown,
  known: readonly string[],
): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return fail(name, value, "an object");
  for (const field of Object.keys(value))
    if (!known.includes(field))
      throw new ConfigError(
        `${name}.${field} is not a setting; expected one of ${known.join(", ")}.`,
      );
  return value as Json;
}

/** A string that is not blank. */
export function text(name: string, value: unknown): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  return fail(name, value, "a string with something in it");
}

/** A whole number in a range. */
export function whole(
  name: string,
  value: unknown,
  least: number,
  most: number,
) {
  if (
    Number.isInteger(value) &&
    (value as number) >= least &&
    (value as number) <= most
  )
    return value as number;
  return fail(name, value, `a whole number from ${least} to ${most}`);
}

/** True or false, and nothing that looks like it. */
export function flag(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  return fail(name, value, "true or false");
}

/** A number from 0 to 1. */
export function fraction(name: string, value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  return fail(name, value, "a number from 0 to 1");
}

/** Any number of strings that are not blank. */
export function texts(name: string, value: unknown): string[] {
  if (!Array.isArray(value)) return fail(name, value, "an array of strings");
  return value.map((item, i) => text(`${name}[${i}]`, item));
}
