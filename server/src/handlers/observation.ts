import type { Outbox } from "../chat/ports.ts";
import type { Config } from "../config.ts";
import { loggedOutbox } from "../gateway/logged-outbox.ts";
import { createLog } from "../log.ts";
import { createMetrics } from "../metrics.ts";
import { createTrace } from "../trace.ts";

/** What both functions tell about themselves: log, metrics and traces, all in the name of the deployment's table. */
export async function observe({
  tableName,
  logLevel,
  logFrames,
  isTraced,
}: Config) {
  const log = createLog(logLevel, tableName);
  if (logFrames)
    log.warn(
      "LOG_FRAMES is on: this log holds what visitors write, and their tokens.",
    );
  return {
    log,
    metrics: createMetrics(tableName),
    trace: await createTrace(isTraced, tableName),
    /** The outbox, with a look at what it posts if that is wanted. */
    watched: (outbox: Outbox): Outbox =>
      logFrames ? loggedOutbox(outbox, log) : outbox,
  };
}
