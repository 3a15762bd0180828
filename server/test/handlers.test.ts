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
import { type LocalSecrets, startSecrets } from "../local/secrets.ts";
import { type Dynalite, startDynalite } from "./support/dynalite.ts";
import { jsonLines } from "./support/json-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "bedrock-chat-handlers-"));
const settingsFile = join(folder, "settings.json");
const SECRET = "secret";
const EDGE_SECRET = "edge-secret";
const MOST_CONNECTS = 20;
const EDGE_KEY = "k".repeat(40);
let database: Dynalite;
let secrets: LocalSecrets;
let handler: (event: WebSocketEvent) => Promise<WebSocketResult>;

before(async () => {
  database = await startDynalite();
  secrets = await startSecrets({
    [SECRET]: JSON.stringify({ current: "s".repeat(40) }),
    [EDGE_SECRET]: EDGE_KEY,
  });
  writeFileSync(
    settingsFile,
    JSON.stringify({
      models: [{ id: "a", label: "A", modelId: "v.a", maxTokens: 100 }],
      allowedOrigins: ["https://www.example.com"],
      limits: { addressConnectsPerMinute: MOST_CONNECTS },
    }),
  );
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    TABLE_NAME: database.tableName,
    CALLBACK_URL: "http://127.0.0.1:9/prod",
    SETTINGS_FILE: settingsFile,
    WORKER_FUNCTION_NAME: "worker",
    VISITOR_KEY_SECRET_ID: SECRET,
    EDGE_KEY_SECRET_ID: EDGE_SECRET,
    LOG_LEVEL: "WARN",
  });
  ({ handler } = await import("../src/handlers/router.ts"));
});

after(async () => {
  await secrets.close();
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
const storedConnection = (connectionId = "c1") =>
  createDynamoStore({
    tableName: database.tableName,
    retentionMs: 1,
    clock: systemClock,
    client: database.client,
  }).getConnection(connectionId);

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

  for (const name of ["Origin", "origin"])
    it(`accepts a page that is allowed by its ${name}`, async () => {
      const headers = { [name]: "https://www.example.com" };
      assert.equal((await handler(connect({ headers }))).statusCode, 200);
    });

  for (const origin of ["https://evil.example", "null"])
    it(`refuses a page of ${origin}, stores nothing and logs the origin`, async (t) => {
      const event = connect({ headers: { Origin: origin } });
      const requestContext = {
        ...event.requestContext,
        connectionId: "refused",
      };
      const lines = jsonLines(t);
      const result = await handler({ ...event, requestContext });
      assert.deepEqual(result, { statusCode: 403 });
      assert.equal(await storedConnection("refused"), undefined);
      assert.deepEqual(
        lines.map(({ level, code, origin, Refusals, reason }) => [
          level ?? Refusals,
          code ?? reason,
          origin,
        ]),
        [
          ["WARN", "forbidden_origin", origin],
          [1, "forbidden_origin", undefined],
        ],
      );
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

/** A handshake with all that API Gateway tells of where it comes from. */
function handshake(
  sourceIp: string,
  headers: Readonly<Record<string, string>> = {},
): WebSocketEvent {
  const { requestContext } = connect({});
  const identity = { sourceIp };
  return connect({ headers, requestContext: { ...requestContext, identity } });
}

/** Statuses of as many handshakes as one address may make in a minute, and one more; the minute may end in between. */
async function exhaust(of: (i: number) => WebSocketEvent): Promise<number[]> {
  for (;;) {
    const minute = Math.floor(Date.now() / 60_000);
    const statuses: number[] = [];
    for (let i = 0; i <= MOST_CONNECTS; i++)
      statuses.push((await handler(of(i))).statusCode);
    if (Math.floor(Date.now() / 60_000) === minute) return statuses;
  }
}

const ADMITTED = new Array<number>(MOST_CONNECTS).fill(200);

describe("handshakes that are too many", () => {
  it("from one address are refused with 429 and counted, and the log says so without it", async (t) => {
    const lines = jsonLines(t);
    const statuses = await exhaust(() => handshake("192.0.2.1"));
    assert.deepEqual(statuses, [...ADMITTED, 429]);
    assert.deepEqual(
      lines.map(({ level, Refusals, code, reason }) => [
        level ?? Refusals,
        code ?? reason,
      ]),
      [
        ["WARN", "rate_limited"],
        [1, "rate_limited"],
      ],
    );
    assert.ok(!JSON.stringify(lines).includes("192.0.2.1"));
  });

  it("are counted by the first 64 bits of IPv6", async () => {
    const statuses = await exhaust((i) => handshake(`2001:db8:0:7::${i + 1}`));
    assert.equal(statuses.at(-1), 429);
    const other = await handler(handshake("2001:db8:0:8::1"));
    assert.equal(other.statusCode, 200);
  });

  it("cannot be spread over made-up addresses", async () => {
    const statuses = await exhaust((i) =>
      handshake("192.0.2.3", {
        "X-Forwarded-For": `10.0.0.${i}, 192.0.2.3`,
        "x-api-key": `guess-${i}`,
      }),
    );
    assert.equal(statuses.at(-1), 429);
  });

  it("are counted by whom CloudFront saw, when it shows its key", async () => {
    const behind = (viewer: string, edge: number, forged = "") =>
      handshake(`198.51.100.${edge}`, {
        "X-Forwarded-For": `${forged}${viewer}, 198.51.100.${edge}`,
        "X-API-Key": EDGE_KEY,
      });
    const statuses = await exhaust((i) =>
      behind("192.0.2.4", i, `10.1.1.${i}, `),
    );
    assert.equal(statuses.at(-1), 429);
    assert.equal((await handler(behind("192.0.2.5", 1))).statusCode, 200);
  });

  it("leave no address behind, only a name for it", async () => {
    await handler(handshake("192.0.2.6"));
    const { address } = (await storedConnection())!;
    assert.match(address!, /^[\w-]{22}$/);
  });
});
