import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench, ENDPOINT } from "../../test/chat.ts";
import { FakeWire, READY, type FakeTransport } from "../../test/fake-wire.ts";
import { settle, type FakeWorld } from "../../test/fake-world.ts";
import type {
  ClientFrame,
  ErrorCode,
  ErrorFrame,
  HistoryTurn,
} from "../protocol.ts";
import {
  ACK_TIMEOUT_MS,
  MAX_REPEATS,
  MAX_SENDINGS,
  REPLY_TIMEOUT_MS,
  SILENCE_MS,
} from "./delivery.ts";
import { HISTORY_TIMEOUT_MS, MAX_TRIES } from "./history-loader.ts";

/** A session whose server is the test. */
function build() {
  const { world, tab } = bench();
  const wire = new FakeWire();
  const { session, events } = tab({ createTransport: wire.connect });
  const becomeReady = async (ready: object = {}) => {
    wire.last.handlers.onOpen();
    await settle();
    wire.last.receive({ ...READY, ...ready });
  };
  return { world, wire, session, events, becomeReady };
}

function bench() {
  const made = new Bench();
  return { world: made.world, tab: made.tab.bind(made) };
}

/** The same after a question was sent. */
async function ask(text = "Hello") {
  const built = build();
  const turnId = built.session.send(text)!;
  await built.becomeReady();
  const { conversationId } = built.session.state;
  return { ...built, turnId, conversationId };
}

const types = ({ sent }: FakeTransport) =>
  sent.map(({ type }) => type).filter((type) => type !== "hello");

/** Lets time pass until one more frame of this type was sent. */
async function untilSent(
  world: FakeWorld,
  transport: FakeTransport,
  type: ClientFrame["type"],
): Promise<void> {
  const count = () => types(transport).filter((each) => each === type).length;
  const before = count();
  for (let i = 0; i < 1_000 && count() === before; i++)
    await world.advance(100);
  assert.equal(count(), before + 1);
}

const start = (conversationId: string, turnId: string) => ({
  type: "turn-start",
  conversationId,
  turnId,
  seq: 0,
  model: "m",
  createdAt: "2026-01-01T00:00:00.000Z",
});

const delta = (turnId: string, seq: number, text = "x") => ({
  type: "text-delta",
  turnId,
  seq,
  text,
});

const end = (turnId: string, seq: number, length: number) => ({
  type: "turn-end",
  turnId,
  seq,
  stopReason: "end_turn",
  length,
  usage: { inputTokens: 1, outputTokens: 1 },
});

const refusal = (code: ErrorCode, turnId?: string): ErrorFrame => ({
  type: "error",
  code,
  message: "No.",
  retryable: code === "busy" || code === "internal",
  requestId: "r",
  ...(turnId ? { turnId } : {}),
});

const entry = (turnId: string, rest: Partial<HistoryTurn>): HistoryTurn => ({
  turnId,
  text: "Hello",
  answer: "",
  status: "streaming",
  model: "m",
  createdAt: "2026-01-01T00:00:00.000Z",
  ...rest,
});

test("a question is in storage before it is sent", () => {
  const { world, wire, session } = build();
  const turnId = session.send("Hello")!;
  assert.equal(wire.last.sent.length, 0);
  assert.ok([...world.stored.values()].some((text) => text.includes(turnId)));
});

test("a question without ack is sent again with the same turnId, unchanged", async () => {
  const { world, wire } = await ask();
  await world.advance(ACK_TIMEOUT_MS - 1);
  assert.deepEqual(types(wire.last), ["send"]);
  await world.advance(1);
  assert.deepEqual(types(wire.last), ["send", "send"]);
  assert.deepEqual(wire.last.sent[1], wire.last.sent[2]);
});

test("a connection on which nothing is answered is given up, and in the end the question too", async () => {
  const { world, wire, session, becomeReady, turnId } = await ask();
  await world.advance((MAX_REPEATS + 1) * ACK_TIMEOUT_MS);
  assert.equal(wire.transports[0]?.closed, true);
  const sent = () =>
    wire.transports.flatMap(types).filter((type) => type === "send").length;
  for (let i = 0; i < 5; i++) {
    await world.advance(1_000);
    if (!wire.last.closed) await becomeReady();
    await world.advance((MAX_REPEATS + 1) * ACK_TIMEOUT_MS);
  }
  assert.equal(sent(), MAX_SENDINGS);
  assert.equal(session.state.turns[0]?.status, "failed");
  assert.equal(session.state.turns[0]?.error?.code, "timeout");
  wire.last.receive({ type: "ack", turnId });
  assert.equal(session.state.turns[0]?.status, "submitted", "a late ack");
});

