import assert from "node:assert/strict";
import { test } from "node:test";
import { ENDPOINT } from "../../test/chat.ts";
import { FakeWire, READY } from "../../test/fake-wire.ts";
import { FakeWorld } from "../../test/fake-world.ts";
import { parseClientFrame } from "../protocol.ts";
import * as pageTools from "./page-tools.ts";
import * as past from "./past.ts";
import { REPEAT_RESULT_MS, type PageTool } from "./page-tools.ts";
import { ChatSession } from "./session.ts";

const CREATED_AT = "2026-01-01T00:00:00.000Z";
const inputSchema = { type: "object" };

/** A tab whose page offers the model one tool, `cart`. The server is the test. */
class Tab {
  readonly world: FakeWorld;
  readonly wire = new FakeWire();
  readonly session: ChatSession;

  constructor(world: FakeWorld, handler: PageTool["handler"]) {
    this.world = world;
    this.session = new ChatSession({
      endpoint: ENDPOINT,
      client: { name: "test", version: "1", locale: "en" },
      createTransport: this.wire.connect,
      environment: world.environment(),
      storage: world.storage(),
      tools: () => ({ cart: { description: "Looks.", inputSchema, handler } }),
      pageTools: () => pageTools,
      loadPast: () => Promise.resolve(past),
    });
  }

  /** Asks, and has the server accept the question and begin to answer. */
  async ask(): Promise<string> {
    const turnId = this.session.send("How many?")!;
    await this.#greet();
    await this.receive({ type: "ack", turnId }, this.#start(turnId));
    return turnId;
  }

  /** Comes to the conversation while that turn is being answered, and resumes it. */
  async join(turnId: string): Promise<void> {
    this.session.connect();
    const { conversationId } = this.session.state;
    const activeTurn = { turnId, lastSeq: 0 };
    await this.#greet({ conversationId, activeTurn });
    const text = "How many?";
    const turn = { turnId, text, answer: "", model: "m" };
    await this.receive({
      type: "history",
      conversationId,
      turns: [{ ...turn, status: "streaming", createdAt: CREATED_AT }],
    });
    assert.equal(this.wire.last.sent.at(-1)?.type, "resume");
    await this.receive(
      { type: "ack", turnId, duplicate: true },
      this.#start(turnId),
    );
  }

  async receive(...frames: readonly object[]): Promise<void> {
    this.wire.last.receive(...frames);
    await this.world.advance(10);
  }

  /** What was sent about calls, without what all of it says. */
  get results(): unknown[] {
    return this.wire.transports.flatMap(({ sent }) =>
      sent.flatMap((frame) => {
        if (frame.type !== "tool-result") return [];
        const { toolCallId, output, error } = frame;
        assert.equal(frame.conversationId, this.session.state.conversationId);
        return [error === undefined ? [toolCallId, output] : { error }];
      }),
    );
  }

  async #greet(more: object = {}): Promise<void> {
    await this.world.advance(10);
    this.wire.last.handlers.onOpen();
    await this.world.advance(10);
    await this.receive({ ...READY, ...more });
  }

  #start(turnId: string): object {
    const { conversationId } = this.session.state;
    const start = { type: "turn-start", conversationId, turnId, seq: 0 };
    return { ...start, model: "m", createdAt: CREATED_AT };
  }
}

const call = (turnId: string, seq = 1, more: object = {}): object => ({
  type: "tool-call",
  turnId,
  seq,
  toolCallId: `u${seq}`,
  name: "cart",
  input: { id: 7 },
  ...more,
});

const text = (turnId: string, seq: number): object => ({
  type: "text-delta",
  turnId,
  seq,
  text: "Three.",
});

const never = (): Promise<never> => new Promise(() => {});

/** A handler that counts how often it is run. */
function counting(): { readonly handler: PageTool["handler"]; runs: number } {
  const counter = {
    runs: 0,
    handler: (input: unknown) => ({ runs: ++counter.runs, input }),
  };
  return counter;
}

test("a call is run once by the tab that asked; its result is repeated until the answer goes on", async () => {
  const world = new FakeWorld();
  const counter = counting();
  const tab = new Tab(world, counter.handler);
  const turnId = await tab.ask();
  const sent = tab.wire.last.sent.find(({ type }) => type === "send");
  assert.deepEqual(sent?.type === "send" && sent.tools, [
    { name: "cart", description: "Looks.", inputSchema },
  ]);
  await tab.receive(call(turnId), call(turnId));
  const result = ["u1", { runs: 1, input: { id: 7 } }];
  assert.deepEqual(tab.results, [result]);
  await world.advance(REPEAT_RESULT_MS);
  assert.deepEqual(tab.results, [result, result]);
  await tab.receive(text(turnId, 2));
  await world.advance(3 * REPEAT_RESULT_MS);
  assert.equal(tab.results.length, 2);
  assert.equal(counter.runs, 1);
  tab.session.dispose();
});

test("a result may nest as deep as the server takes it, and no deeper", async () => {
  const told = new Set<boolean>();
  for (let depth = 21; depth < 27; depth++) {
    const nested = JSON.parse("[".repeat(depth) + "]".repeat(depth)) as unknown;
    const tab = new Tab(new FakeWorld(), () => nested);
    const turnId = await tab.ask();
    await tab.receive(call(turnId));
    const ids = { conversationId: "c", turnId, toolCallId: "u1" };
    const frame = { type: "tool-result", ...ids, output: nested };
    const { kind } = parseClientFrame(JSON.stringify(frame));
    const taken = kind === "frame";
    assert.deepEqual(tab.results, [
      taken ? ["u1", nested] : { error: "What the tool gave nests too deep." },
    ]);
    told.add(taken);
    tab.session.dispose();
  }
  assert.equal(told.size, 2);
});

