import assert from "node:assert/strict";
import test from "node:test";
import type { NewTurn } from "../../server/src/chat/ports.ts";
import { createDynamoStore } from "../../server/src/dynamodb/store.ts";
import { startDynalite } from "../../server/test/support/dynalite.ts";
import { runScript } from "../test/support/run-script.ts";
import type { ExportedConversation } from "./conversations.ts";

const DAY_MS = 86_400_000;

const turn = (more: Partial<NewTurn>): NewTurn => ({
  conversationId: "c1",
  turnId: "t1",
  order: 1,
  text: "Why?",
  model: "lite",
  createdAt: Date.now(),
  askedBy: { connectionId: "x", plain: false },
  leaseUntil: Date.now() + 60_000,
  ...more,
});

test("conversations since a day are exported with answers and ratings, in order", async (t) => {
  // GIVEN
  const { endpoint, tableName, client, close } = await startDynalite();
  t.after(close);
  const now = Date.now();
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const store = createDynamoStore({
    tableName,
    retentionMs: 30 * DAY_MS,
    clock,
    client,
  });
  await store.putTurn(turn({ turnId: "t2", order: 2, text: "And then?" }));
  await store.putTurn(turn({ createdAt: now - 9 * DAY_MS }));
  await store.putTurn(turn({ conversationId: "c2" }));
  await store.putTurn(
    turn({ conversationId: "old", createdAt: now - 9 * DAY_MS }),
  );
  const key = { conversationId: "c1", turnId: "t1" };
  await store.takeTurn(key, now, now + 20_000);
  await store.endTurn(key, ["running"], {
    state: "complete",
    answer: "Because.",
    lastFrame: {
      type: "turn-end",
      turnId: "t1",
      seq: 2,
      stopReason: "end_turn",
      length: 8,
      usage: { inputTokens: 1, outputTokens: 2 },
    },
  });
  await store.rateTurn(key, "up", "Indeed");
  // WHEN
  const since = new Date(now - 2 * DAY_MS).toISOString();
  const { output, notice } = await runScript(
    "export",
    ["--table", tableName, "--since", since],
    endpoint,
  );
  // THEN
  assert.match(notice, /^2 conversations since /);
  const conversations = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ExportedConversation)
    .sort((a, b) => a.conversationId.localeCompare(b.conversationId));
  assert.deepEqual(
    conversations.map(({ conversationId, turns }) => [
      conversationId,
      turns.map(({ turnId, state }) => `${turnId} ${state}`),
    ]),
    [
      ["c1", ["t1 complete", "t2 accepted"]],
      ["c2", ["t1 accepted"]],
    ],
  );
  const { answer, rating, comment, createdAt } = conversations[0]!.turns[0]!;
  assert.deepEqual([answer, rating, comment], ["Because.", "up", "Indeed"]);
  assert.equal(createdAt, new Date(now - 9 * DAY_MS).toISOString());
});
