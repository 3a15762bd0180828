import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench } from "../../test/chat.ts";
import { MAX_WAITING } from "./question.ts";

const PIECES = ["One ", "two ", "three ", "four ", "five"];
const WHOLE = PIECES.join("");

test("nothing is stored and nobody is called before the chat is used", async () => {
  const { world, server, ...bench } = benchWith();
  const { session } = bench.tab();
  session.setPanelOpen(false);
  session.stop();
  session.loadOlder();
  await world.advance(60_000);
  assert.equal(server.received.length, 0);
  assert.equal(world.stored.size, 0);
  assert.equal(session.state.connection, "closed");
});

test("a question is answered in pieces, and the page is told", async () => {
  const { world, tab } = benchWith();
  const { session, events } = tab();
  const turnId = session.send("  How are you?  ");
  await world.advance(100);
  const [turn] = session.state.turns;
  assert.equal(turn?.text, "How are you?");
  assert.equal(turn?.answer, WHOLE);
  assert.equal(turn?.status, "complete");
  assert.equal(session.state.status, "idle");
  assert.deepEqual(
    events.map(([name]) => name),
    [
      "sent",
      "connection",
      "connection",
      "ready",
      "response-start",
      ...PIECES.map(() => "response-delta"),
      "response-end",
    ],
  );
  assert.ok(turnId);
});

test("every change is told at once, until the session is disposed of", async () => {
  const { world, tab } = benchWith();
  const { session } = tab();
  const seen: string[] = [];
  session.onChange = () => seen.push(session.state.status);
  session.send("Hello");
  assert.deepEqual(seen, ["submitted", "submitted"]);
  session.dispose();
  const told = seen.length;
  session.connect();
  await world.advance(100);
  assert.equal(seen.length, told);
});

test("a blank, too long or too heavy question is refused with a sentence", () => {
  const { tab } = benchWith();
  const { session, events } = tab({ maxTextLength: () => 10 });
  assert.equal(session.send(" \n "), undefined);
  assert.equal(session.send("12345678901"), undefined);
  assert.equal(
    session.send("short", { context: { data: "€".repeat(11_000) } }),
    undefined,
  );
  assert.deepEqual(
    events.map((event) => event[0] === "error" && event[1].message),
    [
      "The question is empty.",
      "The question has 11 characters; at most 10 are allowed.",
      "The question has 33092 bytes with its context; at most 32000 are allowed.",
    ],
  );
  assert.equal(session.state.turns.length, 0);
});

test("what a page leaves empty is not sent", async () => {
  const { world, tab, server } = benchWith();
  const { session } = tab({
    context: () => null as never,
    model: () => "",
    getToken: () => Promise.resolve(""),
  });
  const turnId = session.send("Hello")!;
  await world.advance(100);
  session.feedback(turnId, "up", "");
  await world.advance(100);
  for (const frame of server.received)
    for (const name of ["context", "model", "authToken", "comment"])
      assert.ok(!(name in frame), `${frame.type}.${name}`);
  assert.equal(session.state.turns[0]?.rating, "up");
});

test("beforeSend may change a question or cancel it", async () => {
  const { world, tab, server } = benchWith();
  const { session } = tab({
    context: () => ({ title: "Shop" }),
    model: () => "large",
    beforeSend: ({ text, context }) =>
      text === "no"
        ? undefined
        : { text: `${text}?`, context: { ...context, url: "https://x" } },
  });
  assert.equal(session.send("no"), undefined);
  session.send("yes");
  await world.advance(100);
  const send = server.received.find((frame) => frame.type === "send");
  assert.deepEqual(send, {
    type: "send",
    conversationId: session.state.conversationId,
    turnId: session.state.turns[0]?.turnId,
    text: "yes?",
    model: "large",
    context: { title: "Shop", url: "https://x" },
  });
});

test("questions typed while offline wait, can be removed, and are sent once and in order", async () => {
  const { world, server, sent, tab } = benchWith();
  world.online = false;
  const { session } = tab();
  session.send("first");
  const second = session.send("second");
  session.send("third");
  assert.equal(session.state.connection, "offline");
  assert.deepEqual(
    session.state.turns.map(({ status }) => status),
    ["waiting", "waiting", "waiting"],
  );
  session.stop(second);
  world.change("online");
  await world.advance(1_000);
  assert.deepEqual(sent(), ["send", "send"]);
  assert.equal(server.modelCalls, 2);
  assert.deepEqual(
    session.state.turns.map(({ text, status }) => [text, status]),
    [
      ["first", "complete"],
      ["third", "complete"],
    ],
  );
});

