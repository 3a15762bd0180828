import assert from "node:assert/strict";
import { test } from "node:test";
import { ENDPOINT } from "../../test/chat.ts";
import { FakeWire, READY } from "../../test/fake-wire.ts";
import { FakeWorld } from "../../test/fake-world.ts";
import { REPEAT_RESULT_MS } from "./page-tools.ts";
import { ChatSession } from "./session.ts";

const schema = { type: "object" };

test("a call is run once by the tab that asked, also after a reload; its result is repeated until the answer goes on", async () => {
  const world = new FakeWorld();
  let runs = 0;
  const tab = () => {
    const wire = new FakeWire();
    const session = new ChatSession({
      endpoint: ENDPOINT,
      client: { name: "test", version: "1", locale: "en" },
      createTransport: wire.connect,
      environment: world.environment(),
      storage: world.storage(),
      tools: () => ({
        cart: {
          description: "Looks.",
          inputSchema: schema,
          handler: (input) => ({ runs: ++runs, input }),
        },
      }),
    });
    const results = () =>
      wire.last.sent.filter(({ type }) => type === "tool-result");
    return { wire, session, results };
  };
  const { wire, session, results } = tab();
  const turnId = session.send("How many?")!;
  await world.advance(10);
  wire.last.handlers.onOpen();
  await world.advance(10);
  wire.last.receive(READY);
  await world.advance(10);
  const sent = wire.last.sent.find(({ type }) => type === "send");
  assert.deepEqual(sent?.type === "send" && sent.tools, [
    { name: "cart", description: "Looks.", inputSchema: schema },
  ]);
  const { conversationId } = session.state;
  const start = {
    type: "turn-start",
    conversationId,
    turnId,
    seq: 0,
    model: "m",
    createdAt: "2026-01-01T00:00:00.000Z",
  };
  const call = {
    type: "tool-call",
    turnId,
    seq: 1,
    toolCallId: "u1",
    name: "cart",
    input: { id: 7 },
  };
  wire.last.receive({ type: "ack", turnId }, start, call, call);
  await world.advance(10);
  const result = {
    type: "tool-result",
    conversationId,
    turnId,
    toolCallId: "u1",
    output: { runs: 1, input: { id: 7 } },
  };
  assert.deepEqual(results(), [result]);
  await world.advance(REPEAT_RESULT_MS);
  assert.deepEqual(results(), [result, result]);
  wire.last.receive({ type: "text-delta", turnId, seq: 2, text: "Three." });
  await world.advance(3 * REPEAT_RESULT_MS);
  assert.equal(results().length, 2);
  assert.equal(runs, 1);
  session.dispose();
});