test("after a reload in mid-call the call is answered as failed, and not run again", async () => {
  const world = new FakeWorld();
  const before = new Tab(world, never);
  const turnId = await before.ask();
  await before.receive(call(turnId));
  before.session.dispose();
  const counter = counting();
  const tab = new Tab(world, counter.handler);
  await tab.join(turnId);
  await tab.receive(call(turnId), call(turnId));
  assert.deepEqual(tab.results, [
    { error: "The page was left while the tool ran." },
  ]);
  assert.equal(counter.runs, 0);
  await tab.receive(text(turnId, 2), call(turnId, 3));
  assert.deepEqual(tab.results.slice(1), [
    ["u3", { runs: 1, input: { id: 7 } }],
  ]);
  tab.session.dispose();
});

test("a call that comes after a reload is run, once", async () => {
  const world = new FakeWorld();
  const before = new Tab(world, never);
  const turnId = await before.ask();
  before.session.dispose();
  const counter = counting();
  const tab = new Tab(world, counter.handler);
  await tab.join(turnId);
  await tab.receive(call(turnId), call(turnId));
  assert.deepEqual(tab.results, [["u1", { runs: 1, input: { id: 7 } }]]);
  tab.session.dispose();
});

test("a call that has its result is not run by who comes later", async () => {
  const world = new FakeWorld();
  const before = new Tab(world, never);
  const turnId = await before.ask();
  before.session.dispose();
  const counter = counting();
  const tab = new Tab(world, counter.handler);
  await tab.join(turnId);
  await tab.receive(call(turnId, 1, { settled: true }));
  assert.deepEqual([tab.results, counter.runs], [[], 0]);
  tab.session.dispose();
});

test("of two tabs the one that asked runs the calls; when it goes, the other runs those to come", async () => {
  const world = new FakeWorld();
  const [one, two] = [counting(), counting()];
  const asking = new Tab(world, one.handler);
  const turnId = await asking.ask();
  const other = new Tab(world, two.handler);
  await other.join(turnId);
  for (const tab of [asking, other]) await tab.receive(call(turnId));
  assert.deepEqual([one.runs, two.runs], [1, 0]);
  assert.deepEqual(other.results, []);
  for (const tab of [asking, other]) await tab.receive(text(turnId, 2));
  asking.session.dispose();
  await other.receive(call(turnId, 3));
  assert.deepEqual([one.runs, two.runs], [1, 1]);
  assert.deepEqual(other.results, [["u3", { runs: 1, input: { id: 7 } }]]);
  other.session.dispose();
});

test("a call that the server no longer waits for is let go of, whatever comes of it", async () => {
  const world = new FakeWorld();
  let finish: (late: string) => void = () => {};
  const tab = new Tab(
    world,
    () => new Promise<string>((resolve) => (finish = resolve)),
  );
  const turnId = await tab.ask();
  await tab.receive(call(turnId));
  // The model was told that nobody answered, and goes on.
  await tab.receive(text(turnId, 2));
  finish("too late");
  await world.advance(3 * REPEAT_RESULT_MS);
  assert.deepEqual(tab.results, []);
  const end = { type: "turn-end", turnId, seq: 3, stopReason: "end_turn" };
  const usage = { inputTokens: 1, outputTokens: 1 };
  await tab.receive({ ...end, length: "Three.".length, usage });
  assert.equal(tab.session.state.turns[0]?.status, "complete");
  tab.session.dispose();
});

test("what a handler throws, and what it gives that cannot be sent, is told to the model in words", async () => {
  const outcomes: [() => unknown, unknown][] = [
    [() => Promise.reject(new Error("Out of stock.")), "Out of stock."],
    [
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- a page may.
        throw "Closed.";
      },
      "Closed.",
    ],
    [() => Promise.reject(new Error("")), "The tool failed."],
    [() => 1n, /BigInt/],
    [() => "x".repeat(20_000), /gave 20002 bytes; at most 16000/],
  ];
  for (const [handler, expected] of outcomes) {
    const tab = new Tab(new FakeWorld(), handler);
    const turnId = await tab.ask();
    await tab.receive(call(turnId));
    const [result] = tab.results as { error: string }[];
    if (expected instanceof RegExp) assert.match(result!.error, expected);
    else assert.deepEqual(result, { error: expected });
    tab.session.dispose();
  }
});

test("a handler that gives nothing gives null", async () => {
  const tab = new Tab(new FakeWorld(), () => undefined);
  const turnId = await tab.ask();
  await tab.receive(call(turnId));
  assert.deepEqual(tab.results, [["u1", null]]);
  tab.session.dispose();
});

test("a call of a tool that the page does not have is told to be one", async () => {
  for (const name of ["pay", "toString"]) {
    const counter = counting();
    const tab = new Tab(new FakeWorld(), counter.handler);
    const turnId = await tab.ask();
    await tab.receive(call(turnId, 1, { name }));
    assert.deepEqual(tab.results, [
      { error: `This page has no tool named ${name}.` },
    ]);
    assert.equal(counter.runs, 0);
    tab.session.dispose();
  }
});
