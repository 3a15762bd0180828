import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatTurn } from "./model.ts";
import { initialState } from "./state.ts";
import { turnEvents } from "./turn-events.ts";

test("a piece of an answer costs no more than one look at each turn before it", () => {
  let looks = 0;
  const turns = Array.from({ length: 1_000 }, (_, i): ChatTurn => ({
    get turnId() {
      looks++;
      return `turn-${i}`;
    },
    text: "Why?",
    answer: "",
    status: "streaming",
    createdAt: 0,
    lastSeq: 0,
    accepted: true,
  }));
  const before = { ...initialState("c", false), turns };
  const last = { ...turns.at(-1)!, answer: "So.", lastSeq: 1 };
  const after = { ...before, turns: [...turns.slice(0, -1), last] };
  looks = 0;
  const frame = {
    type: "text-delta",
    turnId: last.turnId,
    seq: 1,
    text: "So.",
  } as const;
  assert.deepEqual(turnEvents(before, after, { type: "frame", frame }), [
    ["response-delta", last.turnId, "So."],
  ]);
  assert.ok(looks <= turns.length, `${looks} looks`);
});