test("a running turn that says nothing is resumed", async () => {
  const { world, wire, turnId, conversationId } = await ask();
  wire.last.receive({ type: "ack", turnId }, start(conversationId, turnId));
  await world.advance(SILENCE_MS - 1);
  wire.last.receive(delta(turnId, 1));
  await world.advance(SILENCE_MS - 1);
  assert.deepEqual(types(wire.last), ["send"]);
  await world.advance(1);
  assert.deepEqual(wire.last.sent.at(-1), {
    type: "resume",
    conversationId,
    turnId,
    lastSeq: 1,
  });
});

test("a resume that nothing answers is repeated, then the connection is given up", async () => {
  const { world, wire, turnId } = await ask();
  wire.last.receive({ type: "ack", turnId });
  await world.advance(SILENCE_MS + (MAX_REPEATS + 1) * REPLY_TIMEOUT_MS);
  assert.deepEqual(types(wire.transports[0]!), [
    "send",
    ...new Array<string>(1 + MAX_REPEATS).fill("resume"),
  ]);
  assert.equal(wire.transports[0]?.closed, true);
});

test("a gap is resumed at once, and once", async () => {
  const { wire, turnId, conversationId } = await ask();
  wire.last.receive(
    { type: "ack", turnId },
    start(conversationId, turnId),
    delta(turnId, 2),
    delta(turnId, 3),
  );
  assert.deepEqual(types(wire.last), ["send", "resume"]);
  assert.deepEqual(wire.last.sent.at(-1), {
    type: "resume",
    conversationId,
    turnId,
    lastSeq: 0,
  });
});

test("a gap that the first resume does not close is resumed again", async () => {
  const { world, wire, turnId, conversationId } = await ask();
  wire.last.receive(start(conversationId, turnId), delta(turnId, 2));
  await world.advance(REPLY_TIMEOUT_MS);
  assert.deepEqual(types(wire.last), ["send", "resume", "resume"]);
});

test("an answer of the wrong length is fetched from history", async () => {
  const { wire, session, turnId, conversationId } = await ask();
  wire.last.receive(
    start(conversationId, turnId),
    delta(turnId, 1, "wrong"),
    end(turnId, 2, 3),
  );
  await settle();
  assert.deepEqual(wire.last.sent.at(-1), {
    type: "history",
    conversationId,
    limit: 2,
  });
  wire.last.receive({
    type: "history",
    conversationId,
    turns: [entry(turnId, { answer: "yes", status: "complete" })],
  });
  assert.equal(session.state.turns[0]?.answer, "yes");
  assert.deepEqual(types(wire.last), ["send", "history"]);
});

test("a turn that no history brings is not asked for without end", async () => {
  const { world, wire, turnId, conversationId } = await ask();
  wire.last.receive(start(conversationId, turnId), end(turnId, 1, 3));
  for (let i = 0; i < 10; i++) {
    wire.last.receive({
      type: "history",
      conversationId,
      turns: [entry(turnId, {})],
    });
    await world.advance(1_000);
  }
  assert.deepEqual(types(wire.last), ["send", "history", "history", "history"]);
});

test("busy waits: the question is asked again until it is taken", async () => {
  const { world, wire, session, turnId, conversationId } = await ask();
  for (let i = 0; i < 12; i++) {
    wire.last.receive(refusal("busy", turnId));
    assert.equal(session.state.turns[0]?.status, "waiting");
    await untilSent(world, wire.last, "send");
  }
  assert.equal(wire.transports.length, 1);
  assert.ok(types(wire.last).includes("history"));
  wire.last.receive({ type: "ack", turnId }, start(conversationId, turnId));
  assert.equal(session.state.turns[0]?.status, "submitted");
});

test("the next question goes out only after the one before has ended", async () => {
  const { wire, session, turnId, conversationId } = await ask();
  session.send("Second");
  wire.last.receive({ type: "ack", turnId }, start(conversationId, turnId));
  assert.deepEqual(types(wire.last), ["send"]);
  wire.last.receive(end(turnId, 1, 0));
  assert.deepEqual(types(wire.last), ["send", "send"]);
});

test("a question is not sent into a running turn that ready tells of", async () => {
  const { wire, session, becomeReady, world } = build();
  session.connect();
  await becomeReady();
  const { conversationId } = session.state;
  wire.last.lose();
  await world.advance(1_000);
  session.send("Hello");
  await becomeReady({
    conversationId,
    activeTurn: { turnId: "other", lastSeq: 3 },
  });
  assert.deepEqual(types(wire.last), ["history"]);
  wire.last.receive({
    type: "history",
    conversationId,
    turns: [entry("other", {})],
  });
  assert.deepEqual(types(wire.last), ["history", "resume"]);
  wire.last.receive(start(conversationId, "other"), end("other", 1, 0));
  assert.deepEqual(types(wire.last), ["history", "resume", "send"]);
});

