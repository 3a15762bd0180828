import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench } from "../../test/chat.ts";
import { FakeWire, READY, type FakeTransport } from "../../test/fake-wire.ts";
import { settle } from "../../test/fake-world.ts";
import type { ErrorFrame, HelloFrame } from "../protocol.ts";
import { READY_TIMEOUT_MS, RENEWAL_MS } from "./connection.ts";
import type { SessionOptions } from "./session-options.ts";

const refused = (turnId?: string): ErrorFrame => ({
  type: "error",
  code: "unauthorized",
  message: "Please sign in to use the chat.",
  retryable: false,
  requestId: "r",
  ...(turnId ? { turnId } : {}),
});

const types = ({ sent }: FakeTransport) => sent.map(({ type }) => type);
const tokens = ({ sent }: FakeTransport) =>
  sent
    .filter((frame): frame is HelloFrame => frame.type === "hello")
    .map(({ authToken }) => authToken);

/** A session of a user whose every token is another one, and whose server is the test. */
function build(options: Partial<SessionOptions> = {}) {
  const bench = new Bench();
  const wire = new FakeWire();
  let count = 0;
  const { session, events } = bench.tab({
    createTransport: wire.connect,
    getToken: () => Promise.resolve(`token-${++count}`),
    ...options,
  });
  const becomeReady = async (ready: object = {}) => {
    wire.last.handlers.onOpen();
    await settle();
    wire.last.receive({ ...READY, ...ready });
  };
  return { world: bench.world, wire, session, events, becomeReady };
}

/** The same with a question that was sent. */
async function ask() {
  const built = build();
  const turnId = built.session.send("Hello")!;
  await built.becomeReady();
  return { ...built, turnId };
}

test("a sign-in that has ended is renewed once, and the question is asked once more", async () => {
  const { wire, session, events, turnId } = await ask();
  wire.last.receive(refused(turnId));
  await settle();
  assert.deepEqual(tokens(wire.last), ["token-1", "token-2"]);
  assert.equal(session.state.connection, "ready");
  assert.deepEqual(types(wire.last), ["hello", "send", "hello"]);
  wire.last.receive(READY);
  assert.deepEqual(types(wire.last), ["hello", "send", "hello", "send"]);
  wire.last.receive({ type: "ack", turnId });
  assert.equal(session.state.turns[0]?.accepted, true);
  assert.ok(!events.some(([name]) => name === "error"));
  assert.equal(wire.transports.length, 1);
});

test("a new token that is refused too ends it: one sentence, no loop, and the question is kept", async () => {
  const { world, wire, session, events, turnId } = await ask();
  wire.last.receive(refused(turnId));
  await settle();
  wire.last.receive(refused());
  await world.advance(10 * 60_000);
  world.change("visible");
  world.change("online");
  await world.advance(10 * 60_000);
  assert.equal(wire.transports.length, 1);
  assert.deepEqual(tokens(wire.last), ["token-1", "token-2"]);
  const { connection, failure, turns } = session.state;
  assert.equal(connection, "failed");
  assert.equal(failure?.code, "unauthorized");
  assert.deepEqual(
    turns.map(({ text, accepted, error }) => [text, accepted, error]),
    [["Hello", false, undefined]],
  );
  const told = events.filter((event) => event[0] === "connection" && event[2]);
  assert.equal(told.length, 1);
  // Once the visitor has signed in, the question is asked as it was.
  session.connect();
  wire.last.handlers.onOpen();
  await settle();
  wire.last.receive(READY);
  assert.deepEqual(tokens(wire.last), ["token-3"]);
  const sent = wire.last.sent.at(-1);
  assert.equal(sent?.type === "send" && sent.turnId, turnId);
});

test("a server that takes each token and serves nothing does not make it loop", async () => {
  const { world, wire, session, turnId } = await ask();
  wire.last.receive(refused(turnId));
  await settle();
  wire.last.receive(READY, refused(turnId));
  await world.advance(60_000);
  assert.equal(session.state.connection, "failed");
  assert.deepEqual(tokens(wire.last), ["token-1", "token-2"]);
  assert.equal(wire.transports.length, 1);
});

test("a sign-in that ends again later is renewed again", async () => {
  const { world, wire, session, turnId } = await ask();
  for (let i = 0; i < 3; i++) {
    wire.last.receive(refused(turnId));
    await settle();
    wire.last.receive(READY);
    await world.advance(RENEWAL_MS - 1);
    wire.last.receive({ type: "pong" });
    await world.advance(1);
  }
  assert.equal(session.state.connection, "ready");
  assert.equal(tokens(wire.last).length, 4);
});

test("all that was refused together is renewed by one token, and repeated", async () => {
  const { wire, session, turnId } = await ask();
  const { conversationId } = session.state;
  wire.last.receive(
    { type: "ack", turnId },
    {
      type: "turn-start",
      conversationId,
      turnId,
      seq: 0,
      model: "m",
      createdAt: "2026-01-01T00:00:00.000Z",
    },
    {
      type: "turn-end",
      turnId,
      seq: 1,
      stopReason: "end_turn",
      length: 0,
      usage: { inputTokens: 1, outputTokens: 1 },
    },
  );
  session.feedback(turnId, "down", "Too short");
  const next = session.send("And then?")!;
  void session.forget().catch(() => {});
  wire.last.sent.length = 0;
  wire.last.receive(refused(turnId), refused(next), refused());
  // What comes up meanwhile waits too.
  session.feedback(turnId, "down", "Too short");
  await settle();
  assert.deepEqual(types(wire.last), ["hello"]);
  wire.last.receive({ ...READY, conversationId });
  assert.deepEqual(types(wire.last).toSorted(), [
    "feedback",
    "forget",
    "hello",
    "history",
    "send",
  ]);
  const feedback = wire.last.sent.find(({ type }) => type === "feedback");
  assert.deepEqual(feedback, {
    type: "feedback",
    conversationId,
    turnId,
    rating: "down",
    comment: "Too short",
  });
});

test("a page that gives no token is told at once that a sign-in is needed", async () => {
  let asked = 0;
  const { wire, session } = build({
    getToken: () => {
      asked++;
      return undefined;
    },
  });
  session.connect();
  wire.last.handlers.onOpen();
  await settle();
  assert.deepEqual(tokens(wire.last), [undefined]);
  wire.last.receive(refused());
  await settle();
  assert.equal(session.state.failure?.code, "unauthorized");
  assert.equal(asked, 1);
});

test("a token that stays away does not hold the connection for ever", async () => {
  let answers = true;
  const { world, wire, session, becomeReady } = build({
    getToken: () =>
      answers ? Promise.resolve("token") : new Promise(() => {}),
  });
  const turnId = session.send("Hello")!;
  await becomeReady();
  answers = false;
  wire.last.receive(refused(turnId));
  await world.advance(READY_TIMEOUT_MS);
  assert.equal(session.state.connection, "reconnecting");
  answers = true;
  await world.advance(10_000);
  await becomeReady();
  assert.equal(types(wire.last).at(-1), "send");
});

test("what one user has said and not sent is nothing for the next", async () => {
  const { wire, session, turnId, becomeReady } = await ask();
  const { conversationId } = session.state;
  wire.last.receive({ type: "ack", turnId });
  const waiting = session.send("My secret?");
  assert.ok(waiting);
  // The page has another user's token by now, and did not say so.
  session.disconnect();
  session.connect();
  await becomeReady();
  assert.deepEqual(session.state.turns, []);
  assert.notEqual(session.state.conversationId, conversationId);
  assert.deepEqual(types(wire.last), ["hello"]);
});
