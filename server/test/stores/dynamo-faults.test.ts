/** The DynamoDB store when DynamoDB throttles, answers in part, or does what was asked and the reply is lost. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type AttributeValue,
  DynamoDBClient,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { ChatError } from "../../src/chat/errors.ts";
import type { Store } from "../../src/chat/ports.ts";
import { createDynamoStore } from "../../src/dynamodb/store.ts";
import { DUMMY_CREDENTIALS, startDynalite } from "../support/dynalite.ts";
import {
  connectionReset,
  type Fault,
  FaultyHttp,
  THROTTLED,
} from "../support/faulty-http.ts";
import { delta, ending, KEY, LATER, newTurn } from "./samples.ts";
import { RETENTION_MS, TestClock } from "./store.suite.ts";

interface Setting {
  readonly store: Store;
  readonly http: FaultyHttp;
  readonly scan: () => Promise<Record<string, AttributeValue>[]>;
}

const withFaults = (test: (setting: Setting) => Promise<void>) => async () => {
  const { endpoint, tableName, close } = await startDynalite();
  const http = new FaultyHttp();
  const client = new DynamoDBClient({
    ...DUMMY_CREDENTIALS,
    endpoint,
    requestHandler: http,
  });
  const store = createDynamoStore({
    tableName,
    client,
    clock: new TestClock(),
    retentionMs: RETENTION_MS,
  });
  try {
    await test({
      store,
      http,
      scan: async () =>
        (await client.send(new ScanCommand({ TableName: tableName }))).Items ??
        [],
    });
  } finally {
    client.destroy();
    await close();
  }
};

/** Has DynamoDB do the next `operation` and breaks the connection before its reply. */
function loseReply(operation: string): Fault {
  let lost = false;
  return (call) => {
    if (lost || call.operation !== operation) return undefined;
    lost = true;
    return call.send().then(() => Promise.reject(connectionReset()));
  };
}

describe("a lost reply", () => {
  const cases: Readonly<
    Record<string, { act: (store: Store) => Promise<void>; of: string }>
  > = {
    "putTurn is still the first": {
      of: "PutItem",
      async act(store) {
        assert.equal(await store.putTurn(newTurn()), true);
        assert.equal(await store.putTurn(newTurn()), false);
      },
    },
    "appendFrames is not fenced by itself": {
      of: "PutItem",
      async act(store) {
        assert.equal(await store.appendFrames(KEY, [delta(0)]), true);
        assert.equal(await store.appendFrames(KEY, [delta(0)]), false);
        assert.deepEqual(await store.listFrames(KEY, -1), [delta(0)]);
      },
    },
    "takeTurn has the turn": {
      of: "UpdateItem",
      async act(store) {
        await store.putTurn(newTurn());
        const taken = await store.takeTurn(KEY, 1, LATER);
        assert.deepEqual(taken, {
          ...newTurn(),
          state: "running",
          leaseUntil: LATER,
          resumes: [],
        });
        assert.equal(await store.takeTurn(KEY, 1, LATER), undefined);
      },
    },
    "holdConversation names itself as the holder": {
      of: "UpdateItem",
      async act(store) {
        assert.deepEqual(await store.holdConversation(KEY, "ann", 77), {
          outcome: "held",
          active: { turnId: "t1", leaseUntil: 77 },
          order: 1,
        });
      },
    },
    "releaseConversation has let go": {
      of: "UpdateItem",
      async act(store) {
        await store.holdConversation(KEY, "ann", 77);
        await store.releaseConversation(KEY);
        const conversation = await store.getConversation("c1");
        assert.equal(conversation?.active, undefined);
      },
    },
    "deleteConnection leaves at most an address that is gone": {
      of: "DeleteItem",
      async act(store) {
        await store.putConnection({ connectionId: "a=", connectedAt: 1 });
        await store.deleteConnection("a=");
        assert.equal(await store.getConnection("a="), undefined);
      },
    },
  };
  for (const [name, { act, of }] of Object.entries(cases)) {
    it(
      name,
      withFaults(async ({ store, http }) => {
        http.fault = loseReply(of);
        await act(store);
      }),
    );
  }

  it(
    "endTurn gives the turn as it was, resumes included",
    withFaults(async ({ store, http }) => {
      await store.putTurn(newTurn());
      await store.takeTurn(KEY, 1, LATER);
      const request = { connectionId: "b=", lastSeq: 4 };
      await store.requestResume(KEY, request);
      await store.requestStop(KEY, 9);
      http.fault = loseReply("UpdateItem");
      const { leaseUntil, ...turn } = newTurn();
      assert.ok(leaseUntil);
      assert.deepEqual(await store.endTurn(KEY, ["running"], ending()), {
        ...turn,
        state: "running",
        stopRequestedAt: 9,
        resumes: [request],
      });
      assert.equal(await store.endTurn(KEY, ["running"], ending()), undefined);
    }),
  );

  it(
    "joinConversation leaves the conversation that it was in",
    withFaults(async ({ store, http }) => {
      await store.putConnection({ connectionId: "a=", connectedAt: 1 });
      await store.joinConversation("a=", "c1");
      http.fault = loseReply("UpdateItem");
      await store.joinConversation("a=", "c2");
      assert.deepEqual(await store.listReceivers("c1"), []);
      assert.deepEqual(await store.listReceivers("c2"), ["a="]);
    }),
  );
});

describe("a connection that goes away", () => {
  it(
    "while it joins receives nothing",
    withFaults(async ({ store, http }) => {
      await store.putConnection({ connectionId: "a=", connectedAt: 1 });
      http.fault = (call) => {
        if (call.operation !== "PutItem") return undefined;
        http.fault = undefined;
        return call.send().then(async (reply) => {
          await store.deleteConnection("a=");
          return reply;
        });
      };
      await store.joinConversation("a=", "c1");
      assert.equal(http.fault, undefined);
      assert.deepEqual(await store.listReceivers("c1"), []);
    }),
  );
});

