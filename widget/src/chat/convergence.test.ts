/** Whatever happens to frames on their way, after a resume the transcript is what the model wrote. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type {
  HistoryTurn,
  ServerFrame,
  TurnEndFrame,
  TurnFrame,
} from "../protocol.ts";
import { plain } from "../../test/plain.ts";
import { reduce, type ChatEvent } from "../../test/reduce.ts";
import { hasEnded, type ChatState, type ChatTurn } from "./model.ts";
import { initialState } from "./state.ts";

const CONVERSATION = "conversation";
const CREATED_AT = "2026-01-01T00:00:00.000Z";

const seeOf = (state: ChatState) =>
  state.turns.map(
    ({ turnId, text, answer, status, model, stopReason, error }) => ({
      turnId,
      text,
      answer,
      status,
      model,
      stopReason,
      error,
    }),
  );

const run = (state: ChatState, events: readonly ChatEvent[]): ChatState =>
  events.reduce(reduce, state);

const framed = (frames: readonly ServerFrame[]): ChatEvent[] =>
  frames.map((frame) => ({ type: "frame", frame }));

/** Pieces of text as models write it: empty, astral, combining, and halves of surrogate pairs never alone. */
const piece = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom("", "👩‍👩‍👧", "é", "🇩🇪", "a\u0301\u0323", "\u{1f600}"),
);

interface Script {
  readonly turnId: string;
  readonly text: string;
  readonly frames: readonly TurnFrame[];
}

const script = (turnId: string) =>
  fc
    .record({
      text: fc.string({ minLength: 1 }),
      pieces: fc.array(piece, { maxLength: 12 }),
      ending: fc.constantFrom("end_turn", "stopped", "max_tokens", "error"),
    })
    .map(({ text, pieces, ending }): Script => {
      const started: TurnFrame[] = [
        {
          type: "turn-start",
          conversationId: CONVERSATION,
          turnId,
          seq: 0,
          model: "m",
          createdAt: CREATED_AT,
        },
        ...pieces.map((each, i) => ({
          type: "text-delta" as const,
          turnId,
          seq: i + 1,
          text: each,
        })),
      ];
      const seq = started.length;
      const last: TurnFrame =
        ending === "error"
          ? {
              type: "error",
              turnId,
              seq,
              code: "stream_truncated",
              message: "Cut off.",
              retryable: true,
              requestId: "r",
            }
          : {
              type: "turn-end",
              turnId,
              seq,
              stopReason: ending as TurnEndFrame["stopReason"],
              length: pieces.join("").length,
              usage: { inputTokens: 1, outputTokens: 1 },
            };
      return { turnId, text, frames: [...started, last] };
    });

const asked = ({ turnId, text }: Script): ChatEvent => ({
  type: "asked",
  question: { turnId, text, createdAt: Date.parse(CREATED_AT) },
});

/** What the server has of a turn when the first `count` frames are written. */
function historyOf(
  { turnId, text, frames }: Script,
  count: number,
): HistoryTurn {
  const written = frames.slice(0, count);
  const last = written.at(-1);
  const entry = { turnId, text, model: "m", createdAt: CREATED_AT };
  const answer = written
    .map((frame) => (frame.type === "text-delta" ? frame.text : ""))
    .join("");
  if (last?.type === "turn-end")
    return {
      ...entry,
      answer,
      status: last.stopReason === "stopped" ? "stopped" : "complete",
      stopReason: last.stopReason,
    };
  if (last?.type === "error") {
    const { code, message, retryable, requestId } = last;
    const error = { code, message, retryable, requestId };
    return { ...entry, answer, status: "failed", error };
  }
  return { ...entry, answer: "", status: "streaming" };
}

const clean = (scripts: readonly Script[]): ChatState =>
  run(
    initialState(CONVERSATION, true),
    scripts.flatMap((each) => [
      asked(each),
      ...framed([{ type: "ack", turnId: each.turnId }, ...each.frames]),
    ]),
  );

/** How the network mistreats a list: some lost, some doubled, some late. */
const mistreated = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc
    .array(fc.nat({ max: Math.max(0, items.length - 1) }), {
      maxLength: 2 * items.length,
    })
    .map((picks) => picks.flatMap((pick) => items.slice(pick, pick + 1)));