test("a question whose ack was lost is recognized in ready and resumed", async () => {
  const { wire, world, becomeReady, turnId, conversationId } = await ask();
  wire.last.lose();
  await world.advance(1_000);
  await becomeReady({ conversationId, activeTurn: { turnId, lastSeq: 3 } });
  wire.last.receive({
    type: "history",
    conversationId,
    turns: [entry(turnId, {})],
  });
  assert.deepEqual(types(wire.last), ["history", "resume"]);
});

test("after a reconnect a turn that surely runs is resumed at once, another only after history", async () => {
  for (const active of [true, false]) {
    const { wire, world, becomeReady, turnId, conversationId } = await ask();
    wire.last.receive({ type: "ack", turnId }, start(conversationId, turnId));
    wire.last.lose();
    await world.advance(1_000);
    await becomeReady({
      conversationId,
      ...(active ? { activeTurn: { turnId, lastSeq: 4 } } : {}),
    });
    assert.deepEqual(
      types(wire.last),
      active ? ["history", "resume"] : ["history"],
    );
    wire.last.receive({
      type: "history",
      conversationId,
      turns: [entry(turnId, {})],
    });
    assert.deepEqual(types(wire.last), ["history", "resume"]);
  }
});

test("an answer whose frames have expired comes whole", async () => {
  const { wire, world, session, events, becomeReady, turnId, conversationId } =
    await ask();
  wire.last.receive(start(conversationId, turnId), delta(turnId, 1, "Half"));
  wire.last.lose();
  await world.advance(1_000);
  await becomeReady({ conversationId });
  wire.last.receive({
    type: "history",
    conversationId,
    turns: [
      entry("earlier", { answer: "1", status: "complete" }),
      entry(turnId, { answer: "Half and half", status: "complete" }),
    ],
  });
  assert.deepEqual(
    session.state.turns.map(({ answer }) => answer),
    ["1", "Half and half"],
  );
  assert.ok(events.some(([name]) => name === "response-end"));
  assert.deepEqual(types(wire.last), ["history"]);
});

test("a turn that the server does not know fails when it is asked again", async () => {
  const { world, wire, session, turnId } = await ask();
  wire.last.receive({ type: "ack", turnId }, refusal("not_found", turnId));
  assert.equal(session.state.turns[0]?.status, "submitted");
  await untilSent(world, wire.last, "resume");
  wire.last.receive(refusal("not_found", turnId));
  assert.equal(session.state.turns[0]?.status, "failed");
  assert.equal(session.state.turns[0]?.error?.code, "not_found");
});

test("a turn that was only not known yet goes on", async () => {
  const { world, wire, session, turnId, conversationId } = await ask();
  wire.last.receive({ type: "ack", turnId }, refusal("not_found", turnId));
  await untilSent(world, wire.last, "resume");
  wire.last.receive(start(conversationId, turnId), end(turnId, 1, 0));
  assert.equal(session.state.turns[0]?.status, "complete");
});

test("a conversation that belongs to somebody else is left, once", async () => {
  const { wire, session, turnId, conversationId } = await ask();
  wire.last.receive(refusal("not_found", turnId));
  assert.notEqual(session.state.conversationId, conversationId);
  assert.deepEqual(types(wire.last), ["send", "send"]);
  wire.last.receive(refusal("not_found", turnId));
  assert.equal(session.state.turns[0]?.status, "failed");
});

test("an internal error before the ack is tried again a few times", async () => {
  const { world, wire, session, turnId } = await ask();
  for (let i = 0; i < MAX_REPEATS; i++) {
    wire.last.receive(refusal("internal", turnId));
    await untilSent(world, wire.last, "send");
  }
  assert.equal(session.state.turns[0]?.status, "submitted");
  wire.last.receive(refusal("internal", turnId));
  assert.equal(session.state.turns[0]?.status, "failed");
});

test("a gateway error makes everything that is due be sent again, soon", async () => {
  const { world, wire, session, turnId } = await ask();
  const gatewayError = {
    message: "Forbidden",
    connectionId: "c",
    requestId: "r",
  };
  wire.last.receive(gatewayError);
  await world.advance(1_000);
  assert.deepEqual(types(wire.last), ["send", "send"]);
  wire.last.receive({ type: "ack", turnId }, gatewayError);
  await world.advance(1_000);
  assert.deepEqual(types(wire.last), ["send", "send", "resume"]);
  assert.equal(session.state.turns[0]?.answer, "");
});

