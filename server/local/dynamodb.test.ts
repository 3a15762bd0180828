import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { tableDefinition } from "../src/dynamodb/table-definition.ts";
import { LOCAL_CREDENTIALS } from "./credentials.ts";
import { startDynamoDb } from "./dynamodb.ts";
import type { LocalDynamoDb, LocalDynamoDbOptions } from "./dynamodb.ts";

const TABLE = "chat";
const folder = mkdtempSync(join(tmpdir(), "bedrock-chat-dynamodb-"));
after(() => rmSync(folder, { recursive: true }));

async function start(more: Partial<LocalDynamoDbOptions> = {}) {
  const db = await startDynamoDb({
    table: tableDefinition(TABLE),
    timeToLive: "ttl",
    ...more,
  });
  const client = new DynamoDBClient({
    ...LOCAL_CREDENTIALS,
    endpoint: db.url,
    maxAttempts: 1,
  });
  return { db, client };
}

const key = (name: string) => ({ pk: { S: name }, sk: { S: "META" } });

function put(client: DynamoDBClient, name: string, ttl?: number) {
  return client.send(
    new PutItemCommand({
      TableName: TABLE,
      Item: {
        ...key(name),
        ...(ttl !== undefined && { ttl: { N: `${ttl}` } }),
      },
    }),
  );
}

async function has(client: DynamoDBClient, name: string): Promise<boolean> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: TABLE, Key: key(name) }),
  );
  return Item !== undefined;
}

test("what was written is there after a restart", async () => {
  const first = await start({ folder });
  await put(first.client, "kept");
  await first.db.close();
  const second = await start({ folder });
  assert.equal(await has(second.client, "kept"), true);
  await second.db.close();
});

test("without a folder nothing is kept", async () => {
  const first = await start();
  await put(first.client, "lost");
  await first.db.close();
  const second = await start();
  assert.equal(await has(second.client, "lost"), false);
  await second.db.close();
});

test("the sweeper takes what has expired and nothing else", async () => {
  const { db, client } = await start();
  await put(client, "for ever");
  await put(client, "over", 1_000);
  await put(client, "just over", 2_000);
  await put(client, "later", 2_001);
  assert.equal(await db.sweep(2_000_000), 2);
  assert.deepEqual(
    await Promise.all(
      ["for ever", "over", "just over", "later"].map((n) => has(client, n)),
    ),
    [true, false, false, true],
  );
  assert.equal(await db.sweep(2_000_000), 0);
  await db.close();
});

test("the sweeper comes round by itself", async () => {
  const { db, client } = await start({ sweepEveryMs: 20 });
  await put(client, "over", 1_000);
  while (await has(client, "over"));
  await db.close();
});

test("a throttled request is what the SDK knows as one", async () => {
  const { db, client } = await start();
  db.faults = { throttles: (operation) => operation === "PutItem" };
  await assert.rejects(
    put(client, "a"),
    ProvisionedThroughputExceededException,
  );
  assert.equal(await has(client, "a"), false);
  db.faults = {};
  await put(client, "a");
  await db.close();
});

test("a client that hangs up within a request harms nobody", async () => {
  const { db, client } = await start();
  const socket = connect(Number(new URL(db.url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\nContent-Length: 1000\r\n\r\n{",
  );
  await put(client, "before");
  socket.resetAndDestroy();
  await once(socket, "close");
  await put(client, "after");
  assert.equal(await has(client, "after"), true);
  await db.close();
});

test("closing lets the store finish what it is at", async () => {
  const { db, client } = await start();
  const writes = Array.from({ length: 200 }, (_, i) => put(client, `${i}`));
  await Promise.race(writes);
  await db.close();
  const outcomes = await Promise.allSettled(writes);
  // Some were made, and none was answered that was not.
  assert.ok(outcomes.some(({ status }) => status === "fulfilled"));
});

test("closing waits for nobody who keeps a connection open", async () => {
  const { db }: { db: LocalDynamoDb } = await start();
  const socket = connect(Number(new URL(db.url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => undefined);
  socket.write(
    "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
  );
  // It waits in the middle of a request.
  await once(socket, "data");
  await db.close();
  socket.destroy();
});