test("the queue is bounded", () => {
  const { world, tab } = benchWith();
  world.online = false;
  const { session, events } = tab();
  for (let i = 0; i < MAX_WAITING; i++)
    assert.ok(session.send(`question ${i}`));
  assert.equal(session.send("one more"), undefined);
  const last = events.at(-1);
  assert.equal(last?.[0] === "error" && last[1].code, "busy");
});

test("an answer survives cuts at every moment, and is asked for once", async () => {
  for (let moment = 0; moment < 60; moment++) {
    const { world, server, tab } = benchWith({ pace: 5 });
    const { session } = tab();
    session.send("Go on");
    await world.advance(moment);
    server.cut();
    await world.advance(20_000);
    const [turn] = session.state.turns;
    assert.equal(turn?.answer, WHOLE, `cut after ${moment} ms`);
    assert.equal(turn?.status, "complete");
    assert.equal(server.modelCalls, 1);
  }
});

test("a reload in mid-answer brings question and answer back", async () => {
  for (let moment = 0; moment < 60; moment += 3) {
    const { world, server, tab } = benchWith({ pace: 5 });
    const first = tab();
    first.session.send("Go on");
    await world.advance(moment);
    const { status } = first.session.state.turns[0]!;
    first.session.dispose();
    const { session } = tab();
    assert.equal(session.restored.connect, status !== "complete");
    session.connect();
    await world.advance(20_000);
    const [turn, ...more] = session.state.turns;
    assert.equal(turn?.answer, WHOLE, `reload after ${moment} ms`);
    assert.equal(turn?.status, "complete");
    assert.equal(more.length, 0);
    assert.equal(server.modelCalls, 1);
  }
});

test("a half-open connection is found out by silence", async () => {
  const { world, server, tab } = benchWith({ pace: 1_000 });
  const { session } = tab();
  session.send("Go on");
  await world.advance(2_500);
  server.silence();
  await world.advance(120_000);
  assert.equal(session.state.turns[0]?.answer, WHOLE);
});

test("stop ends the answer and keeps what there is", async () => {
  const { world, tab, sent } = benchWith({ pace: 100 });
  const { session, events } = tab();
  session.send("Go on");
  await world.advance(250);
  session.stop();
  await world.advance(200);
  assert.deepEqual(sent(), ["send", "stop"]);
  const [turn] = session.state.turns;
  assert.equal(turn?.status, "stopped");
  assert.ok(WHOLE.startsWith(turn.answer) && turn.answer.length < WHOLE.length);
  assert.ok(events.some(([name]) => name === "stopped"));
});

test("a stop waits for the ack, and outlives a cut", async () => {
  const { world, server, sent, tab } = benchWith({ pace: 10_000 });
  const { session } = tab();
  session.send("Go on");
  await world.advance(3); // Open, hello, ready: the question is sent.
  assert.equal(session.state.turns[0]?.status, "submitted");
  session.stop();
  await world.advance(1);
  assert.deepEqual(sent(), ["send"]);
  server.intercept = (frame) => (frame.type === "stop" ? "ignore" : undefined);
  await world.advance(100);
  server.cut();
  delete server.intercept;
  await world.advance(30_000);
  assert.equal(session.state.turns[0]?.status, "stopped");
  assert.ok(sent().includes("stop"));
});

test("stopping a question that never arrived removes it", async () => {
  const { world, server, tab } = benchWith();
  server.intercept = (frame) => (frame.type === "send" ? "ignore" : undefined);
  const { session } = tab();
  session.send("Go on");
  await world.advance(100);
  session.stop();
  await world.advance(15_000);
  assert.equal(session.state.turns.length, 0);
  assert.equal(server.modelCalls, 0);
});

