import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  parseServerFrame,
  stringifyFrame,
  type HistoryFrame,
  type HistoryTurn,
} from "bedrock-chat-widget/protocol";
import { ChatError } from "./errors.ts";
import { turnEnd, turnError } from "./frames.ts";
import { historyFrames, historyTurn } from "./history-frames.ts";
import type { Turn } from "./ports.ts";

const openTurn = (turnId: string, state: "accepted" | "running"): Turn => ({
  conversationId: "c",
  turnId,
  order: 1,
  state,
  text: "Question?",
  model: "small",
  createdAt: Date.parse("2026-11-22T12:00:00.000Z"),
  askedBy: { connectionId: "c1", plain: false },
  resumes: [],
});
const turn = (turnId: string, fields: Partial<Turn> = {}): Turn => ({
  ...openTurn(turnId, "running"),
  state: "complete",
  answer: "Answer.",
  lastFrame: turnEnd(turnId, 3, "end_turn", 7),
  ...fields,
});

/** Puts entries of one turn together as a client does. */
function joined(frames: readonly HistoryFrame[]): HistoryTurn[] {
  const turns = new Map<string, HistoryTurn>();
  for (const entry of frames.flatMap((frame) => frame.turns)) {
    const first = turns.get(entry.turnId);
    turns.set(
      entry.turnId,
      first
        ? {
            ...first,
            text: first.text + entry.text,
            answer: first.answer + entry.answer,
          }
        : entry,
    );
  }
  return [...turns.values()];
}

describe("a turn in history", () => {
  const error = turnError("t", 1, new ChatError("timeout", "late"), "r1");
  const base = {
    turnId: "t",
    text: "Question?",
    model: "small",
    createdAt: "2026-11-22T12:00:00.000Z",
  };
  const failure = {
    code: "timeout",
    message: "The answer took too long. Please try again.",
    retryable: true,
    requestId: "r1",
  };
  for (const [name, given, expected] of [
    [
      "complete",
      turn("t", { rating: "up" }),
      {
        answer: "Answer.",
        status: "complete",
        stopReason: "end_turn",
        rating: "up",
      },
    ],
    [
      "stopped",
      turn("t", {
        state: "stopped",
        answer: "Ans",
        lastFrame: turnEnd("t", 2, "stopped", 3),
      }),
      { answer: "Ans", status: "stopped", stopReason: "stopped" },
    ],
    [
      "failed",
      turn("t", { state: "failed", answer: "An", lastFrame: error }),
      { answer: "An", status: "failed", error: failure },
    ],
    [
      "accepted",
      openTurn("t", "accepted"),
      { answer: "", status: "streaming" },
    ],
    ["running", openTurn("t", "running"), { answer: "", status: "streaming" }],
  ] as [string, Turn, Partial<HistoryTurn>][])
    it(`that is ${name}`, () => {
      assert.deepEqual(historyTurn(given), {
        ...base,
        ...expected,
      });
    });
});

describe("history in frames", () => {
  it("is one empty frame when there is nothing", () => {
    assert.deepEqual(historyFrames("c", [], { maxFrameBytes: 1_000 }), [
      { type: "history", conversationId: "c", turns: [] },
    ]);
  });

  it("fits its frames, keeps its order, and joins to what was stored", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 400 });
    const turns = fc
      .array(fc.tuple(text, text), { maxLength: 8 })
      .map((pairs) =>
        pairs.map(([question, answer], i) =>
          turn(`turn-${i}`, { text: question, answer }),
        ),
      );
    fc.assert(
      fc.property(turns, fc.integer({ min: 500, max: 2_000 }), (list, most) => {
        const frames = historyFrames(
          "c",
          list,
          { maxFrameBytes: most },
          "12.3",
        );
        for (const frame of frames) {
          const data = stringifyFrame(frame);
          assert.ok(Buffer.byteLength(data) <= most);
          assert.equal(parseServerFrame(data).kind, "frame");
          for (const entry of frame.turns) {
            assert.ok(entry.text.isWellFormed());
            assert.ok(entry.answer.isWellFormed());
          }
        }
        assert.deepEqual(joined(frames), list.map(historyTurn));
        assert.deepEqual(
          frames.map(({ more = false }) => more),
          frames.map((_frame, i) => i < frames.length - 1),
        );
        assert.deepEqual(
          frames.map(({ part }) => part),
          frames.map((_frame, i) => (frames.length > 1 ? i : undefined)),
        );
        assert.equal(frames.at(-1)?.before, "12.3");
      }),
    );
  });

  it("needs no more frames than the bytes do", () => {
    const list = [turn("t", { answer: "x".repeat(100_000) })];
    const frames = historyFrames("c", list, { maxFrameBytes: 16_000 });
    assert.equal(frames.length, 7);
  });
});
