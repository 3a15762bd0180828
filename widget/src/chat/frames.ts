/** How the frames of a turn build its answer. Pure. */
import type { TurnFrame } from "../protocol.ts";
import { hasEnded, turnError, without, type ChatTurn } from "./model.ts";

/** The server has the question, so what went with it is not needed again. */
export const accept = (turn: ChatTurn): ChatTurn =>
  turn.accepted
    ? turn
    : {
        ...without(
          turn,
          "replaces",
          "replaced",
          "context",
          "tools",
          "modelHint",
          "elsewhere",
          "error",
        ),
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
  const next = { ...without(turn, "gap"), lastSeq: frame.seq };
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
        ...without(next, "stopping"),
        status: frame.stopReason === "stopped" ? "stopped" : "complete",
        stopReason: frame.stopReason,
        ...(frame.length === next.answer.length ? {} : { stale: true }),
      };
    case "error":
      return {
        ...without(next, "stopping"),
        status: "failed",
        error: turnError(frame),
      };
  }
}
