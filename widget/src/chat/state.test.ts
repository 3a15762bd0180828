import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../../test/plain.ts";
import { reduce, type ChatEvent } from "../../test/reduce.ts";
import type { HistoryTurn, ServerFrame, TurnError } from "../protocol.ts";
import { initialState, type ChatState, type ChatTurn } from "./state.ts";

const AT = "2026-01-01T00:00:00.000Z";
const TURN: ChatTurn = {
  turnId: "t",
  text: "Hello",
  answer: "",
  status: "waiting",
  createdAt: 7,
  lastSeq: -1,
  accepted: false,
};
const ERROR: TurnError = {
  code: "internal",
  message: "No.",
  retryable: true,
  requestId: "r",
};

const asked = (turnId = "t", rest: object = {}): ChatEvent => ({
  type: "asked",
  question: { turnId, text: "Hello", createdAt: 7, ...rest },
});
const frame = (each: ServerFrame): ChatEvent => ({
  type: "frame",
  frame: each,
});
const ack = (turnId = "t") => frame({ type: "ack", turnId });
const start = (turnId = "t", conversationId = "c") =>
  frame({
    type: "turn-start",
    conversationId,
    turnId,
    seq: 0,
    model: "m",
    createdAt: AT,
  });
const delta = (seq: number, text: string, turnId = "t") =>
  frame({ type: "text-delta", turnId, seq, text });
const end = (seq: number, length: number, stopReason = "end_turn") =>
  frame({
    type: "turn-end",
    turnId: "t",
    seq,
    length,
    stopReason: stopReason as "end_turn",
    usage: { inputTokens: 1, outputTokens: 1 },
  });
const failed = (seq?: number) =>
  frame({
    type: "error",
    turnId: "t",
    ...ERROR,
    ...(seq === undefined ? {} : { seq }),
  });
const requested = (kind: "newest" | "older" | "recent"): ChatEvent => ({
  type: "history-requested",
  kind,
});
const entry = (
  turnId: string,
  rest: Partial<HistoryTurn> = {},
): HistoryTurn => ({
  turnId,
  text: `question ${turnId}`,
  answer: `answer ${turnId}`,
  status: "complete",
  model: "m",
  createdAt: AT,
  ...rest,
});
const page = (
  turns: readonly HistoryTurn[],
  rest: { before?: string; more?: boolean } = {},
) => frame({ type: "history", conversationId: "c", turns, ...rest });

const EMPTY = initialState("c", true);
const after = (...events: ChatEvent[]): ChatState =>
  events.reduce(reduce, EMPTY);
const ids = (state: ChatState) => state.turns.map(({ turnId }) => turnId);

const ACCEPTED = { ...TURN, accepted: true, status: "submitted" };
const STARTED = { ...ACCEPTED, lastSeq: 0, model: "m" };