describe("throttling", () => {
  it(
    "is retried until the call goes through",
    withFaults(async ({ store, http }) => {
      for (const operation of ["PutItem", "GetItem"]) {
        let left = 1;
        http.fault = (call) =>
          call.operation === operation && left-- > 0
            ? Promise.resolve(THROTTLED)
            : undefined;
        if (operation === "PutItem")
          assert.equal(await store.putTurn(newTurn()), true);
        else assert.ok(await store.getTurn(KEY));
        assert.equal(left, -1);
      }
    }),
  );

  it(
    "rejects with a code when it does not end, and has written nothing",
    withFaults(async ({ store, http, scan }) => {
      http.fault = () => Promise.resolve(THROTTLED);
      await assert.rejects(store.putTurn(newTurn()), (error) => {
        assert.ok(error instanceof ChatError);
        assert.equal(error.code, "internal");
        assert.match(
          error.message,
          /^PutItem on the table bedrock-chat failed: Provisioned/,
        );
        assert.ok(error.cause instanceof Error);
        return true;
      });
      http.fault = undefined;
      assert.deepEqual(await scan(), []);
    }),
  );
});

describe("answers in part", () => {
  const TURNS = 30;
  const orders = Array.from({ length: TURNS }, (_, i) => TURNS - i);
  const fill = async (store: Store) => {
    for (const order of orders)
      await store.putTurn(newTurn({ turnId: `t${order}`, order }));
  };

  it(
    "are asked for until all turns are there",
    withFaults(async ({ store, http }) => {
      await fill(store);
      http.fault = (call) => {
        if (call.operation !== "BatchGetItem") return undefined;
        const requests = call.input.RequestItems as Record<
          string,
          { Keys: unknown[] }
        >;
        const [[table, request]] = Object.entries(requests) as [
          [string, { Keys: unknown[] }],
        ];
        if (request.Keys.length <= 8) return undefined;
        const part = (Keys: unknown[]) => ({ [table]: { ...request, Keys } });
        return call
          .send({ ...call.input, RequestItems: part(request.Keys.slice(0, 8)) })
          .then(({ status, output }) => ({
            status,
            output: { ...output, UnprocessedKeys: part(request.Keys.slice(8)) },
          }));
      };
      const turns = await store.listTurns("c1", { limit: TURNS });
      assert.deepEqual(
        turns.map(({ order }) => order),
        orders,
      );
      assert.equal(
        http.attempts.filter((name) => name === "BatchGetItem").length,
        4,
      );
    }),
  );

  it(
    "are asked for until all items are deleted",
    withFaults(async ({ store, http, scan }) => {
      await fill(store);
      await store.holdConversation(KEY, "ann", LATER);
      http.fault = (call) => {
        if (call.operation !== "BatchWriteItem") return undefined;
        const requests = call.input.RequestItems as Record<string, unknown[]>;
        const [[table, writes]] = Object.entries(requests) as [
          [string, unknown[]],
        ];
        if (writes.length <= 10) return undefined;
        return call
          .send({
            ...call.input,
            RequestItems: { [table]: writes.slice(0, 10) },
          })
          .then(({ status, output }) => ({
            status,
            output: {
              ...output,
              UnprocessedItems: { [table]: writes.slice(10) },
            },
          }));
      };
      await store.deleteConversation("c1");
      assert.deepEqual(await scan(), []);
    }),
  );

  it(
    "end in an error when nothing more comes",
    withFaults(async ({ store, http }) => {
      await fill(store);
      http.fault = (call) =>
        call.operation === "BatchGetItem"
          ? Promise.resolve({
              status: 200,
              output: {
                Responses: {},
                UnprocessedKeys: call.input.RequestItems,
              },
            })
          : undefined;
      await assert.rejects(
        store.listTurns("c1", { limit: TURNS }),
        /left 30 items unprocessed after 10 attempts/,
      );
    }),
  );
});

describe("what is in the table", () => {
  it(
    "has a time to live on every item, in whole seconds",
    withFaults(async ({ store, scan }) => {
      await everything(store);
      const items = await scan();
      assert.equal(items.length, 5);
      for (const item of items)
        assert.match(item.ttl?.N ?? "none", /^\d{10}$/, item.sk?.S);
    }),
  );

  it(
    "is nothing once all is deleted",
    withFaults(async ({ store, scan }) => {
      await everything(store);
      await store.deleteConversation("c1");
      await store.deleteConnection("a=");
      assert.deepEqual(await scan(), []);
    }),
  );

  it(
    "stays below the size of an item however often a turn is resumed",
    withFaults(async ({ store }) => {
      await store.putTurn(newTurn());
      const request = { connectionId: "gbgBWm8QaQAYKEiSkA==", lastSeq: 9_999 };
      for (let i = 0; i < 500; i++)
        assert.equal(await store.requestResume(KEY, request), true);
      await assert.rejects(
        store.requestResume(KEY, request),
        (error: ChatError) => error.code === "rate_limited",
      );
      const answer = "x".repeat(300_000);
      assert.ok(await store.endTurn(KEY, ["accepted"], ending({ answer })));
      assert.equal(await store.requestResume(KEY, request), false);
    }),
  );
});

async function everything(store: Store): Promise<void> {
  await store.putConnection({ connectionId: "a=", connectedAt: 1 });
  await store.joinConversation("a=", "c1");
  await store.holdConversation(KEY, "ann", LATER);
  await store.putTurn(newTurn());
  await store.appendFrames(KEY, [delta(0)]);
}
