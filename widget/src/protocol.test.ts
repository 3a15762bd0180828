import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  endsTurn,
  ERROR_CODES,
  isRetryable,
  MAX_CLIENT_FRAME_BYTES,
  MAX_TOOLS_BYTES,
  parseClientFrame,
  parseServerFrame,
  readServerFrame,
  stringifyFrame,
  utf8Length,
  type ClientFrame,
  type ServerFrame,
} from "./protocol.ts";

const HOW_TO_ASK =
  'Send JSON: {"data":"your question"}, or a frame with a "type" as PROTOCOL.md describes.';
const AN_ID = "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -";
const SOMETHING = "must be a string with something in it";
const KNOWN_TYPES =
  "hello, send, stop, resume, history, feedback, forget, tool-result, ping";
const TURN = { conversationId: "c", turnId: "t" };
const CLIENT = { name: "n", version: "1", locale: "en" };
const nested = (levels: number): unknown =>
  levels === 0 ? 1 : { data: nested(levels - 1) };
const hello = (rest: object) => ({ type: "hello", client: CLIENT, ...rest });
const send = (rest: object) => ({ type: "send", ...TURN, text: "x", ...rest });

const TOOL = { name: "cart", description: "Looks.", inputSchema: {} };

const CLIENT_FRAMES: readonly ClientFrame[] = [
  { type: "hello", client: CLIENT },
  {
    type: "hello",
    client: { name: "", version: "", locale: "" },
    visitorToken: "v".repeat(4_096),
    authToken: "a".repeat(16_384),
    conversationId: "c".repeat(64),
  },
  { type: "send", ...TURN, text: "?" },
  {
    type: "send",
    ...TURN,
    text: "x",
    model: "m",
    context: { url: "https://x", title: "t", data: [1, { a: null }] },
    replaces: "Az09_-",
  },
  { type: "send", ...TURN, text: "x", context: {} },
  { type: "send", ...TURN, text: "x", tools: [] },
  {
    type: "send",
    ...TURN,
    text: "x",
    tools: [
      { name: "cart", description: "Looks.", inputSchema: { type: "object" } },
      { name: "Az09_-", description: "Buys.", inputSchema: {} },
    ],
  },
  { type: "stop", ...TURN },
  { type: "resume", ...TURN, lastSeq: -1 },
  { type: "resume", ...TURN, lastSeq: 99 },
  { type: "history", conversationId: "c" },
  { type: "history", conversationId: "c", before: "12", limit: 50 },
  { type: "feedback", ...TURN, rating: "none" },
  { type: "feedback", ...TURN, rating: "up", comment: "" },
  { type: "forget", conversationId: "c" },
  { type: "tool-result", ...TURN, toolCallId: "x", output: null },
  { type: "tool-result", ...TURN, toolCallId: "x", error: "No." },
  { type: "ping" },
];

test("takes every client frame, and keeps fields that it does not know", () => {
  for (const frame of CLIENT_FRAMES) {
    const more = { ...frame, future: { a: 1 } };
    for (const each of [frame, more])
      assert.deepEqual(parseClientFrame(JSON.stringify(each)), {
        kind: "frame",
        frame: each,
      });
  }
});

test("takes a plain question, and nothing else of it", () => {
  assert.deepEqual(parseClientFrame('{"data":"What?","more":1}'), {
    kind: "plain",
    question: { data: "What?" },
  });
});

