/** The only user of the console: one JSON object a line, as CloudWatch Logs Insights reads it. */
import type { Log } from "./chat/ports.ts";

export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"] as const;

/** How deep a chain of causes is written. */
const MAX_CAUSES = 4;

/** What is written of an error: without this, JSON has nothing of it. */
function describe(error: Error, depth = 0): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const code = (error as { readonly code?: unknown }).code;
  return {
    name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(depth === 0 ? { stack } : {}),
    ...(cause instanceof Error && depth < MAX_CAUSES
      ? { cause: describe(cause, depth + 1) }
      : {}),
  };
}

const errorsAsObjects = (_key: string, value: unknown): unknown =>
  value instanceof Error ? describe(value) : value;

/** A log that writes lines from `level` up. Nothing that a visitor wrote belongs into it. */
export function createLog(
  level: LogLevel,
  write: (line: string) => void = (line) => {
    console.log(line);
  },
  now: () => Date = () => new Date(),
): Log {
  const lowest = LOG_LEVELS.indexOf(level);
  const at =
    (level: LogLevel): Log["info"] =>
    (message, fields = {}) => {
      if (LOG_LEVELS.indexOf(level) < lowest) return;
      const line = { time: now().toISOString(), level, message, ...fields };
      write(JSON.stringify(line, errorsAsObjects));
    };
  return { info: at("INFO"), warn: at("WARN"), error: at("ERROR") };
}
