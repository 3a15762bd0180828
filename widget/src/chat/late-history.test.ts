import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench } from "../../test/chat.ts";
import { FakeWire, READY } from "../../test/fake-wire.ts";
import { settle } from "../../test/fake-world.ts";
import * as past from "./past.ts";
import type { Past, SessionOptions } from "./session-options.ts";

/** A bench, and a module that comes when the test lets it, or does not. */
function build() {
  const bench = new Bench({ answer: () => "Yes." });
  let fetches = 0;
  let failures = 0;
  const loadPast = (): Promise<Past> => {
    fetches++;
    return failures-- > 0
      ? Promise.reject(new Error("Failed to fetch."))
      : Promise.resolve(past);
  };
  return {
    world: bench.world,
    server: bench.server,
    fetches: () => fetches,
    fail: (times: number) => (failures = times),
    tab: (options: Partial<SessionOptions> = {}) =>
      bench.tab({ loadPast, ...options }),
  };
}

/** A page that was here before has had a question answered. */
async function continued() {
  const built = build();
  const { session } = built.tab();
  session.send("first");
  await built.world.advance(100);
  assert.equal(built.fetches(), 0, "nothing has been there before");
  session.dispose();
  return built;
}

test("what was said before is loaded, with a fetch of its own", async () => {
  const { world, tab, fetches } = await continued();
  const { session, events } = tab();
  session.connect();
  await world.advance(100);
  assert.equal(fetches(), 1);
  assert.equal(session.state.turns[0]?.answer, "Yes.");
  assert.equal(session.state.history.loading, false);
  assert.ok(!events.some(([name]) => name.startsWith("response")), "no news");
});

test("while it is being fetched, it is shown that something loads", async () => {
  const { world, tab } = await continued();
  let arrive!: (module: Past) => void;
  const { session } = tab({
    loadPast: () => new Promise((resolve) => (arrive = resolve)),
  });
  session.connect();
  await world.advance(100);
  assert.equal(session.state.connection, "ready");
  assert.equal(session.state.history.loading, true);
  arrive(past);
  await world.advance(100);
  assert.equal(session.state.history.loading, false);
  assert.equal(session.state.turns.length, 1);
});

test("a fetch that fails is tried again, and questions are answered meanwhile", async () => {
  const { world, tab, fail, fetches } = await continued();
  const { session } = tab();
  fail(4);
  session.connect();
  await world.advance(100);
  assert.equal(session.state.history.loading, false);
  session.send("second");
  await world.advance(100);
  assert.deepEqual(
    session.state.turns.map(({ text, answer }) => [text, answer]),
    [["second", "Yes."]],
  );
  await world.advance(60_000);
  assert.equal(fetches(), 5);
  assert.deepEqual(
    session.state.turns.map(({ text }) => text),
    ["first", "second"],
  );
});

test("the next connection tries again at once, a session that is over not at all", async () => {
  const { world, tab, fail, fetches } = await continued();
  const { session } = tab();
  fail(Infinity);
  session.connect();
  await world.advance(100);
  const before = fetches();
  world.change("offline");
  await world.advance(600_000);
  assert.equal(fetches(), before);
  fail(0);
  world.change("online");
  await world.advance(100);
  assert.equal(session.state.turns.length, 1);
  const other = tab();
  fail(Infinity);
  other.session.connect();
  await world.advance(100);
  other.session.dispose();
  const last = fetches();
  await world.advance(600_000);
  assert.equal(fetches(), last);
});

test("an answer that comes as history, before anything reads it, is fetched again", async () => {
  const { world, tab, fetches } = build();
  const wire = new FakeWire();
  const { session } = tab({ createTransport: wire.connect });
  const turnId = session.send("Hello")!;
  wire.last.handlers.onOpen();
  await settle();
  const { conversationId } = session.state;
  const turn = {
    turnId,
    text: "Hello",
    answer: "Late.",
    status: "complete",
    model: "m",
    createdAt: "2026-01-01T00:00:00.000Z",
  } as const;
  const page = { type: "history", conversationId, turns: [turn] } as const;
  wire.last.receive(READY, { type: "ack", turnId });
  assert.equal(fetches(), 0);
  wire.last.receive(page);
  await world.advance(100);
  assert.equal(fetches(), 1);
  assert.equal(wire.last.sent.at(-1)?.type, "history");
  wire.last.receive(page);
  assert.equal(session.state.turns[0]?.answer, "Late.");
});

test("forget rejects when what asks for it cannot be fetched, and can be tried again", async () => {
  const { world, server, tab, fail } = build();
  const { session } = tab();
  session.send("secret");
  await world.advance(100);
  fail(1);
  await assert.rejects(session.forget(), /Failed to fetch/);
  assert.equal(session.state.turns.length, 1);
  const done = session.forget();
  await world.advance(100);
  await done;
  assert.equal(session.state.turns.length, 0);
  assert.ok(server.received.some(({ type }) => type === "forget"));
});

test("after a reset nothing is forgotten in the name of the next visitor", async () => {
  const { world, server, tab } = build();
  const { session } = tab();
  session.send("secret");
  await world.advance(100);
  const done = assert.rejects(session.forget(), /reset/);
  session.reset();
  session.connect();
  await world.advance(30_000);
  await done;
  assert.ok(!server.received.some(({ type }) => type === "forget"));
});