/** Text or value of a frame · the sentence that refuses it · the turn that the refusal names. */
const REFUSED: readonly (readonly [unknown, string, string?])[] = [
  ["What is Lambda?", `The frame is not JSON. ${HOW_TO_ASK}`],
  ["", `The frame is not JSON. ${HOW_TO_ASK}`],
  ["{", `The frame is not JSON. ${HOW_TO_ASK}`],
  [null, `The frame must be a JSON object, got null. ${HOW_TO_ASK}`],
  [7, `The frame must be a JSON object, got 7. ${HOW_TO_ASK}`],
  [true, `The frame must be a JSON object, got true. ${HOW_TO_ASK}`],
  ['"hi"', `The frame must be a JSON object, got "hi". ${HOW_TO_ASK}`],
  [[], `The frame must be a JSON object, got an array. ${HOW_TO_ASK}`],
  [{}, `The frame has no "type". ${HOW_TO_ASK}`],
  [{ data: 7 }, `The frame has no "type". ${HOW_TO_ASK}`],
  [
    { data: "  \n" },
    "data must be a string with something in it, got an empty string.",
  ],
  [{ type: 7 }, `type must be one of ${KNOWN_TYPES}, got 7.`],
  [{ type: null }, `type must be one of ${KNOWN_TYPES}, got null.`],
  [{ type: "" }, `type must be one of ${KNOWN_TYPES}, got an empty string.`],
  [
    { type: "$connect", turnId: "t" },
    `type must be one of ${KNOWN_TYPES}, got "$connect".`,
    "t",
  ],
  [
    { type: "constructor" },
    `type must be one of ${KNOWN_TYPES}, got "constructor".`,
  ],
  [
    { type: "x".repeat(100) },
    `type must be one of ${KNOWN_TYPES}, got "${"x".repeat(40)}…".`,
  ],
  [nested(25), "The frame nests deeper than 24 levels."],
  [
    send({ context: { data: nested(23) } }),
    "The frame nests deeper than 24 levels.",
    "t",
  ],
  [{ type: "hello" }, "hello.client must be an object, got nothing."],
  [hello({ client: "x" }), 'hello.client must be an object, got "x".'],
  [
    hello({ client: { ...CLIENT, version: 1 } }),
    "hello.client.version must be a string of at most 64 characters, got 1.",
  ],
  [
    hello({ client: { name: "n", version: "1" } }),
    "hello.client.locale must be a string of at most 64 characters, got nothing.",
  ],
  [
    hello({ visitorToken: "v".repeat(4_097) }),
    `hello.visitorToken must be a string of at most 4096 characters, got "${"v".repeat(40)}…".`,
  ],
  [
    hello({ authToken: {} }),
    "hello.authToken must be a string of at most 16384 characters, got an object.",
  ],
  [
    hello({ conversationId: "" }),
    `hello.conversationId ${AN_ID}, got an empty string.`,
  ],
  [{ type: "send" }, `send.conversationId ${AN_ID}, got nothing.`],
  [
    send({ turnId: "c".repeat(65) }),
    `send.turnId ${AN_ID}, got "${"c".repeat(40)}…".`,
  ],
  [send({ turnId: "a b" }), `send.turnId ${AN_ID}, got "a b".`],
  [send({ turnId: "é" }), `send.turnId ${AN_ID}, got "é".`],
  [send({ turnId: "a\n" }), `send.turnId ${AN_ID}, got "a\\n".`],
  [send({ text: " \t" }), `send.text ${SOMETHING}, got " \\t".`, "t"],
  [send({ text: 7 }), `send.text ${SOMETHING}, got 7.`, "t"],
  [send({ text: ["x"] }), `send.text ${SOMETHING}, got an array.`, "t"],
  [
    send({ model: 1 }),
    "send.model must be a string of at most 256 characters, got 1.",
    "t",
  ],
  [send({ context: [] }), "send.context must be an object, got an array.", "t"],
  [
    send({ context: { url: 1 } }),
    "send.context.url must be a string of at most 4096 characters, got 1.",
    "t",
  ],
  [
    send({ context: { title: null } }),
    "send.context.title must be a string of at most 1024 characters, got null.",
    "t",
  ],
  [send({ replaces: "?" }), `send.replaces ${AN_ID}, got "?".`, "t"],
  [send({ tools: {} }), "send.tools must be an array, got an object.", "t"],
  [
    send({ tools: [TOOL, "cart"] }),
    'send.tools[] must be an object, got "cart".',
    "t",
  ],
  [
    send({ tools: [{ ...TOOL, name: "add to cart" }] }),
    `send.tools[].name ${AN_ID}, got "add to cart".`,
    "t",
  ],
  [
    send({ tools: [{ ...TOOL, description: " " }] }),
    `send.tools[].description ${SOMETHING}, got " ".`,
    "t",
  ],
  [
    send({ tools: [{ ...TOOL, inputSchema: [] }] }),
    "send.tools[].inputSchema must be an object, got an array.",
    "t",
  ],
  [
    send({ tools: [TOOL, TOOL] }),
    'send.tools[].name must differ from all others, got "cart" twice.',
    "t",
  ],
  [
    { type: "stop", turnId: "t" },
    `stop.conversationId ${AN_ID}, got nothing.`,
    "t",
  ],
  [{ type: "stop", conversationId: "c" }, `stop.turnId ${AN_ID}, got nothing.`],
  ...[undefined, -2, 0.5, "1", 2 ** 53].map(
    (lastSeq) =>
      [
        { type: "resume", ...TURN, lastSeq },
        `resume.lastSeq must be a whole number from -1 to 9007199254740991, got ${
          lastSeq === undefined ? "nothing" : JSON.stringify(lastSeq)
        }.`,
        "t",
      ] as const,
  ),
  ...[0, 51, 1.5, "20", null].map(
    (limit) =>
      [
        { type: "history", conversationId: "c", limit },
        `history.limit must be a whole number from 1 to 50, got ${JSON.stringify(limit)}.`,
      ] as const,
  ),
  [
    { type: "history", conversationId: "c", before: 5 },
    "history.before must be a string of at most 64 characters, got 5.",
  ],
  [
    { type: "feedback", ...TURN, rating: "great" },
    'feedback.rating must be one of up, down, none, got "great".',
    "t",
  ],
  [
    { type: "feedback", ...TURN, rating: "up", comment: "x".repeat(2_001) },
    `feedback.comment must be a string of at most 2000 characters, got "${"x".repeat(40)}…".`,
    "t",
  ],
  [{ type: "forget" }, `forget.conversationId ${AN_ID}, got nothing.`],
  [
    { type: "tool-result", ...TURN, toolCallId: "x" },
    "tool-result must have exactly one of output and error.",
    "t",
  ],
  [
    { type: "tool-result", ...TURN, toolCallId: "x", output: 1, error: "e" },
    "tool-result must have exactly one of output and error.",
    "t",
  ],
  [
    { type: "tool-result", ...TURN, toolCallId: 1, output: 1 },
    "tool-result.toolCallId must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -, got 1.",
    "t",
  ],
];

