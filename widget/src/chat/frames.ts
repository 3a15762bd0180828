/** How the frames of a turn build its answer. Pure. */
import type { TurnFrame } from "../protocol.ts";
import { hasEnded, turnError, type ChatTurn } from "./model.ts";

/** The server has the question, so what went with it is not needed again. */
export const accept = (turn: ChatTurn): ChatTurn =>
  turn.accepted
    ? turn
    : {
        ...turn,
        replaces: undefined,
        replaced: undefined,
        context: undefined,
        tools: undefined,
        modelHint: undefined,
        elsewhere: undefined,
        error: undefined,
        accepted: true,
        status: "submitted",
      };

/** A turn that was asked elsewhere: its question has yet to be fetched. */
export const placeholder = (turnId: string, createdAt: string): ChatTurn => ({
  turnId,
  text: "",
  answer: "",
  status: "submitted",
  createdAt: Date.parse(createdAt) || 0,
  lastSeq: -1,
  accepted: true,
  stale: true,
});

/** Applies the next frame of a turn; drops one that it has; notes a gap. */
export function applyFrame(before: ChatTurn, frame: TurnFrame): ChatTurn {
  if (hasEnded(before) || frame.seq <= before.lastSeq) return before;
  const turn = accept(before);
  if (frame.seq > turn.lastSeq + 1)
    return turn.gap ? turn : { ...turn, gap: true };
  const next = { ...turn, gap: undefined, lastSeq: frame.seq };
  switch (frame.type) {
    case "turn-start":
      return { ...next, model: frame.model };
    case "text-delta":
      return frame.text === ""
        ? next
        : { ...next, answer: next.answer + frame.text, status: "streaming" };
    case "tool-call":
      return next;
    case "turn-end":
      return {
        ...next,
        stopping: undefined,
        status: frame.stopReason === "stopped" ? "stopped" : "complete",
        stopReason: frame.stopReason,
        stale: frame.length === next.answer.length ? next.stale : true,
      };
    case "error":
      return {
        ...next,
        stopping: undefined,
        status: "failed",
        error: turnError(frame),
      };
  }
}
