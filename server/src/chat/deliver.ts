import { stringifyFrame, type ServerFrame } from "bedrock-chat-widget/protocol";
import type { Log, Outbox, Store } from "./ports.ts";

export interface DeliverDeps {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly log: Log;
}

/** Removes what is stored of a connection that will never take a frame again. */
export async function forgetConnection(
  { store, log }: Pick<DeliverDeps, "store" | "log">,
  connectionId: string,
): Promise<void> {
  try {
    await store.deleteConnection(connectionId);
  } catch (error) {
    // It expires by itself.
    log.warn("A connection that is gone could not be deleted.", {
      connectionId,
      error,
    });
  }
}

/**
 * Posts a text to a connection and says whether it arrived. It never rejects: what a client misses it asks for, and
 * what was decided before the post stays decided.
 */
export async function deliverText(
  deps: DeliverDeps,
  connectionId: string,
  text: string,
): Promise<boolean> {
  try {
    if ((await deps.outbox.post(connectionId, text)) === "sent") return true;
  } catch (error) {
    deps.log.warn("A frame could not be posted.", { connectionId, error });
    return false;
  }
  await forgetConnection(deps, connectionId);
  return false;
}

/** {@link deliverText} for a frame. */
export const deliver = (
  deps: DeliverDeps,
  connectionId: string,
  frame: ServerFrame,
): Promise<boolean> => deliverText(deps, connectionId, stringifyFrame(frame));

/** Delivers frames one after another and stops at the first that does not arrive: a gap would be of no use. */
export async function deliverAll(
  deps: DeliverDeps,
  connectionId: string,
  frames: readonly ServerFrame[],
): Promise<void> {
  for (const frame of frames)
    if (!(await deliver(deps, connectionId, frame))) return;
}
