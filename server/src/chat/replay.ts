import type { TurnFrame } from "bedrock-chat-widget/protocol";
import {
  deliver,
  deliverAll,
  deliverText,
  type DeliverDeps,
} from "./deliver.ts";
import { asSettled, upToEnd } from "./frames.ts";
import { historyFrames } from "./history-frames.ts";
import type { Limits } from "./limits.ts";
import { plainMessage } from "./plain.ts";
import type { Turn } from "./ports.ts";

export interface ReplayDeps extends DeliverDeps {
  readonly limits: Limits;
}

const isWhole = (
  frames: readonly TurnFrame[],
  lastSeq: number,
  last: TurnFrame,
): boolean =>
  frames.length === last.seq - lastSeq &&
  frames.every((frame, i) => frame.seq === lastSeq + 1 + i);

/**
 * Brings a connection that has a turn's frames up to `lastSeq` to the end of that turn, which has ended. `log`: its frames,
 * where the caller has read them.
 */
export async function replayEnded(
  deps: ReplayDeps,
  connectionId: string,
  turn: Turn,
  lastSeq: number,
  log?: readonly TurnFrame[],
): Promise<void> {
  const last = turn.lastFrame;
  if (last && lastSeq >= last.seq) {
    if (!(await deliver(deps, connectionId, last))) return;
    // A worker that died may have posted a frame and not stored it; the turn then ended under the same number, which the
    // client takes for a repetition. The stored turn replaces what it has.
    if (turn.state !== "failed") return;
  } else if (last) {
    const frames =
      log?.filter(({ seq }) => seq > lastSeq) ??
      upToEnd(await deps.store.listFrames(turn, lastSeq));
    if (isWhole(frames, lastSeq, last)) {
      await deliverAll(deps, connectionId, frames.map(asSettled));
      return;
    }
  }
  await deliverAll(
    deps,
    connectionId,
    historyFrames(turn.conversationId, [turn], deps.limits),
  );
}

/**
 * Tells everybody concerned that a turn has ended without a worker: its receivers and those who asked to be brought up, or
 * the plain client who asked. Gives the connections that were told.
 */
export async function announceEnd(
  deps: ReplayDeps,
  turn: Turn,
  log: readonly TurnFrame[],
): Promise<ReadonlySet<string>> {
  const { askedBy, lastFrame, resumes, conversationId } = turn;
  if (!lastFrame) return new Set();
  if (askedBy.plain) {
    const text =
      lastFrame.type === "error" ? lastFrame.message : (turn.answer ?? "");
    const { maxPlainFrameBytes } = deps.limits;
    await deliverText(
      deps,
      askedBy.connectionId,
      plainMessage(text, maxPlainFrameBytes),
    );
    return new Set([askedBy.connectionId]);
  }
  const behind = new Map(
    resumes.map(({ connectionId, lastSeq }) => [connectionId, lastSeq]),
  );
  const concerned = new Set([
    askedBy.connectionId,
    ...behind.keys(),
    ...(await deps.store.listReceivers(conversationId)),
  ]);
  await Promise.all(
    [...concerned].map(async (connectionId) => {
      const lastSeq = behind.get(connectionId);
      await (lastSeq === undefined
        ? deliver(deps, connectionId, lastFrame)
        : replayEnded(deps, connectionId, turn, lastSeq, log));
    }),
  );
  return concerned;
}
