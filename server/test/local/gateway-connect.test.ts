import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { IncomingMessage } from "node:http";
import { GatewayHarness } from "./support/gateway-harness.ts";

test("a 2xx of $connect upgrades, and nothing else is promised", async () => {
  for (const statusCode of [200, 204, 299, "200"]) {
    await using harness = await GatewayHarness.start(() => ({ statusCode }));
    const client = harness.client("/prod", ["chat.v1"]);
    const upgraded = once(client.socket, "upgrade") as Promise<
      [IncomingMessage]
    >;
    // The client gives up by itself because no subprotocol was agreed on.
    const [response] = await upgraded;
    assert.equal(response.statusCode, 101);
    assert.equal(response.headers.connection, "upgrade");
    assert.equal(response.headers.upgrade, "websocket");
    assert.ok(Date.parse(response.headers.date ?? "") > 0);
    assert.equal(response.headers["sec-websocket-protocol"], undefined);
    assert.equal(response.headers["sec-websocket-extensions"], undefined);
  }
});

test("the subprotocol is the one that $connect returned", async () => {
  for (const response of [
    { headers: { "Sec-WebSocket-Protocol": "chat.v1" } },
    { multiValueHeaders: { "sec-websocket-protocol": ["chat.v1"] } },
  ]) {
    await using harness = await GatewayHarness.start(() => ({
      statusCode: 200,
      ...response,
    }));
    const client = harness.client("/prod", ["other", "chat.v1"]);
    await client.opened;
    assert.equal(client.socket.protocol, "chat.v1");
  }
});

test("a refusal of $connect is the status and the body of the handshake", async () => {
  for (const [statusCode, body] of [
    [403, '{"message":"not from here"}'],
    [401, ""],
    [500, "plain text ünïcode"],
    [302, "elsewhere"],
  ] as const) {
    await using harness = await GatewayHarness.start(() => ({
      statusCode,
      body,
    }));
    const refusal = await harness.client().refusal();
    assert.equal(refusal.status, statusCode);
    assert.equal(refusal.body, body);
    assert.equal(
      refusal.headers["content-type"],
      "application/json; charset=UTF-8",
    );
    assert.match(String(refusal.headers["x-amz-apigw-id"]), /^[\w-]{15}=$/);
  }
});

const broken: [string, () => unknown, number, number?][] = [
  ["throws", () => Promise.reject(new Error("no")), 502],
  ["returns nothing", () => null, 500],
  ["returns a string", () => "ok", 500],
  ["returns no status", () => ({ body: "x" }), 500],
  ["returns a status that is none", () => ({ statusCode: 99 }), 500],
  ["returns an object as body", () => ({ statusCode: 200, body: {} }), 500],
  ["returns bad headers", () => ({ statusCode: 200, headers: [] }), 500],
  ["takes too long", () => new Promise(() => undefined), 504, 50],
];
for (const [what, play, status, timeoutMs] of broken) {
  test(`a $connect that ${what} fails the handshake with ${status}`, async () => {
    await using harness = await GatewayHarness.start(play, {
      api: {
        apiId: "abc123",
        stages: ["prod"],
        routeSelectionExpression: "$request.body.type",
        routes: {
          $connect: {
            integration: {
              type: "AWS_PROXY",
              functionName: "router",
              ...(timeoutMs && { timeoutMs }),
            },
          },
        },
      },
    });
    const refusal = await harness.client().refusal();
    const { connectionId, requestId } = harness.events[0]!.requestContext;
    assert.equal(refusal.status, status);
    assert.equal(
      refusal.body,
      `{"message":"Internal server error","connectionId":"${connectionId}","requestId":"${requestId}"}`,
    );
  });
}

test("a refused client gives no $disconnect", async () => {
  await using harness = await GatewayHarness.start(({ requestContext }) => ({
    statusCode: requestContext.connectionId === accepted ? 200 : 403,
  }));
  let accepted: string | undefined;
  await harness.client().refusal();
  const connect = harness.events[0]!;
  harness.gateway.faults = {
    // The next connection is let in: its id is known before its function runs.
    deliveries: ({ connectionId }) => {
      accepted ??= connectionId;
      return 1;
    },
  };
  const { client, id } = await harness.open();
  client.socket.close();
  await harness.disconnected(id);
  assert.deepEqual(
    harness.events.map(({ requestContext: { eventType, connectionId } }) => [
      eventType,
      connectionId,
    ]),
    [
      ["CONNECT", connect.requestContext.connectionId],
      ["CONNECT", id],
      ["DISCONNECT", id],
    ],
  );
});

test("without a $connect route every client is accepted", async () => {
  await using harness = await GatewayHarness.start(undefined, {
    api: {
      apiId: "abc123",
      stages: ["prod"],
      routeSelectionExpression: "$request.body.type",
      routes: {},
    },
  });
  await harness.client().opened;
  assert.equal(harness.events.length, 0);
});

test("an unknown stage, a URL that is too long and a bad handshake run no function", async () => {
  await using harness = await GatewayHarness.start();
  const long = `/prod?token=${"x".repeat(4096)}`;
  assert.equal((await harness.client("/dev").refusal()).status, 403);
  assert.equal((await harness.client(long).refusal()).status, 414);
  const bad = harness.client("/prod", [], { protocolVersion: 8 });
  assert.equal((await bad.refusal()).status, 400);
  assert.equal(harness.events.length, 0);
});
