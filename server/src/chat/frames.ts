import {
  endsTurn,
  type ErrorFrame,
  type StopReason,
  type TurnEndFrame,
  type TurnFrame,
  type Usage,
} from "bedrock-chat-widget/protocol";
import { failureOf, type ChatError } from "./errors.ts";
import type { Turn, TurnEnding } from "./ports.ts";

/** Zero stands for "Bedrock did not say": it reports usage at the end of a stream, which a stopped answer never reaches. */
export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0 };

export const turnEnd = (
  turnId: string,
  seq: number,
  stopReason: StopReason,
  length: number,
  usage: Usage = NO_USAGE,
): TurnEndFrame => ({
  type: "turn-end",
  turnId,
  seq,
  stopReason,
  length,
  usage,
});

export const sum = (one: Usage, other: Usage): Usage => ({
  inputTokens: one.inputTokens + other.inputTokens,
  outputTokens: one.outputTokens + other.outputTokens,
});

/** The error that ends an accepted turn. */
export const turnError = (
  turnId: string,
  seq: number,
  error: ChatError,
  requestId: string,
): ErrorFrame & { readonly turnId: string; readonly seq: number } => ({
  type: "error",
  ...failureOf(error),
  turnId,
  seq,
  requestId,
});

/** The error that refuses a frame. */
export const refusalFrame = (
  error: ChatError,
  requestId: string,
  turnId?: string,
): ErrorFrame => ({
  type: "error",
  ...failureOf(error),
  ...(turnId === undefined ? {} : { turnId }),
  requestId,
});

/** Whether somebody has still to answer or to end this turn. */
export const isOpen = (turn: Turn): boolean =>
  turn.state === "accepted" || turn.state === "running";

/** The frames of a log up to the one that ends the turn: what a dead worker wrote behind it does not count. */
export function upToEnd(frames: readonly TurnFrame[]): readonly TurnFrame[] {
  const end = frames.findIndex(endsTurn);
  return end === -1 ? frames : frames.slice(0, end + 1);
}

/** The frame for those who get it when nobody waits for the result of its call any more. */
export const asSettled = (frame: TurnFrame): TurnFrame =>
  frame.type === "tool-call" ? { ...frame, settled: true } : frame;

/** The text that the frames carry. */
export const textOf = (frames: readonly TurnFrame[]): string =>
  frames
    .map((frame) => (frame.type === "text-delta" ? frame.text : ""))
    .join("");

/** How a turn ends whose log ends with `lastFrame`. */
export function endingOf(answer: string, lastFrame: TurnFrame): TurnEnding {
  const state =
    lastFrame.type !== "turn-end"
      ? "failed"
      : lastFrame.stopReason === "stopped"
        ? "stopped"
        : "complete";
  return { state, answer, lastFrame };
}