/** Name · events · the one turn that results. */
const TABLE: readonly (readonly [string, readonly ChatEvent[], object])[] = [
  ["a question waits", [asked()], TURN],
  ["a question is taken once", [asked(), asked("t", { text: "Again" })], TURN],
  [
    "is sent",
    [asked(), { type: "sent", turnId: "t" }],
    { ...TURN, status: "submitted" },
  ],
  [
    "must be sent again",
    [asked(), { type: "sent", turnId: "t" }, { type: "waiting", turnId: "t" }],
    TURN,
  ],
  [
    "is accepted, and needs not be sent with anything again",
    [
      asked("t", { replaces: "x", context: { title: "T" }, modelHint: "m" }),
      ack(),
    ],
    ACCEPTED,
  ],
  [
    "an accepted question neither waits nor is sent nor removed",
    [
      asked(),
      ack(),
      { type: "waiting", turnId: "t" },
      { type: "sent", turnId: "t" },
      { type: "removed", turnId: "t" },
    ],
    ACCEPTED,
  ],
  ["frames prove acceptance", [asked(), start()], STARTED],
  ["a start is applied once", [asked(), ack(), start(), start()], STARTED],
  [
    "deltas are joined",
    [asked(), start(), delta(1, "a"), delta(2, "b")],
    { ...STARTED, lastSeq: 2, answer: "ab", status: "streaming" },
  ],
  [
    "an empty delta is no text yet",
    [asked(), start(), delta(1, "")],
    { ...STARTED, lastSeq: 1 },
  ],
  [
    "a doubled delta is dropped",
    [asked(), start(), delta(1, "a"), delta(1, "a")],
    { ...STARTED, lastSeq: 1, answer: "a", status: "streaming" },
  ],
  [
    "a gap is noted, what comes after it dropped",
    [asked(), start(), delta(2, "b"), delta(3, "c")],
    { ...STARTED, gap: true },
  ],
  [
    "a gap is closed by the next frame in order",
    [asked(), start(), delta(2, "b"), delta(1, "a")],
    { ...STARTED, lastSeq: 1, answer: "a", status: "streaming" },
  ],
  [
    "a tool call has its place in the order",
    [
      asked(),
      start(),
      frame({
        type: "tool-call",
        turnId: "t",
        seq: 1,
        toolCallId: "x",
        name: "n",
        input: {},
      }),
      delta(2, "a"),
    ],
    { ...STARTED, lastSeq: 2, answer: "a", status: "streaming" },
  ],
  [
    "an end of the right length completes, counted in UTF-16",
    [asked(), start(), delta(1, "😀"), end(2, 2)],
    {
      ...STARTED,
      lastSeq: 2,
      answer: "😀",
      status: "complete",
      stopReason: "end_turn",
    },
  ],
  [
    "an end of another length makes the text stale",
    [asked(), start(), delta(1, "ab"), end(2, 3)],
    {
      ...STARTED,
      lastSeq: 2,
      answer: "ab",
      status: "complete",
      stopReason: "end_turn",
      stale: true,
    },
  ],
  [
    "a stop before the beginning",
    [asked(), ack(), { type: "stopping", turnId: "t" }, end(0, 0, "stopped")],
    { ...ACCEPTED, lastSeq: 0, status: "stopped", stopReason: "stopped" },
  ],
  [
    "deltas after the end are dropped",
    [asked(), start(), end(1, 0), delta(2, "late"), delta(3, "later")],
    { ...STARTED, lastSeq: 1, status: "complete", stopReason: "end_turn" },
  ],
  [
    "deltas after a stop are dropped",
    [asked(), start(), end(1, 0, "stopped"), delta(2, "late")],
    { ...STARTED, lastSeq: 1, status: "stopped", stopReason: "stopped" },
  ],
  [
    "deltas between stop and end still count",
    [asked(), start(), { type: "stopping", turnId: "t" }, delta(1, "a")],
    {
      ...STARTED,
      lastSeq: 1,
      answer: "a",
      status: "streaming",
      stopping: true,
    },
  ],
  [
    "an error with a place ends the turn and keeps the text",
    [asked(), start(), delta(1, "a"), failed(2)],
    { ...STARTED, lastSeq: 2, answer: "a", status: "failed", error: ERROR },
  ],
  [
    "an error with a place can come before any other frame",
    [asked(), ack(), failed(0)],
    { ...ACCEPTED, lastSeq: 0, status: "failed", error: ERROR },
  ],
  [
    "an error without a place changes nothing: it answers one frame",
    [asked(), start(), failed()],
    STARTED,
  ],
  [
    "a refusal fails the question",
    [asked(), { type: "failed", turnId: "t", error: ERROR }],
    { ...TURN, status: "failed", error: ERROR },
  ],
  [
    "a refused question can wait again",
    [
      asked(),
      { type: "failed", turnId: "t", error: ERROR },
      { type: "waiting", turnId: "t" },
    ],
    TURN,
  ],
  [
    "a refused question that was taken after all goes on",
    [asked(), { type: "failed", turnId: "t", error: ERROR }, start()],
    STARTED,
  ],
  [
    "an ended turn does not fail",
    [
      asked(),
      start(),
      end(1, 0),
      { type: "failed", turnId: "t", error: ERROR },
      { type: "stopping", turnId: "t" },
    ],
    { ...STARTED, lastSeq: 1, status: "complete", stopReason: "end_turn" },
  ],
  [
    "a rating",
    [
      asked(),
      start(),
      end(1, 0),
      { type: "rated", turnId: "t", rating: "up" },
      { type: "rated", turnId: "t", rating: "down" },
    ],
    {
      ...STARTED,
      lastSeq: 1,
      status: "complete",
      stopReason: "end_turn",
      rating: "down",
    },
  ],
  [
    "a turn asked elsewhere lacks its question",
    [start()],
    { ...STARTED, text: "", createdAt: Date.parse(AT), stale: true },
  ],
  [
    "history brings the question and leaves the running answer",
    [
      start(),
      delta(1, "a"),
      requested("recent"),
      page([entry("t", { status: "streaming", answer: "" })]),
    ],
    {
      ...STARTED,
      text: "question t",
      createdAt: Date.parse(AT),
      lastSeq: 1,
      answer: "a",
      status: "streaming",
    },
  ],
  [
    "history that nobody asked for replaces what is here",
    [asked(), start(), delta(1, "a"), page([entry("t"), entry("x")])],
    {
      ...STARTED,
      text: "question t",
      createdAt: Date.parse(AT),
      lastSeq: 1,
      answer: "answer t",
      status: "complete",
    },
  ],
  [
    "history proves acceptance",
    [
      asked(),
      requested("newest"),
      page([entry("t", { status: "streaming", answer: "" })]),
    ],
    {
      ...ACCEPTED,
      text: "question t",
      createdAt: Date.parse(AT),
      model: "m",
    },
  ],
];

