/** The only user of the console: one JSON object a line, as CloudWatch Logs Insights reads it. */
import { LogFormatter, Logger, LogItem } from "@aws-lambda-powertools/logger";
import type { Log } from "./chat/ports.ts";

export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"] as const;

/** How deep a chain of causes is written. */
const MAX_CAUSES = 4;

/** AWS quotes the value that it refuses, which may be a text of the conversation. */
const withoutValue = (text: string | undefined): string | undefined =>
  text?.replace(/Value '.*' at '/gs, "Value '…' at '");

/**
 * What is written of an error. Never its other fields: those of the AWS SDK may hold the item or the body that a service
 * refused, and with it what a visitor wrote.
 */
function describe(error: Error, depth = 0): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const code = (error as { readonly code?: unknown }).code;
  return {
    name,
    message: withoutValue(message),
    ...(code === undefined ? {} : { code }),
    ...(depth === 0 ? { stack: withoutValue(stack) } : {}),
    ...(cause instanceof Error && depth < MAX_CAUSES
      ? { cause: describe(cause, depth + 1) }
      : {}),
  };
}

type Attributes = Parameters<LogFormatter["formatAttributes"]>;

class Formatter extends LogFormatter {
  formatAttributes(
    { logLevel, message, timestamp, serviceName, xRayTraceId }: Attributes[0],
    fields: Attributes[1],
  ): LogItem {
    return new LogItem({
      attributes: {
        level: logLevel,
        message,
        timestamp: timestamp.toISOString(),
        service: serviceName,
        xray_trace_id: xRayTraceId,
        ...fields,
      },
    });
  }

  override formatError(error: Error) {
    return describe(error);
  }
}

/** A log that writes lines from `level` up, in the name of `service`. Nothing that a visitor wrote belongs into it. */
export const createLog = (level: LogLevel, service: string): Log =>
  boundTo(
    new Logger({
      logLevel: level,
      serviceName: service,
      logFormatter: new Formatter(),
    }),
    {},
  );

/** Fields are bound here and not in the logger, whose own ones all invocations of a container share. */
const boundTo = (
  logger: Logger,
  common: Readonly<Record<string, unknown>>,
): Log => ({
  info: (message, fields) => logger.info(message, { ...common, ...fields }),
  warn: (message, fields) => logger.warn(message, { ...common, ...fields }),
  error: (message, fields) => logger.error(message, { ...common, ...fields }),
  with: (fields) => boundTo(logger, { ...common, ...fields }),
});
