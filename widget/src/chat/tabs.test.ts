import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench, type Tab } from "../../test/chat.ts";
import { FakeWire, READY } from "../../test/fake-wire.ts";
import { settle } from "../../test/fake-world.ts";
import { ACK_TIMEOUT_MS, SILENCE_MS } from "./delivery.ts";

const texts = ({ session }: Tab) =>
  session.state.turns.map(({ text, answer, status }) => [text, answer, status]);

/** Two connected tabs of one browser. */
async function twoTabs(pace?: number) {
  const bench: Bench = new Bench(
    pace ? { answer: () => bench.slowly(["a", "b", "c"], pace) } : {},
  );
  const [first, second] = [bench.tab(), bench.tab()];
  first.session.connect();
  second.session.connect();
  await bench.world.advance(100);
  return { bench, world: bench.world, server: bench.server, first, second };
}

test("tabs that start together are one visitor in one conversation", async () => {
  const { bench, first, second, server } = await twoTabs();
  const third = bench.tab();
  third.session.connect();
  await bench.world.advance(100);
  const hellos = server.received.filter((frame) => frame.type === "hello");
  assert.deepEqual(
    hellos.map(({ visitorToken }) => visitorToken),
    [undefined, "visitor-1", "visitor-1"],
  );
  const ids = [first, second, third].map(
    ({ session }) => session.state.conversationId,
  );
  assert.equal(new Set(ids).size, 1);
});

test("tabs that start together are one visitor without locks too", async () => {
  const bench = new Bench();
  const tabs = [1, 2, 3].map(() =>
    bench.tab({
      environment: {
        ...bench.world.environment(),
        lock: (_name, task) => task(),
      },
    }),
  );
  for (const { session } of tabs) session.connect();
  await bench.world.advance(100);
  tabs[1]?.session.send("Hello");
  await bench.world.advance(100);
  for (const tab of tabs)
    assert.deepEqual(texts(tab), [["Hello", "Hello", "complete"]]);
});

test("a tab whose first handshakes fail does not keep the others waiting", async () => {
  const bench = new Bench();
  const [first, second] = [bench.tab(), bench.tab()];
  bench.server.intercept = () => "ignore";
  first.session.connect();
  await bench.world.advance(100);
  second.session.connect();
  delete bench.server.intercept;
  await bench.world.advance(15_000);
  assert.equal(first.session.state.connection, "ready");
  assert.equal(second.session.state.connection, "ready");
});

test("each tab sees question and answer as they come", async () => {
  const { world, first, second, server } = await twoTabs(100);
  first.session.send("Hello");
  await world.advance(5);
  assert.deepEqual(texts(second), [["Hello", "", "submitted"]]);
  await world.advance(150);
  assert.deepEqual(texts(second), [["Hello", "a", "streaming"]]);
  await world.advance(300);
  assert.deepEqual(texts(second), texts(first));
  assert.deepEqual(texts(first), [["Hello", "abc", "complete"]]);
  second.session.send("Again");
  await world.advance(500);
  assert.deepEqual(texts(first), texts(second));
  assert.equal(first.session.state.turns.length, 2);
  assert.equal(server.modelCalls, 2);
  const resumes = server.received.filter(({ type }) => type === "resume");
  assert.equal(resumes.length, 1, "only the tab that had not joined resumes");
});

test("a conversation that another tab begins between hello and ready is not left", async () => {
  const bench = new Bench();
  const wire = new FakeWire();
  const first = bench.tab();
  const second = bench.tab({ createTransport: wire.connect });
  first.session.connect();
  await bench.world.advance(100);
  second.session.connect();
  wire.last.handlers.onOpen();
  await settle();
  const { conversationId } = first.session.state;
  first.session.send("Hello");
  await bench.world.advance(100);
  wire.last.receive(READY);
  await settle();
  assert.equal(second.session.state.conversationId, conversationId);
  assert.equal(wire.last.sent.at(-1)?.type, "history");
});

test("a tab that the page has disconnected stays so, whatever another one asks", async () => {
  const { bench, world, first, second } = await twoTabs(2 * SILENCE_MS);
  second.session.disconnect();
  for (const question of ["One", "Two"]) {
    first.session.send(question);
    await world.advance(10 * SILENCE_MS);
  }
  assert.equal(bench.server.modelCalls, 2);
  assert.equal(second.session.state.connection, "closed");
});

test("a question goes to the other tabs without what they cannot have of its context", async () => {
  const { world, first, second } = await twoTabs();
  const data = { price: 7, format: () => "7 €" };
  assert.ok(first.session.send("Hello", { context: { data } }));
  await world.advance(100);
  for (const tab of [first, second])
    assert.deepEqual(texts(tab), [["Hello", "Hello", "complete"]]);
});

test("any tab can stop", async () => {
  const { world, first, second } = await twoTabs(1_000);
  first.session.send("Hello");
  await world.advance(1_500);
  second.session.stop();
  await world.advance(1_000);
  assert.deepEqual(texts(first), [["Hello", "a", "stopped"]]);
  assert.deepEqual(texts(second), texts(first));
});