test("a history that stays away is asked for ever more rarely, and holds nothing up", async () => {
  const { world, wire, becomeReady, session } = build();
  session.connect();
  await becomeReady({
    conversationId: session.state.conversationId,
    activeTurn: { turnId: "other", lastSeq: 0 },
  });
  session.send("Hello");
  assert.equal(session.state.history.loading, true);
  assert.deepEqual(types(wire.last), ["history"]);
  await world.advance(MAX_TRIES * HISTORY_TIMEOUT_MS);
  assert.deepEqual(types(wire.last), ["history", "history", "history", "send"]);
  assert.equal(session.state.history.loading, false);
  const { conversationId, turns } = session.state;
  const { turnId } = turns[0]!;
  wire.last.receive(start(conversationId, turnId), end(turnId, 1, 0));
  const asked = () =>
    types(wire.last).filter((type) => type === "history").length;
  await world.advance(600_000);
  assert.ok(asked() >= MAX_TRIES + 5 && asked() < 40, `${asked()} times`);
  await untilSent(world, wire.last, "history");
  wire.last.receive({
    type: "history",
    conversationId,
    turns: [entry("old", { status: "complete" })],
    before: "older",
  });
  assert.equal(session.state.turns[0]?.turnId, "old");
  const before = asked();
  await world.advance(600_000);
  assert.equal(asked(), before);
});

test("a stop goes out once the question is acknowledged, and is repeated until the turn ends", async () => {
  const { world, wire, session, turnId, conversationId } = await ask();
  session.stop();
  assert.deepEqual(types(wire.last), ["send"]);
  wire.last.receive({ type: "ack", turnId });
  assert.deepEqual(types(wire.last), ["send", "stop"]);
  wire.last.receive(start(conversationId, turnId), delta(turnId, 1));
  wire.last.receive(delta(turnId, 2));
  assert.deepEqual(types(wire.last), ["send", "stop"]);
  await world.advance(REPLY_TIMEOUT_MS);
  assert.deepEqual(types(wire.last), ["send", "stop", "stop"]);
  wire.last.receive({ ...end(turnId, 3, 2), stopReason: "stopped" });
  assert.equal(session.state.turns[0]?.status, "stopped");
  await world.advance(60_000);
  assert.deepEqual(types(wire.last), ["send", "stop", "stop"]);
});

test("a stop in doubt is settled by the server after a reconnect", async () => {
  const { world, wire, session, becomeReady, turnId } = await ask();
  session.stop();
  wire.last.lose();
  await world.advance(1_000);
  await becomeReady();
  assert.deepEqual(types(wire.last), ["stop"]);
  wire.last.receive(refusal("not_found", turnId));
  assert.equal(session.state.turns.length, 0);
  assert.ok(![...world.stored.values()].some((text) => text.includes(turnId)));
});

test("frames of a conversation that was left change nothing", async () => {
  const { wire, session, turnId, conversationId } = await ask();
  wire.last.receive({ type: "ack", turnId }, start(conversationId, turnId));
  session.newConversation();
  wire.last.receive(delta(turnId, 1), start(conversationId, "next"));
  wire.last.receive(end(turnId, 2, 1));
  assert.equal(session.state.turns.length, 0);
  assert.deepEqual(types(wire.last), ["send"]);
});

test("a turn asked on another device is shown, its question fetched", async () => {
  const { wire, session, turnId, conversationId } = await ask();
  wire.last.receive(start(conversationId, turnId), end(turnId, 1, 0));
  wire.last.receive(start(conversationId, "other"), delta("other", 1, "Yes"));
  await settle();
  assert.deepEqual(types(wire.last), ["send", "history"]);
  wire.last.receive({
    type: "history",
    conversationId,
    turns: [
      entry(turnId, { status: "complete" }),
      entry("other", { text: "Really?" }),
    ],
  });
  const [, other] = session.state.turns;
  assert.deepEqual(
    [other?.text, other?.answer, other?.status],
    ["Really?", "Yes", "streaming"],
  );
  assert.deepEqual(types(wire.last), ["send", "history"]);
});

test("deltas of a turn that is not here make history be fetched, once", async () => {
  const { wire, turnId, conversationId } = await ask();
  wire.last.receive(start(conversationId, turnId), end(turnId, 1, 0));
  wire.last.receive(delta("other", 4), delta("other", 5));
  await settle();
  assert.deepEqual(types(wire.last), ["send", "history"]);
  wire.last.receive({
    type: "history",
    conversationId,
    turns: [entry(turnId, { status: "complete" }), entry("other", {})],
  });
  assert.deepEqual(wire.last.sent.at(-1), {
    type: "resume",
    conversationId,
    turnId: "other",
    lastSeq: -1,
  });
});

test("the session names the endpoint that it was given", () => {
  const { wire, session } = build();
  session.connect();
  assert.equal(wire.last.url, ENDPOINT);
});