for (const [value, message, turnId] of REFUSED) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  test(`refuses ${text.slice(0, 60) || "an empty frame"}`, () => {
    assert.deepEqual(parseClientFrame(text), {
      kind: "refused",
      refusal: {
        code: "bad_request",
        message,
        ...(turnId ? { turnId } : {}),
      },
    });
  });
}

test("bounds the tools of a question and the output of a tool by their bytes as JSON", () => {
  const tools = (text: string) => ({
    ...send({}),
    tools: [{ ...TOOL, description: text }],
  });
  const room = MAX_TOOLS_BYTES - JSON.stringify(tools("").tools).length;
  const output = (text: string) => ({
    type: "tool-result",
    ...TURN,
    toolCallId: "x",
    output: text,
  });
  const parse = (frame: object) => parseClientFrame(JSON.stringify(frame));
  assert.equal(parse(tools("x".repeat(room))).kind, "frame");
  assert.equal(parse(output("x".repeat(15_998))).kind, "frame");
  for (const [frame, message] of [
    [
      tools("x".repeat(room - 1) + "é"),
      "send.tools has 8193 bytes; at most 8192 are allowed.",
    ],
    [
      output("x".repeat(15_997) + "é"),
      "tool-result.output has 16001 bytes; at most 16000 are allowed.",
    ],
  ] as const)
    assert.deepEqual(parse(frame), {
      kind: "refused",
      refusal: { code: "too_large", message, turnId: "t" },
    });
});