test("a waiting question is shown in all tabs and can be removed in any", async () => {
  const { world, first, second, server } = await twoTabs();
  world.change("offline");
  first.session.send("Hello");
  first.session.send("There");
  await world.advance(5);
  assert.deepEqual(texts(second), texts(first));
  second.session.stop();
  await world.advance(5);
  assert.deepEqual(texts(first), [["There", "", "waiting"]]);
  world.change("online");
  await world.advance(200);
  const sends = server.received.filter(({ type }) => type === "send");
  assert.equal(sends.length, 1);
  assert.deepEqual(texts(first), [["There", "There", "complete"]]);
  assert.deepEqual(texts(second), texts(first));
});

test("a question whose tab has died is sent by another one", async () => {
  const { world, first, second, server } = await twoTabs();
  world.change("offline");
  first.session.send("Hello");
  await world.advance(5);
  first.session.dispose();
  world.change("online");
  await world.advance(SILENCE_MS - 1_000);
  assert.equal(server.modelCalls, 0);
  await world.advance(2_000);
  assert.deepEqual(texts(second), [["Hello", "Hello", "complete"]]);
});

test("a refused question is refused in all tabs, and can be asked again in any", async () => {
  const { world, first, second, server } = await twoTabs();
  server.intercept = (frame) =>
    frame.type === "send" ? { code: "rate_limited" } : undefined;
  first.session.send("Hello");
  await world.advance(SILENCE_MS + 1_000);
  assert.deepEqual(texts(second), [["Hello", "", "failed"]]);
  const sends = server.received.filter(({ type }) => type === "send");
  assert.equal(sends.length, 1);
  delete server.intercept;
  second.session.retry();
  await world.advance(100);
  assert.deepEqual(texts(second), [["Hello", "Hello", "complete"]]);
  assert.deepEqual(texts(first), texts(second));
});

test("an edit in one tab takes the same turns out of the other", async () => {
  const { world, first, second } = await twoTabs();
  const turnId = first.session.send("First")!;
  await world.advance(100);
  first.session.send("Second");
  await world.advance(100);
  second.session.edit(turnId, "Changed");
  await world.advance(100);
  assert.deepEqual(texts(first), [["Changed", "Changed", "complete"]]);
  assert.deepEqual(texts(second), texts(first));
});

test("a rating shows in all tabs", async () => {
  const { world, first, second } = await twoTabs();
  const turnId = first.session.send("Hello")!;
  await world.advance(100);
  second.session.feedback(turnId, "down");
  await world.advance(5);
  assert.equal(first.session.state.turns[0]?.rating, "down");
});

test("all tabs leave a conversation together", async () => {
  const { world, first, second } = await twoTabs();
  first.session.send("Hello");
  await world.advance(100);
  second.session.newConversation();
  await world.advance(5);
  assert.deepEqual(texts(first), []);
  first.session.send("New");
  await world.advance(100);
  assert.deepEqual(texts(second), [["New", "New", "complete"]]);
  assert.equal(
    first.session.state.conversationId,
    second.session.state.conversationId,
  );
});

test("of a conversation that another tab has begun, and the server does not know, nothing is loaded", async () => {
  const { world, server, first, second } = await twoTabs();
  first.session.send("Old");
  await world.advance(100);
  first.session.newConversation();
  await world.advance(100);
  const { conversationId } = first.session.state;
  const sent = server.received.length;
  for (const { session } of [first, second]) session.loadOlder(); // As an empty transcript does.
  await world.advance(100);
  for (const { session } of [first, second])
    assert.equal(session.state.conversationId, conversationId);
  assert.equal(server.received.length, sent);
  second.session.send("New");
  await world.advance(100);
  for (const tab of [first, second])
    assert.deepEqual(texts(tab), [["New", "New", "complete"]]);
});

test("all tabs begin anew, together, when one forgets", async () => {
  const { world, first, second } = await twoTabs();
  first.session.send("Secret");
  await world.advance(100);
  await Promise.all([first.session.forget(), world.advance(100)]);
  assert.deepEqual(texts(second), []);
  assert.equal(
    first.session.state.conversationId,
    second.session.state.conversationId,
  );
});

test("a reset wipes all tabs", async () => {
  const { world, first, second } = await twoTabs();
  first.session.send("Secret");
  await world.advance(100);
  first.session.reset();
  await world.advance(5);
  assert.deepEqual(texts(second), []);
  assert.equal(world.stored.size, 0);
});

test("a tab with storage of its own is alone", async () => {
  const bench = new Bench();
  const [first, second] = [1, 2].map(() =>
    bench.tab({ storage: bench.world.storage(false) }),
  ) as [Tab, Tab];
  first.session.send("Hello");
  second.session.connect();
  await bench.world.advance(100);
  assert.deepEqual(texts(second), []);
  assert.notEqual(
    first.session.state.conversationId,
    second.session.state.conversationId,
  );
});

test("a question that was stopped before it arrived is not asked by another tab", async () => {
  const { world, server, first, second } = await twoTabs();
  server.intercept = ({ type }) => (type === "send" ? "ignore" : undefined);
  first.session.send("Hello");
  await world.advance(100);
  assert.equal(second.session.state.turns.length, 1);
  first.session.stop();
  await world.advance(ACK_TIMEOUT_MS);
  assert.deepEqual([texts(first), texts(second)], [[], []]);
  delete server.intercept;
  await world.advance(2 * SILENCE_MS);
  const sent = server.received.filter(({ type }) => type === "send");
  assert.equal(sent.length, 1);
});
