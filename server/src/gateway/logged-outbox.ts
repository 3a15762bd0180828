import type { Log, Outbox } from "../chat/ports.ts";

/** An outbox that writes what it posts into the log, in full. */
export const loggedOutbox = (outbox: Outbox, log: Log): Outbox => ({
  post(connectionId, data) {
    log.info("A frame is posted.", { connectionId, frame: data });
    return outbox.post(connectionId, data);
  },
  disconnect: (connectionId) => outbox.disconnect(connectionId),
});