test("refuses a client frame by its bytes, not its characters", () => {
  const frame = (text: string) => JSON.stringify(send({ text }));
  const room = MAX_CLIENT_FRAME_BYTES - frame("").length;
  const euros = Math.floor(room / 3);
  assert.equal(parseClientFrame(frame("€".repeat(euros))).kind, "frame");
  assert.equal(parseClientFrame(frame("x".repeat(room))).kind, "frame");
  assert.deepEqual(parseClientFrame(frame("€".repeat(euros + 1))), {
    kind: "refused",
    refusal: {
      code: "too_large",
      message: `The frame has ${frame("").length + 3 * (euros + 1)} bytes; at most 32000 are allowed.`,
    },
  });
  assert.equal(parseClientFrame(frame("x".repeat(room + 1))).kind, "refused");
});

const USAGE = { inputTokens: 0, outputTokens: 12 };
const ERROR = {
  code: "rate_limited",
  message: "Wait.",
  retryable: true,
  requestId: "r",
} as const;
const ENTRY = {
  turnId: "t",
  text: "",
  answer: "",
  status: "streaming",
  model: "m",
  createdAt: "2026-01-01T00:00:00Z",
} as const;
const READY = {
  type: "ready",
  visitorToken: "v",
  limits: { maxTextLength: 8_000, maxFrameBytes: 32_000 },
  models: [],
  serverTime: "now",
} as const;
const START = {
  type: "turn-start",
  ...TURN,
  seq: 0,
  model: "m",
  createdAt: "now",
} as const;
const END = {
  type: "turn-end",
  turnId: "t",
  seq: 0,
  stopReason: "stopped",
  length: 0,
  usage: USAGE,
} as const;

const SERVER_FRAMES: readonly ServerFrame[] = [
  READY,
  {
    ...READY,
    conversationId: "c",
    models: [{ id: "m", label: "M" }],
    activeTurn: { turnId: "t", lastSeq: -1 },
  },
  { type: "ack", turnId: "t" },
  { type: "ack", turnId: "t", duplicate: true },
  START,
  { type: "text-delta", turnId: "t", seq: 1, text: "" },
  {
    type: "tool-call",
    turnId: "t",
    seq: 2,
    toolCallId: "x",
    name: "n",
    input: { a: 1 },
  },
  {
    type: "tool-call",
    turnId: "t",
    seq: 2,
    toolCallId: "x",
    name: "n",
    input: null,
    settled: true,
  },
  END,
  { type: "history", conversationId: "c", turns: [] },
  {
    type: "history",
    conversationId: "c",
    turns: [
      ENTRY,
      {
        ...ENTRY,
        status: "failed",
        stopReason: "other",
        rating: "up",
        error: ERROR,
      },
    ],
    before: "x",
    more: true,
    part: 0,
  },
  { type: "error", ...ERROR },
  { type: "error", ...ERROR, turnId: "t", seq: 0, retryAfterMs: 0 },
  { type: "forgotten", conversationId: "c" },
  { type: "pong" },
];

test("takes every server frame, and keeps fields that it does not know", () => {
  for (const frame of SERVER_FRAMES)
    for (const each of [frame, { ...frame, future: 1 }])
      assert.deepEqual(parseServerFrame(JSON.stringify(each)), {
        kind: "frame",
        frame: each,
      });
});

test("tells a gateway's own frame from an answer", () => {
  const gateway = {
    message: "Internal server error",
    connectionId: "Qyi07=",
    requestId: "Qyi3U=",
  };
  for (const text of [
    JSON.stringify(gateway),
    '{"message": "Internal server error", "connectionId":"Qyi07=", "requestId":"Qyi3U="}',
  ])
    assert.deepEqual(parseServerFrame(text), {
      kind: "gateway-error",
      error: gateway,
    });
  const { message, requestId } = gateway;
  const other = JSON.stringify({ message, requestId });
  assert.equal(parseServerFrame(other).kind, "invalid");
});

test("says which frame of a later version it does not know", () => {
  for (const type of ["news", "toString", "__proto__"])
    assert.deepEqual(parseServerFrame(JSON.stringify({ type })), {
      kind: "unknown",
      type,
    });
});

test("a client takes the end of a turn whose code or reason is of a later version", () => {
  for (const frame of [
    { type: "error", ...ERROR, code: "news", turnId: "t", seq: 1 },
    { ...END, stopReason: "news" },
    history({ status: "failed", error: { ...ERROR, code: "news" } }),
  ])
    assert.deepEqual(readServerFrame(JSON.stringify(frame)), frame);
});

