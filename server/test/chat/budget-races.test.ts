/** As on Lambda: many routers at once, each with a DynamoDB client of its own, and one table whose conditions decide. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createDynamoMeter } from "../../src/dynamodb/meter.ts";
import { FakeChat, keyOf, type Hold } from "../fakes/fake-chat.ts";
import { DUMMY_CREDENTIALS, startDynalite } from "../support/dynalite.ts";

const QUESTIONS = 200;
const BUDGETED = 10;
/** Routers keep their clients for as long as their container lives. */
const ROUTERS = 50;

async function reservationOfOne(): Promise<number> {
  const chat = new FakeChat();
  await chat.open("c1");
  await chat.ask("c1", "t1");
  const turn = await chat.store.getTurn(keyOf("t1"));
  const { inputTokens, outputTokens } = turn!.reservation!;
  return inputTokens + outputTokens;
}

test("of 200 questions at once against a budget for 10, exactly 10 reach the model", async (t) => {
  const database = await startDynalite();
  t.after(() => database.close());
  const tokensPerDay = BUDGETED * (await reservationOfOne());
  const chat = new FakeChat({
    usage: {
      visitorQuestionsPerMinute: 0,
      addressQuestionsPerMinute: 0,
      visitorRunningTurns: 0,
      connectionFramesPerMinute: 0,
    },
    budgets: { tokensPerDay },
  });
  await chat.open("c1");
  const meterOfItsOwn = (): Hold => {
    const client = new DynamoDBClient({
      ...DUMMY_CREDENTIALS,
      endpoint: database.endpoint,
    });
    t.after(() => client.destroy());
    const { tableName } = database;
    const meter = createDynamoMeter({ tableName, clock: chat.clock, client });
    return <T extends object>(target: T) =>
      (target as object) === chat.meter ? (meter as unknown as T) : target;
  };
  const routers = Array.from({ length: ROUTERS }, () =>
    chat.newRouter(meterOfItsOwn()),
  );

  await Promise.all(
    Array.from({ length: QUESTIONS }, (_, i) =>
      chat.frame(
        "c1",
        {
          type: "send",
          conversationId: `conversation-${i}`,
          turnId: "t1",
          text: "Question t1",
        },
        routers[i % ROUTERS],
      ),
    ),
  );

  assert.equal(chat.workers.queue.length, BUDGETED);
  const codes = chat.outbox
    .take("c1")
    .flatMap((frame) => (frame.type === "error" ? [frame.code] : []));
  assert.deepEqual(
    codes,
    new Array<string>(QUESTIONS - BUDGETED).fill("budget_exceeded"),
  );
  const worker = chat.workerDeps(meterOfItsOwn());
  await Promise.all(
    chat.workers.queue.map((key) => chat.clock.until(chat.work(key, worker))),
  );
  assert.equal(chat.model.requests.length, BUDGETED);
});