test("a failed answer is retried in a new turn that replaces it", async () => {
  const { world, server, tab } = benchWith({ failures: 1 });
  const { session } = tab();
  const failed = session.send("Go on");
  await world.advance(100);
  assert.equal(session.state.turns[0]?.status, "failed");
  assert.equal(session.state.status, "error");
  session.retry();
  await world.advance(100);
  assert.equal(session.state.turns.length, 1);
  assert.equal(session.state.turns[0]?.answer, WHOLE);
  const retry = server.received.findLast((frame) => frame.type === "send");
  assert.equal(retry?.replaces, failed);
});

test("a refused question is retried under its own id", async () => {
  const { world, server, sent, tab } = benchWith();
  server.intercept = (frame) =>
    frame.type === "send"
      ? { code: "rate_limited", retryAfterMs: 5_000 }
      : undefined;
  const { session, events } = tab();
  const turnId = session.send("Go on");
  await world.advance(100);
  const error = events.find((event) => event[0] === "error");
  assert.equal(error?.[1].code, "rate_limited");
  assert.equal(session.state.turns[0]?.error?.retryAfterMs, 5_000);
  delete server.intercept;
  session.retry();
  await world.advance(100);
  assert.equal(session.state.turns[0]?.turnId, turnId);
  assert.equal(session.state.turns[0]?.status, "complete");
  assert.deepEqual(sent(), ["send", "send"]);
});

test("a refused question is still there after a reload, and is not sent by itself", async () => {
  const { world, server, sent, tab } = benchWith();
  server.intercept = (frame) =>
    frame.type === "send" ? { code: "model_rejected" } : undefined;
  const first = tab();
  first.session.send("Go on");
  await world.advance(100);
  const since = first.session.state.turns[0]?.error?.since;
  assert.ok(since);
  first.session.dispose();
  await world.advance(60_000);
  const { session } = tab();
  assert.equal(session.state.turns[0]?.error?.since, since);
  assert.equal(session.restored.connect, false);
  session.connect();
  await world.advance(100);
  assert.equal(session.state.turns[0]?.status, "failed");
  assert.equal(session.state.turns[0]?.error?.code, "model_rejected");
  assert.deepEqual(sent(), ["send"]);
  delete server.intercept;
  session.retry();
  await world.advance(100);
  assert.equal(session.state.turns[0]?.answer, WHOLE);
  assert.equal(session.state.turns[0]?.error, undefined);
});

test("regenerating and editing take the later turns out", async () => {
  const { world, tab } = benchWith();
  const { session } = tab();
  const first = session.send("first");
  await world.advance(100);
  session.send("second");
  await world.advance(100);
  session.regenerate();
  await world.advance(100);
  assert.deepEqual(texts(session), ["first", "second"]);
  session.edit(first!, "changed");
  assert.deepEqual(texts(session), ["changed"]);
  await world.advance(100);
  session.disconnect();
  session.connect();
  await world.advance(100);
  assert.deepEqual(texts(session), ["changed"]);
});

test("removing an unsent edit brings back what it would have replaced", async () => {
  const { world, tab } = benchWith();
  const { session } = tab();
  const first = session.send("first");
  await world.advance(100);
  session.send("second");
  await world.advance(100);
  world.change("offline");
  session.edit(first!, "changed");
  assert.deepEqual(texts(session), ["changed"]);
  session.stop();
  assert.deepEqual(texts(session), ["first", "second"]);
});

test("older turns come in pages", async () => {
  const { world, tab } = benchWith({ pageSize: 2 });
  const first = tab();
  for (const text of ["1", "2", "3", "4", "5"]) {
    first.session.send(text);
    await world.advance(100);
  }
  first.session.dispose();
  const { session } = tab();
  session.connect();
  await world.advance(100);
  assert.deepEqual(texts(session), ["4", "5"]);
  assert.equal(session.state.history.complete, false);
  session.loadOlder();
  await world.advance(100);
  assert.deepEqual(texts(session), ["2", "3", "4", "5"]);
  session.loadOlder();
  await world.advance(100);
  assert.deepEqual(texts(session), ["1", "2", "3", "4", "5"]);
  assert.equal(session.state.history.complete, true);
});