const STATUSES = "streaming, complete, stopped, failed";
const history = (entry: object) => ({
  type: "history",
  conversationId: "c",
  turns: [ENTRY, { ...ENTRY, ...entry }],
});

/** Text or value of a frame · what is wrong with it. */
const INVALID: readonly (readonly [unknown, string])[] = [
  ["", "The frame is not JSON."],
  ["Bad Gateway", "The frame is not JSON."],
  [null, "The frame must be an object, got null."],
  [[1], "The frame must be an object, got an array."],
  [{}, 'The frame has no "type".'],
  [{ message: "An answer." }, 'The frame has no "type".'],
  [{ message: "x", connectionId: "c" }, 'The frame has no "type".'],
  [{ type: 1 }, "type must be a string, got 1."],
  [
    { ...READY, visitorToken: undefined },
    "ready.visitorToken must be a string, got nothing.",
  ],
  [
    { ...READY, conversationId: "!" },
    `ready.conversationId ${AN_ID}, got "!".`,
  ],
  [
    { ...READY, limits: { maxTextLength: -1, maxFrameBytes: 1 } },
    "ready.limits.maxTextLength must be a whole number from 0, got -1.",
  ],
  [
    { ...READY, limits: { maxTextLength: 1 } },
    "ready.limits.maxFrameBytes must be a whole number from 0, got nothing.",
  ],
  [{ ...READY, models: {} }, "ready.models must be an array, got an object."],
  [
    { ...READY, models: [{ id: "m" }] },
    "ready.models[].label must be a string, got nothing.",
  ],
  [{ ...READY, models: ["m"] }, 'ready.models[] must be an object, got "m".'],
  [
    { ...READY, activeTurn: { turnId: "t", lastSeq: -2 } },
    "ready.activeTurn.lastSeq must be a whole number from -1 to 9007199254740991, got -2.",
  ],
  [{ ...READY, serverTime: 5 }, "ready.serverTime must be a string, got 5."],
  [{ type: "ack" }, `ack.turnId ${AN_ID}, got nothing.`],
  [
    { type: "ack", turnId: "t", duplicate: 1 },
    "ack.duplicate must be true or false, got 1.",
  ],
  [
    { ...START, seq: 1 },
    "turn-start.seq must be a whole number from 0 to 0, got 1.",
  ],
  [{ ...START, model: null }, "turn-start.model must be a string, got null."],
  [
    { type: "text-delta", turnId: "t", seq: -1, text: "" },
    "text-delta.seq must be a whole number from 0, got -1.",
  ],
  [
    { type: "text-delta", turnId: "t", seq: 1.5, text: "" },
    "text-delta.seq must be a whole number from 0, got 1.5.",
  ],
  [
    { type: "text-delta", turnId: "t", seq: 1, text: {} },
    "text-delta.text must be a string, got an object.",
  ],
  [
    { type: "tool-call", turnId: "t", seq: 1, toolCallId: "x" },
    "tool-call.name must be a string, got nothing.",
  ],
  [
    { ...END, stopReason: "bored" },
    'turn-end.stopReason must be one of end_turn, max_tokens, stop_sequence, stopped, guardrail_intervened, content_filtered, model_context_window_exceeded, tool_use, other, got "bored".',
  ],
  [
    { ...END, length: "3" },
    'turn-end.length must be a whole number from 0, got "3".',
  ],
  [
    { ...END, usage: { inputTokens: 1 } },
    "turn-end.usage.outputTokens must be a whole number from 0, got nothing.",
  ],
  [
    history({ status: "done" }),
    `history.turns[].status must be one of ${STATUSES}, got "done".`,
  ],
  [
    history({ rating: 1 }),
    "history.turns[].rating must be one of up, down, none, got 1.",
  ],
  [
    history({ error: { ...ERROR, requestId: undefined } }),
    "history.turns[].error.requestId must be a string, got nothing.",
  ],
  [
    { type: "history", conversationId: "c", turns: [], more: "yes" },
    'history.more must be true or false, got "yes".',
  ],
  [
    { type: "history", conversationId: "c", turns: [], part: -1 },
    "history.part must be a whole number from 0, got -1.",
  ],
  [
    { type: "error", ...ERROR, code: "oops" },
    `error.code must be one of ${ERROR_CODES.join(", ")}, got "oops".`,
  ],
  [
    { type: "error", ...ERROR, retryable: "no" },
    'error.retryable must be true or false, got "no".',
  ],
  [
    { type: "error", ...ERROR, retryAfterMs: -1 },
    "error.retryAfterMs must be a whole number from 0, got -1.",
  ],
  [
    { type: "error", ...ERROR, seq: "0" },
    'error.seq must be a whole number from 0, got "0".',
  ],
  [{ type: "forgotten" }, `forgotten.conversationId ${AN_ID}, got nothing.`],
];

