/** The router's handler as API Gateway calls it, with a real DynamoDB client and nothing else behind it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { systemClock } from "../src/clock.ts";
import { createDynamoStore } from "../src/dynamodb/store.ts";
import type {
  WebSocketEvent,
  WebSocketResult,
} from "../src/handlers/events.ts";
import { type Dynalite, startDynalite } from "./support/dynalite.ts";

const folder = mkdtempSync(join(tmpdir(), "bedrock-chat-handlers-"));
const settingsFile = join(folder, "settings.json");
let database: Dynalite;
let handler: (event: WebSocketEvent) => Promise<WebSocketResult>;

before(async () => {
  database = await startDynalite();
  writeFileSync(
    settingsFile,
    JSON.stringify({
      models: [{ id: "a", label: "A", modelId: "v.a", maxTokens: 100 }],
    }),
  );
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    TABLE_NAME: database.tableName,
    CALLBACK_URL: "http://127.0.0.1:9/prod",
    SETTINGS_FILE: settingsFile,
    WORKER_FUNCTION_NAME: "worker",
    VISITOR_KEY_SECRET_ID: "secret",
    LOG_LEVEL: "ERROR",
  });
  ({ handler } = await import("../src/handlers/router.ts"));
});

after(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const connect = (fields: Partial<WebSocketEvent>): WebSocketEvent => ({
  requestContext: {
    eventType: "CONNECT",
    connectionId: "c1",
    requestId: "r1",
  },
  ...fields,
});
const storedConnection = () =>
  createDynamoStore({
    tableName: database.tableName,
    retentionMs: 1,
    clock: systemClock,
    client: database.client,
  }).getConnection("c1");

describe("the router's handler", () => {
  const echo = { "Sec-WebSocket-Protocol": "bedrock-chat.v1" };
  for (const [name, offered, headers] of [
    ["nothing", undefined, undefined],
    ["ours", "bedrock-chat.v1", echo],
    ["ours among others", "graphql-ws,  bedrock-chat.v1", echo],
    ["others", "graphql-ws, bedrock-chat.v2", undefined],
  ] as const)
    for (const key of ["Sec-WebSocket-Protocol", "sec-websocket-protocol"])
      it(`accepts a connection that offers ${name} in ${key}`, async () => {
        const result = await handler(
          connect(offered === undefined ? {} : { headers: { [key]: offered } }),
        );
        assert.deepEqual(result, {
          statusCode: 200,
          ...(headers && { headers }),
        });
        assert.ok(await storedConnection());
      });

  it("finds an offer that is split over several headers", async () => {
    const multiValueHeaders = {
      "Sec-WebSocket-Protocol": ["bedrock-chat.v1", "graphql-ws"],
    };
    const headers = { "Sec-WebSocket-Protocol": "graphql-ws" };
    const result = await handler(connect({ headers, multiValueHeaders }));
    assert.deepEqual(result.headers, echo);
  });

  it("deletes a connection that closes, whatever route it names", async () => {
    await handler(connect({}));
    const result = await handler({
      requestContext: {
        ...connect({}).requestContext,
        eventType: "DISCONNECT",
      },
    });
    assert.deepEqual(result, { statusCode: 200 });
    assert.equal(await storedConnection(), undefined);
  });

  it("answers no message by its result, even if nobody can be reached", async () => {
    for (const body of ["nonsense", '{"type":"$connect"}', undefined]) {
      const result = await handler({
        requestContext: {
          eventType: "MESSAGE",
          connectionId: "c1",
          requestId: "r1",
          messageId: "m1",
        },
        ...(body === undefined ? {} : { body }),
      });
      assert.deepEqual(result, { statusCode: 200 });
    }
  });
});
