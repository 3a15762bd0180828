import type {
  TextDeltaFrame,
  TurnEndFrame,
} from "bedrock-chat-widget/protocol";
import type { NewTurn, TurnEnding, TurnKey } from "../../src/chat/ports.ts";

export const KEY: TurnKey = { conversationId: "c1", turnId: "t1" };

/** A lease in the far future of every test. */
export const LATER = Date.parse("2030-01-01T00:00:00.000Z");

export const newTurn = (fields: Partial<NewTurn> = {}): NewTurn => ({
  ...KEY,
  order: 1,
  text: "What is a queue?",
  model: "fast",
  createdAt: Date.parse("2026-11-22T12:00:00.000Z"),
  askedBy: { connectionId: "gbgBWm8QaQAYKEiSkA==", plain: false },
  leaseUntil: LATER,
  ...fields,
});

export const delta = (seq: number, text = `piece ${seq}`): TextDeltaFrame => ({
  type: "text-delta",
  turnId: KEY.turnId,
  seq,
  text,
});

export const turnEnd = (fields: Partial<TurnEndFrame> = {}): TurnEndFrame => ({
  type: "turn-end",
  turnId: KEY.turnId,
  seq: 7,
  stopReason: "end_turn",
  length: 6,
  usage: { inputTokens: 12, outputTokens: 3 },
  ...fields,
});

export const ending = (fields: Partial<TurnEnding> = {}): TurnEnding => ({
  state: "complete",
  answer: "A line",
  lastFrame: turnEnd(),
  ...fields,
});

/** Runs `act` `times` times at once and gives the outcomes that `won` is true of. */
export async function race<T>(
  times: number,
  act: (i: number) => Promise<T>,
  won: (outcome: T) => boolean = Boolean,
): Promise<T[]> {
  const outcomes = await Promise.all(
    Array.from({ length: times }, (_, i) => act(i)),
  );
  return outcomes.filter(won);
}