for (const [value, message] of INVALID) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  test(`calls ${text.slice(0, 60) || "an empty server frame"} invalid`, () => {
    assert.deepEqual(parseServerFrame(text), { kind: "invalid", message });
  });
}

test("no text whatsoever makes a parser throw", () => {
  const anything = fc.oneof(fc.string(), fc.json());
  fc.assert(
    fc.property(anything, (text) => {
      parseClientFrame(text);
      parseServerFrame(text);
    }),
  );
  const deep = "[".repeat(10_000) + "]".repeat(10_000);
  assert.equal(parseClientFrame(deep).kind, "refused");
  assert.equal(
    parseServerFrame(`{"type":"tool-call","input":${deep}}`).kind,
    "invalid",
  );
});

test("a mutated frame is taken whole or refused with a sentence", () => {
  const junk = fc.oneof(fc.jsonValue(), fc.constant(undefined));
  fc.assert(
    fc.property(
      fc.constantFrom<object>(...CLIENT_FRAMES, ...SERVER_FRAMES),
      fc.string(),
      junk,
      (frame, key, value) => {
        const keys = Object.keys(frame);
        const name = keys[key.length % keys.length]!;
        const text = JSON.stringify({ ...frame, [name]: value });
        const client = parseClientFrame(text);
        if (client.kind === "refused")
          assert.match(client.refusal.message, /^[^ ].*\.$/s);
        const server = parseServerFrame(text);
        if (server.kind === "invalid") assert.match(server.message, /\.$/);
        const taken =
          server.kind === "frame" || server.kind === "gateway-error";
        const isLater =
          typeof value === "string" && ["code", "stopReason"].includes(name);
        assert.equal(readServerFrame(text) !== undefined, taken || isLater);
      },
    ),
  );
});

test("what is written can be read", () => {
  for (const frame of CLIENT_FRAMES)
    assert.deepEqual(parseClientFrame(stringifyFrame(frame)), {
      kind: "frame",
      frame,
    });
});

test("counts UTF-8 bytes as an encoder does", () => {
  const encoder = new TextEncoder();
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.equal(utf8Length(text), encoder.encode(text).length);
    }),
  );
  for (const [text, bytes] of [
    ["", 0],
    ["a", 1],
    ["é", 2],
    ["€", 3],
    ["😀", 4],
    ["\ud83d", 3],
    ["\ude00", 3],
    ["\ud83da", 4],
    ["\ud83d\ud83d\ude00", 7],
  ] as const)
    assert.equal(utf8Length(text), bytes, JSON.stringify(text));
});

test("knows which frames end a turn", () => {
  const ending = SERVER_FRAMES.filter(endsTurn);
  assert.deepEqual(
    ending.map((frame) => [frame.type, "seq" in frame]),
    [
      ["turn-end", true],
      ["error", true],
    ],
  );
});

test("knows which errors may heal by themselves", () => {
  assert.deepEqual(
    ERROR_CODES.filter((code) => !isRetryable(code)),
    [
      "bad_request",
      "too_large",
      "unauthorized",
      "forbidden_origin",
      "not_found",
      "model_rejected",
      "context_too_long",
      "budget_exceeded",
    ],
  );
});