for (const [name, events, expected] of TABLE)
  test(name, () => assert.deepEqual(plain(after(...events).turns), [expected]));

test("what changes nothing gives the same object", () => {
  const done = after(asked(), start(), end(1, 0));
  for (const event of [
    ack(),
    ack("unknown"),
    start(),
    start("x", "another conversation"),
    delta(1, "a"),
    delta(2, "a"),
    delta(0, "a", "unknown"),
    end(1, 0),
    failed(5),
    asked(),
    frame({ type: "pong" }),
    frame({ type: "forgotten", conversationId: "c" }),
    frame({ type: "history", conversationId: "other", turns: [entry("x")] }),
    { type: "removed", turnId: "unknown" },
    { type: "stopping", turnId: "t" },
  ] satisfies ChatEvent[])
    assert.equal(reduce(done, event), done, JSON.stringify(event));
});

test("the status is that of the running turn, else that of the last one", () => {
  const statusAfter = (...events: ChatEvent[]) => after(...events).status;
  assert.equal(statusAfter(), "idle");
  assert.equal(statusAfter(asked()), "submitted");
  assert.equal(statusAfter(asked(), start()), "submitted");
  assert.equal(statusAfter(asked(), start(), delta(1, "a")), "streaming");
  assert.equal(
    statusAfter(asked(), start(), delta(1, "a"), asked("u")),
    "streaming",
  );
  assert.equal(statusAfter(asked(), failed(0)), "error");
  assert.equal(statusAfter(asked(), failed(0), asked("u")), "submitted");
  assert.equal(statusAfter(asked(), start(), end(1, 0)), "idle");
});

test("a connection state, its failure, and what ends with the connection", () => {
  const failure = { code: "unreachable", message: "Gone." };
  const loading = after(
    { type: "connection", state: "ready" },
    requested("newest"),
    page([entry("a")], { more: true }),
  );
  assert.equal(loading.history.loading, true);
  const lost = reduce(loading, {
    type: "connection",
    state: "failed",
    failure,
  });
  assert.deepEqual(lost.failure, failure);
  assert.deepEqual(plain(lost.history), { complete: true, loading: false });
  const again = reduce(lost, { type: "connection", state: "connecting" });
  assert.equal(again.failure, undefined);
});

test("ready brings models and limits", () => {
  const { models, limits } = after(
    frame({
      type: "ready",
      visitorToken: "v",
      models: [{ id: "m", label: "M" }],
      limits: { maxTextLength: 9, maxFrameBytes: 99 },
      serverTime: AT,
    }),
  );
  assert.deepEqual(models, [{ id: "m", label: "M" }]);
  assert.deepEqual(limits, { maxTextLength: 9, maxFrameBytes: 99 });
});

test("a question takes out what it replaces, and gives it back until it is accepted", () => {
  const three = ["a", "b", "c"].map((id) => entry(id));
  const edited = after(
    requested("newest"),
    page(three),
    asked("d", { replaces: "b" }),
  );
  assert.deepEqual(ids(edited), ["a", "d"]);
  assert.deepEqual(ids(reduce(edited, { type: "removed", turnId: "d" })), [
    "a",
    "b",
    "c",
  ]);
  const again = [edited, requested("newest"), page(three)] as const;
  assert.deepEqual(ids(reduce(reduce(again[0], again[1]), again[2])), [
    "a",
    "d",
  ]);
  const accepted = reduce(edited, ack("d"));
  assert.deepEqual(ids(accepted), ["a", "d"]);
  assert.equal(accepted.turns[1]?.replaced, undefined);
});

test("a question may replace one that was never taken", () => {
  const state = after(
    asked("a"),
    { type: "failed", turnId: "a", error: ERROR },
    asked("b", { replaces: "a" }),
  );
  assert.deepEqual(ids(state), ["b"]);
});