/** The frames that a `resume` of the turn brings now. */
const resumed = (state: ChatState, { turnId, frames }: Script) => {
  const turn = state.turns.find((each) => each.turnId === turnId);
  return framed(frames.slice((turn?.lastSeq ?? -1) + 1));
};

test("frames lost, doubled and out of order, then resumed, give the same state", () => {
  fc.assert(
    fc.property(
      fc
        .tuple(script("a"), script("b"))
        .chain((scripts) =>
          fc.tuple(
            fc.constant(scripts),
            mistreated(scripts.flatMap(({ frames }) => frames)),
          ),
        ),
      ([scripts, frames]) => {
        const before = run(initialState(CONVERSATION, true), [
          ...scripts.map(asked),
          ...framed(frames),
        ]);
        const after = scripts.reduce(
          (state, each) => run(state, resumed(state, each)),
          before,
        );
        assert.deepEqual(seeOf(after), seeOf(clean(scripts)));
        assert.ok(after.turns.every(({ gap, stale }) => !gap && !stale));
      },
    ),
    { numRuns: 500 },
  );
});

test("at every moment the text is a prefix of what the model wrote", () => {
  fc.assert(
    fc.property(
      script("a").chain((each) =>
        fc.tuple(fc.constant(each), mistreated(each.frames)),
      ),
      ([each, frames]) => {
        const whole = clean([each]).turns[0]!.answer;
        let state = run(initialState(CONVERSATION, true), [asked(each)]);
        for (const event of framed(frames)) {
          const before = state;
          state = reduce(state, event);
          const turn = state.turns[0]!;
          assert.ok(whole.startsWith(turn.answer));
          assert.ok(turn.answer.startsWith(before.turns[0]!.answer));
        }
      },
    ),
  );
});

test("a gap is noted exactly when a frame is missing before one that came", () => {
  fc.assert(
    fc.property(
      script("a").chain((each) =>
        fc.tuple(
          fc.constant(each),
          fc.subarray([...each.frames], { minLength: 1 }),
        ),
      ),
      ([each, frames]) => {
        const state = run(initialState(CONVERSATION, true), [
          asked(each),
          ...framed(frames),
        ]);
        const isPrefix = frames.every(({ seq }, i) => seq === i);
        assert.equal(state.turns[0]?.gap ?? false, !isPrefix);
      },
    ),
  );
});

test("a reload at any moment, with history and resume, gives the same state", () => {
  fc.assert(
    fc.property(
      fc
        .tuple(script("a"), script("b"))
        .chain(([a, b]) =>
          fc.tuple(
            fc.constant([a, b] as const),
            fc.nat({ max: b.frames.length }),
            mistreated(b.frames),
            fc.boolean(),
          ),
        ),
      ([[a, b], written, late, twice]) => {
        const page: ServerFrame = {
          type: "history",
          conversationId: CONVERSATION,
          turns: [historyOf(a, a.frames.length), historyOf(b, written)],
        };
        const request: ChatEvent = {
          type: "history-requested",
          kind: "newest",
        };
        let state = run(initialState(CONVERSATION, false), [
          request,
          ...framed(twice ? [page, page] : [page]),
          ...framed(late),
        ]);
        state = run(state, resumed(state, b));
        assert.deepEqual(seeOf(state), seeOf(clean([a, b])));
      },
    ),
    { numRuns: 500 },
  );
});

test("history that comes late or again never takes anything back", () => {
  fc.assert(
    fc.property(
      script("a").chain((each) =>
        fc.tuple(fc.constant(each), fc.nat({ max: each.frames.length })),
      ),
      ([each, written]) => {
        const done = clean([each]);
        const again = run(done, [
          { type: "history-requested", kind: "newest" },
          ...framed([
            {
              type: "history",
              conversationId: CONVERSATION,
              turns: [historyOf(each, written)],
            },
          ]),
        ]);
        assert.deepEqual(seeOf(again), seeOf(done));
        assert.ok(again.turns.every(hasEnded));
      },
    ),
  );
});

