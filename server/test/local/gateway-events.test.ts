import assert from "node:assert/strict";
import { test } from "node:test";
import { GatewayHarness } from "./support/gateway-harness.ts";
import type { GatewayEvent } from "./support/gateway-harness.ts";

/** The keys of an event and of everything in it, in the order in which they arrive. */
function shape(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value;
  if (Array.isArray(value)) return value.map(shape);
  return Object.entries(value).map(([key, inner]) =>
    typeof inner === "object" ? [key, shape(inner)] : key,
  );
}

const CONTEXT_TAIL = [
  "extendedRequestId",
  "requestTime",
  "messageDirection",
  "stage",
  "connectedAt",
  "requestTimeEpoch",
  ["identity", ["userAgent", "sourceIp"]],
  "requestId",
  "domainName",
  "connectionId",
  "apiId",
];

async function conversation(): Promise<GatewayEvent[]> {
  await using harness = await GatewayHarness.start();
  const client = harness.client(
    "/prod?repeat=first&repeat=second&token=a%2Fb&empty=",
    ["chat.v1"],
    {
      origin: "https://site.example",
      headers: { "User-Agent": "probe/1", "X-Custom-Name": "x" },
      finishRequest: (request) => {
        request.setHeader("X-Forwarded-For", "203.0.113.9");
        request.end();
      },
    },
  );
  // Without an agreed subprotocol this client would hang up, so it takes part without one.
  client.socket.on("unexpected-response", () => assert.fail("refused"));
  await harness.event(
    ({ requestContext }) => requestContext.eventType === "CONNECT",
  );
  const second = harness.client("/beta", [], {
    headers: { "User-Agent": "probe/2" },
  });
  await second.opened;
  second.socket.send('{"type":"anything"}');
  await harness.event(
    ({ requestContext }) => requestContext.eventType === "MESSAGE",
  );
  second.socket.close(4001, "probe-complete");
  await harness.event(
    ({ requestContext }) => requestContext.disconnectStatusCode === 4001,
  );
  return harness.events;
}

const events = await conversation();
const connect = events.find((e) => e.queryStringParameters)!;
const plainConnect = events.find(
  ({ requestContext: { eventType, stage } }) =>
    eventType === "CONNECT" && stage === "beta",
)!;
const message = events.find(
  ({ requestContext }) => requestContext.eventType === "MESSAGE",
)!;
const disconnect = events.find(
  ({ requestContext }) => requestContext.disconnectStatusCode === 4001,
)!;

test("a CONNECT event has these keys", () => {
  const headers = [
    "Host",
    "Origin",
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Version",
    "User-Agent",
    "X-Amzn-Trace-Id",
    "X-Custom-Name",
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
  ];
  assert.deepEqual(shape(connect), [
    ["headers", headers],
    ["multiValueHeaders", headers.map((name) => [name, ["string"]])],
    ["queryStringParameters", ["repeat", "token", "empty"]],
    [
      "multiValueQueryStringParameters",
      [
        ["repeat", ["string", "string"]],
        ["token", ["string"]],
        ["empty", ["string"]],
      ],
    ],
    ["requestContext", ["routeKey", "eventType", ...CONTEXT_TAIL]],
    "isBase64Encoded",
  ]);
});

test("without a query string its keys are absent", () => {
  assert.deepEqual(Object.keys(plainConnect), [
    "headers",
    "multiValueHeaders",
    "requestContext",
    "isBase64Encoded",
  ]);
});

test("query values: the last one wins, and all are there", () => {
  assert.deepEqual(connect.queryStringParameters, {
    repeat: "second",
    token: "a/b",
    empty: "",
  });
  assert.deepEqual(connect.multiValueQueryStringParameters?.["repeat"], [
    "first",
    "second",
  ]);
});

test("headers keep the client's casing and name the way to it", () => {
  const { headers } = connect;
  assert.equal(headers?.["Origin"], "https://site.example");
  assert.equal(headers?.["X-Forwarded-For"], "203.0.113.9, 127.0.0.1");
  assert.match(
    headers?.["X-Amzn-Trace-Id"] ?? "",
    /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/,
  );
});

test("a MESSAGE event has these keys", () => {
  assert.deepEqual(shape(message), [
    ["requestContext", ["routeKey", "messageId", "eventType", ...CONTEXT_TAIL]],
    "body",
    "isBase64Encoded",
  ]);
  assert.equal(message.body, '{"type":"anything"}');
  assert.equal(message.isBase64Encoded, false);
});

test("a DISCONNECT event has these keys", () => {
  const headers = ["Host", "x-api-key", "X-Forwarded-For", "x-restapi"];
  assert.deepEqual(shape(disconnect), [
    ["headers", headers],
    ["multiValueHeaders", headers.map((name) => [name, ["string"]])],
    [
      "requestContext",
      [
        "routeKey",
        "disconnectStatusCode",
        "eventType",
        "disconnectReason",
        ...CONTEXT_TAIL,
      ],
    ],
    "isBase64Encoded",
  ]);
  assert.equal(disconnect.requestContext.disconnectReason, "probe-complete");
});

test("ids, times and identity look like captured ones", () => {
  for (const { requestContext: context } of events) {
    assert.match(context.connectionId, /^[\w-]{18}==$/);
    assert.match(context.requestId, /^[\w-]{15}=$/);
    assert.equal(context["extendedRequestId"], context.requestId);
    assert.match(
      String(context["requestTime"]),
      /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/,
    );
    assert.equal(context["messageDirection"], "IN");
    assert.equal(context["apiId"], "abc123");
  }
  const { messageId = "", connectionId } = message.requestContext;
  assert.match(messageId, /^[\w-]{18}==$/);
  assert.notEqual(messageId, connectionId);
  assert.equal(
    new Set(events.map((e) => e.requestContext.requestId)).size,
    events.length,
  );
  assert.deepEqual(message.requestContext["identity"], {
    userAgent: "probe/2",
    sourceIp: "127.0.0.1",
  });
  assert.equal(
    message.requestContext["connectedAt"],
    plainConnect.requestContext["connectedAt"],
  );
});