test("pages of history come before, and say whether there are more", () => {
  const newest = after(
    requested("newest"),
    page([entry("c"), entry("d")], { before: "x" }),
  );
  assert.deepEqual(ids(newest), ["c", "d"]);
  assert.deepEqual(plain(newest.history), {
    complete: false,
    loading: false,
    before: "x",
  });
  const older = [requested("older"), page([entry("a"), entry("b")])].reduce(
    reduce,
    newest,
  );
  assert.deepEqual(ids(older), ["a", "b", "c", "d"]);
  assert.deepEqual(plain(older.history), { complete: true, loading: false });
});

test("a fresh page keeps the older ones that are here, and their cursor", () => {
  const loaded = after(
    requested("newest"),
    page([entry("b"), entry("c")], { before: "at-b" }),
    requested("older"),
    page([entry("a")], { before: "at-a" }),
  );
  const fresh = [
    requested("newest"),
    page([entry("c"), entry("d")], { before: "at-c" }),
  ].reduce(reduce, loaded);
  assert.deepEqual(ids(fresh), ["a", "b", "c", "d"]);
  assert.equal(fresh.history.before, "at-a");
});

test("a fresh page takes out what was replaced elsewhere, and only that", () => {
  const loaded = after(
    requested("newest"),
    page([entry("a"), entry("b"), entry("c")], { before: "x" }),
  );
  const fresh = [
    requested("recent"),
    asked("mine"),
    page([entry("b"), entry("e")], { before: "at-b" }),
  ].reduce(reduce, loaded);
  assert.deepEqual(ids(fresh), ["a", "b", "e", "mine"]);
});

test("without an overlap the page stands alone, and the rest is loaded when asked for", () => {
  const loaded = after(requested("newest"), page([entry("a")]));
  const fresh = [
    requested("newest"),
    page([entry("x"), entry("y")], { before: "at-x" }),
  ].reduce(reduce, loaded);
  assert.deepEqual(ids(fresh), ["x", "y"]);
  assert.equal(fresh.history.before, "at-x");
});

test("a turn that was accepted while history was on its way stays", () => {
  const state = after(
    requested("newest"),
    asked("n"),
    ack("n"),
    page([entry("a")]),
  );
  assert.deepEqual(ids(state), ["a", "n"]);
});

test("entries of one turn are joined, within a frame and over frames", () => {
  const part = { model: "m", status: "complete" as const };
  const state = after(
    requested("newest"),
    page(
      [
        entry("a"),
        entry("b", { text: "que", answer: "", stopReason: "max_tokens" }),
        entry("b", { ...part, text: "stion", answer: "an" }),
      ],
      { more: true },
    ),
    page([entry("b", { ...part, text: "", answer: "swer" }), entry("c")]),
  );
  assert.deepEqual(ids(state), ["a", "b", "c"]);
  const [, b] = state.turns;
  assert.equal(b?.text, "question");
  assert.equal(b?.answer, "answer");
  assert.equal(b?.stopReason, "max_tokens");
});

test("a failed turn of history has its error", () => {
  const error = { ...ERROR, retryAfterMs: 5 };
  const state = after(
    requested("newest"),
    page([entry("a", { status: "failed", error, rating: "down" })]),
  );
  assert.deepEqual(plain(state.turns[0]?.error), error);
  assert.equal(state.turns[0]?.rating, "down");
});

test("a request that nobody answers leaves what was there", () => {
  const before = after(
    requested("newest"),
    page([entry("a")], { before: "x" }),
  );
  const given = [
    requested("older"),
    { type: "history-failed" } as const,
  ].reduce(reduce, before);
  assert.deepEqual(plain(given), plain(before));
});

test("another conversation is empty, but for questions that go along", () => {
  const state = after(
    asked("a"),
    ack("a"),
    asked("b", { replaces: "a" }),
    asked("c"),
  );
  const kept = reduce(state, {
    type: "conversation",
    conversationId: "d",
    keepUnsent: true,
    fresh: true,
  });
  assert.equal(kept.conversationId, "d");
  assert.deepEqual(ids(kept), ["b", "c"]);
  assert.ok(kept.turns.every(({ replaces }) => replaces === undefined));
  assert.deepEqual(plain(kept.history), { complete: true, loading: false });
  const left = reduce(state, { type: "conversation", conversationId: "d" });
  assert.deepEqual(ids(left), []);
  assert.equal(left.status, "idle");
  assert.equal(left.history.complete, false);
});