test("however a page of history is cut into frames and entries, the turns are the same", () => {
  const cut = (entry: HistoryTurn, at: number): HistoryTurn[] => {
    const whole = entry.text + entry.answer;
    const place = Math.min(at, whole.length);
    const [text, rest] = [entry.text.slice(0, place), entry.text.slice(place)];
    const split = Math.max(0, place - entry.text.length);
    const repeated = plain({
      ...entry,
      stopReason: undefined,
      error: undefined,
    });
    return [
      { ...entry, text, answer: entry.answer.slice(0, split) },
      { ...repeated, text: rest, answer: entry.answer.slice(split) },
    ];
  };
  fc.assert(
    fc.property(
      fc.tuple(script("a"), script("b"), script("c")),
      fc.array(fc.nat({ max: 60 }), { minLength: 3, maxLength: 3 }),
      fc.nat({ max: 6 }),
      (scripts, cuts, border) => {
        const whole = scripts.map((each) => historyOf(each, Infinity));
        const entries = whole.flatMap((entry, i) => cut(entry, cuts[i]!));
        const load = (...pages: HistoryTurn[][]) =>
          run(initialState(CONVERSATION, false), [
            { type: "history-requested", kind: "newest" },
            ...framed(
              pages.map((turns, i) => ({
                type: "history",
                conversationId: CONVERSATION,
                turns,
                ...(i < pages.length - 1 ? { more: true } : {}),
              })),
            ),
          ]);
        const pieces = load(entries.slice(0, border), entries.slice(border));
        assert.deepEqual(pieces, load(whole));
      },
    ),
  );
});

test("the frames of a page that come twice, or not at all, corrupt nothing", () => {
  fc.assert(
    fc.property(
      script("a"),
      fc.integer({ min: 2, max: 5 }),
      fc.array(fc.nat({ max: 4 }), { maxLength: 12 }),
      (each, count, picks) => {
        const whole = historyOf(each, Infinity);
        const size = Math.ceil(whole.answer.length / count) || 1;
        const frames = Array.from({ length: count }, (_, part): ServerFrame => {
          const answer = whole.answer.slice(part * size, (part + 1) * size);
          return {
            type: "history",
            conversationId: CONVERSATION,
            turns: [{ ...whole, text: part === 0 ? whole.text : "", answer }],
            part,
            ...(part < count - 1 ? { more: true } : {}),
          };
        });
        const request: ChatEvent = {
          type: "history-requested",
          kind: "newest",
        };
        const disturbed = run(initialState(CONVERSATION, false), [
          request,
          ...framed(picks.flatMap((pick) => frames[pick] ?? [])),
        ]);
        const { turns } = disturbed;
        assert.ok(turns.length === 0 || turns[0]?.answer === whole.answer);
        const again = run(disturbed, [request, ...framed(frames)]);
        assert.deepEqual(again.turns[0]?.answer, whole.answer);
        assert.equal(again.history.loading, false);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("no frame whatsoever makes reduce throw or touch what has ended", () => {
  const turnId = fc.constantFrom("a", "b", "c");
  const frame = fc.oneof(
    fc.record({ type: fc.constant("ack" as const), turnId }),
    fc.record({
      type: fc.constant("text-delta" as const),
      turnId,
      seq: fc.nat({ max: 6 }),
      text: piece,
    }),
    fc.record({
      type: fc.constant("turn-end" as const),
      turnId,
      seq: fc.nat({ max: 6 }),
      stopReason: fc.constant("end_turn" as const),
      length: fc.nat({ max: 9 }),
      usage: fc.constant({ inputTokens: 0, outputTokens: 0 }),
    }),
    fc.record({
      type: fc.constant("turn-start" as const),
      conversationId: fc.constantFrom(CONVERSATION, "other"),
      turnId,
      seq: fc.constant(0 as const),
      model: fc.constant("m"),
      createdAt: fc.constantFrom(CREATED_AT, "never"),
    }),
  );
  const command: fc.Arbitrary<ChatEvent> = fc.oneof(
    fc.record({
      type: fc.constantFrom("sent", "waiting", "removed", "stopping"),
      turnId,
    }),
    turnId.map((id) => asked({ turnId: id, text: "x", frames: [] })),
  );
  const event = fc.oneof(
    frame.map((each) => framed([each])[0]!),
    command,
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let state = initialState(CONVERSATION, true);
      for (const each of events) {
        const ended = new Map<string, ChatTurn>(
          state.turns.filter(hasEnded).map((turn) => [turn.turnId, turn]),
        );
        state = reduce(state, each);
        for (const turn of state.turns)
          if (ended.has(turn.turnId))
            assert.equal(turn, ended.get(turn.turnId));
        const ids = state.turns.map((turn) => turn.turnId);
        assert.equal(new Set(ids).size, ids.length);
      }
    }),
  );
});
