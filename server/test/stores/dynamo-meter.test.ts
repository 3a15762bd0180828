import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { createDynamoMeter } from "../../src/dynamodb/meter.ts";
import { bucketKey } from "../../src/dynamodb/keys.ts";
import { KILL_SWITCH } from "../../src/names.ts";
import { DUMMY_CREDENTIALS, startDynalite } from "../support/dynalite.ts";
import {
  connectionReset,
  FaultyHttp,
  THROTTLED,
} from "../support/faulty-http.ts";
import { meterSuite } from "./meter.suite.ts";
import { TestClock } from "./store.suite.ts";

const { pk, sk } = KILL_SWITCH.key;

describe("DynamoDB meter", () => {
  meterSuite(async (clock) => {
    const { tableName, client, close } = await startDynalite();
    return {
      meter: createDynamoMeter({ tableName, client, clock }),
      flip: async (off) => {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: {
              pk: { S: pk },
              sk: { S: sk },
              [KILL_SWITCH.attribute]: { BOOL: off },
            },
          }),
        );
      },
      close,
    };
  });
});

/** A meter whose wire misbehaves, and a look at a bucket beside it. */
async function faulty() {
  const { endpoint, tableName, client, close } = await startDynalite();
  const http = new FaultyHttp();
  const clock = new TestClock();
  const meter = createDynamoMeter({
    tableName,
    clock,
    client: new DynamoDBClient({
      ...DUMMY_CREDENTIALS,
      endpoint,
      requestHandler: http,
    }),
  });
  const bucket = { name: "tokens", from: 0, until: clock.now() + 60_000 };
  const stored = async () => {
    const key = bucketKey(bucket.name, bucket.from);
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: tableName,
        Key: { pk: { S: key.pk }, sk: { S: key.sk } },
      }),
    );
    return Item;
  };
  return { meter, http, bucket, stored, close };
}

describe("a meter whose replies are lost", () => {
  it("never puts back twice, and says that it does not know", async () => {
    const { meter, http, bucket, stored, close } = await faulty();
    try {
      await meter.take(bucket, { used: 10, cost: 0 }, {});
      http.fault = (call) =>
        call.send().then(() => Promise.reject(connectionReset()));
      await assert.rejects(meter.correct(bucket, { used: -4, cost: 0 }), {
        code: "internal",
      });
      assert.equal((await stored())?.used?.N, "6");
    } finally {
      await close();
    }
  });

  it("counts once more at most what was taken", async () => {
    const { meter, http, bucket, stored, close } = await faulty();
    try {
      let calls = 0;
      http.fault = (call) =>
        ++calls === 1
          ? call.send().then(() => Promise.reject(connectionReset()))
          : undefined;
      await meter.take(bucket, { used: 10, cost: 0 }, {});
      assert.equal((await stored())?.used?.N, "20");
    } finally {
      await close();
    }
  });

  it("takes after having been throttled", async () => {
    const { meter, http, bucket, stored, close } = await faulty();
    try {
      let calls = 0;
      http.fault = () =>
        ++calls === 1 ? Promise.resolve(THROTTLED) : undefined;
      assert.ok(await meter.take(bucket, { used: 10, cost: 0 }, { used: 10 }));
      assert.equal((await stored())?.used?.N, "10");
    } finally {
      await close();
    }
  });
});

it("a bucket outlives its window by an hour", async () => {
  const { meter, bucket, stored, close } = await faulty();
  try {
    await meter.take(bucket, { used: 1, cost: 0 }, {});
    const ttl = Number((await stored())?.ttl?.N);
    assert.equal(ttl, Math.ceil((bucket.until + 3_600_000) / 1_000));
  } finally {
    await close();
  }
});