test("a rating is shown at once and sent when it can be", async () => {
  const { world, server, tab } = benchWith();
  const { session } = tab();
  const turnId = session.send("Hello");
  await world.advance(100);
  world.change("offline");
  session.feedback(turnId!, "up", "Good");
  assert.equal(session.state.turns[0]?.rating, "up");
  world.change("online");
  await world.advance(100);
  assert.deepEqual(
    server.received.find((frame) => frame.type === "feedback"),
    {
      type: "feedback",
      conversationId: session.state.conversationId,
      turnId,
      rating: "up",
      comment: "Good",
    },
  );
});

test("forget deletes on the server, then begins anew", async () => {
  const { world, tab } = benchWith();
  const { session, events } = tab();
  session.send("secret");
  await world.advance(100);
  const before = session.state.conversationId;
  const done = session.forget();
  assert.equal(session.state.turns.length, 1);
  await world.advance(100);
  await done;
  assert.equal(session.state.turns.length, 0);
  assert.notEqual(session.state.conversationId, before);
  assert.ok(events.some(([name]) => name === "conversation-change"));
});

test("what has failed is told once, however often it is loaded again", async () => {
  const { world, tab } = benchWith({ failures: 1 });
  const { session, events } = tab();
  session.send("Go on");
  await world.advance(100);
  for (let i = 0; i < 2; i++) {
    world.change("offline");
    world.change("online");
    await world.advance(100);
  }
  assert.equal(session.state.turns[0]?.status, "failed");
  assert.equal(events.filter(([name]) => name === "error").length, 1);
});

test("forget rejects when the server never confirms it", async () => {
  const { world, server, tab } = benchWith();
  const { session } = tab();
  session.send("secret");
  await world.advance(100);
  server.intercept = (frame) =>
    frame.type === "forget" ? "ignore" : undefined;
  const done = assert.rejects(session.forget(), /did not confirm/);
  await world.advance(60_000);
  await done;
  assert.equal(session.state.turns.length, 1);
});

test("reset leaves nothing of the visitor behind", async () => {
  const { world, server, tab } = benchWith();
  const { session } = tab();
  session.send("secret");
  await world.advance(100);
  session.reset();
  assert.equal(world.stored.size, 0);
  assert.equal(session.state.turns.length, 0);
  session.send("somebody else");
  await world.advance(100);
  const hello = server.received.findLast((frame) => frame.type === "hello");
  assert.equal(hello?.visitorToken, undefined);
});

test("another user of the browser sees nothing of the first", async () => {
  const { world, tab } = benchWith();
  const anna = tab({ userId: "anna" });
  anna.session.send("secret");
  await world.advance(100);
  anna.session.dispose();
  const { session } = tab({ userId: "bert" });
  session.connect();
  await world.advance(100);
  assert.equal(session.state.turns.length, 0);
  assert.ok(![...world.stored.keys()].join().includes("anna"));
});

test("a conversation that the server has lost is begun anew, and the question goes along", async () => {
  const { world, tab } = benchWith();
  const { session } = tab();
  session.send("first");
  await world.advance(100);
  world.change("offline");
  session.send("second");
  const other = new Bench({ answer: () => "Fresh." });
  const { session: moved, events } = other.tab({
    environment: world.environment(),
    storage: world.storage(),
  });
  assert.deepEqual(texts(moved), ["second"]);
  world.online = true;
  moved.connect();
  for (let i = 0; i < 20; i++) {
    await world.advance(10);
    await other.world.advance(10);
  }
  assert.deepEqual(texts(moved), ["second"]);
  assert.equal(moved.state.turns[0]?.answer, "Fresh.");
  assert.ok(events.some(([name]) => name === "conversation-change"));
});

const texts = (session: {
  state: { turns: readonly { text: string }[] };
}): string[] => session.state.turns.map(({ text }) => text);

interface BenchOptions {
  /** Milliseconds between two pieces. */
  readonly pace?: number;
  /** Answers that fail before one succeeds. */
  readonly failures?: number;
  readonly pageSize?: number;
}

function benchWith({ pace, failures = 0, pageSize }: BenchOptions = {}) {
  let left = failures;
  const bench: Bench = new Bench({
    answer: () => {
      if (left-- > 0) throw new Error("The model is out.");
      return pace ? bench.slowly(PIECES, pace) : PIECES;
    },
    ...(pageSize ? { pageSize } : {}),
  });
  return {
    world: bench.world,
    server: bench.server,
    tab: bench.tab.bind(bench),
    sent: () => bench.sent,
  };
}
