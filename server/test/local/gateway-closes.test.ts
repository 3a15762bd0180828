import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { GatewayHarness } from "./support/gateway-harness.ts";
import type { TestClient } from "./support/gateway-harness.ts";

const FRAME = 32 * 1024;

const closes: {
  what: string;
  close: (client: TestClient) => void;
  /** What the client sees; the gateway echoes code and reason. */
  seen: { code: number; reason: string };
  event?: { code: number; reason: string };
}[] = [
  {
    what: "a close without a code",
    close: ({ socket }) => socket.close(),
    seen: { code: 1005, reason: "" },
    event: { code: 1005, reason: "Client-side close frame status not set" },
  },
  {
    what: "a client's own code and reason",
    close: ({ socket }) => socket.close(4321, "probe-complete"),
    seen: { code: 4321, reason: "probe-complete" },
  },
  {
    what: "a normal close",
    close: ({ socket }) => socket.close(1000, ""),
    seen: { code: 1000, reason: "" },
  },
  {
    what: "a tab that was closed",
    close: ({ socket }) => socket.close(1001),
    seen: { code: 1001, reason: "" },
  },
  {
    what: "a network that broke",
    close: ({ socket }) => socket.terminate(),
    seen: { code: 1006, reason: "" },
  },
  {
    what: "a binary message",
    close: ({ socket }) => socket.send(Buffer.from("{}")),
    seen: { code: 1003, reason: "Binary is not supported" },
  },
  {
    what: "a frame of more than 32 KB",
    close: ({ socket }) => socket.send("x".repeat(FRAME + 1)),
    seen: { code: 1009, reason: "" },
  },
  {
    what: "a message of more than 128 KB in small frames",
    close: ({ socket }) => {
      for (let i = 0; i < 4; i++) {
        socket.send("x".repeat(FRAME), { fin: false });
      }
      socket.send("x", { fin: true });
    },
    seen: { code: 1009, reason: "" },
  },
];
for (const { what, close, seen, event = seen } of closes) {
  test(`${what} ends as ${event.code} ${event.reason}`, async () => {
    await using harness = await GatewayHarness.start();
    const { client, id } = await harness.open();
    close(client);
    assert.deepEqual(await client.closed, seen);
    const { requestContext } = await harness.disconnected(id);
    assert.equal(requestContext.disconnectStatusCode, event.code);
    assert.equal(requestContext.disconnectReason, event.reason);
    assert.deepEqual(harness.gateway.connectionIds, []);
    // The message that was refused reached no function.
    assert.deepEqual(
      harness.events.map((e) => e.requestContext.eventType),
      ["CONNECT", "DISCONNECT"],
    );
  });
}

test("a frame of 32 KB and a message of 128 KB get through", async () => {
  await using harness = await GatewayHarness.start();
  const { client } = await harness.open();
  client.socket.send("x".repeat(FRAME));
  const frame = await harness.event((e) => e.body !== undefined);
  assert.equal(frame.body?.length, FRAME);
  for (let i = 0; i < 4; i++) {
    client.socket.send("y".repeat(FRAME), { fin: i === 3 });
  }
  const message = await harness.event((e) => e.body?.[0] === "y");
  assert.equal(message.body?.length, 4 * FRAME);
});

test("the size of a frame is found however its bytes arrive", async () => {
  await using harness = await GatewayHarness.start();
  const socket = connect(harness.port, "127.0.0.1");
  socket.write(
    [
      "GET /prod HTTP/1.1",
      "Host: localhost",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
      "\r\n",
    ].join("\r\n"),
  );
  await once(socket, "data");
  const frame = (body: Buffer) => {
    const head = Buffer.alloc(8);
    head[0] = 0x81;
    head[1] = 0x80 | 126;
    head.writeUInt16BE(body.length, 2);
    // A mask of zeros leaves the text as it is.
    return Buffer.concat([head, body]);
  };
  for (const byte of frame(Buffer.alloc(130, "a"))) {
    socket.write(Buffer.of(byte));
    await new Promise((written) => setImmediate(written));
  }
  await harness.event((e) => e.body === "a".repeat(130));
  socket.write(frame(Buffer.alloc(FRAME + 1, "b")).subarray(0, 8));
  const [closeFrame] = (await once(socket, "data")) as [Buffer];
  assert.deepEqual([...closeFrame], [0x88, 2, 1009 >> 8, 1009 & 0xff]);
  const { requestContext } = await harness.disconnected();
  assert.equal(requestContext.disconnectStatusCode, 1009);
  socket.destroy();
});

test("a connection that is idle too long is closed", async () => {
  await using harness = await GatewayHarness.start(undefined, {
    limits: { idleMs: 60 },
  });
  const startedAt = Date.now();
  const { client, id } = await harness.open();
  // Messages in either direction keep it alive; pings of the protocol are not said to.
  const pings = setInterval(() => client.socket.ping(), 10);
  assert.deepEqual(await client.closed, { code: 1001, reason: "Going away" });
  clearInterval(pings);
  assert.ok(Date.now() - startedAt >= 55);
  const { requestContext } = await harness.disconnected(id);
  assert.equal(requestContext.disconnectStatusCode, 1001);
  assert.equal(requestContext.disconnectReason, "Going away");
});

test("messages of the client keep a connection, but not for ever", async () => {
  await using harness = await GatewayHarness.start(undefined, {
    limits: { idleMs: 500, connectionMs: 1_200 },
  });
  const startedAt = Date.now();
  const { client } = await harness.open();
  const talk = setInterval(() => client.socket.send("{}"), 20);
  const { code } = await client.closed;
  clearInterval(talk);
  assert.equal(code, 1001);
  assert.ok(Date.now() - startedAt >= 1_190);
});

test("the gateway ends at once when it is closed, and tells no function", async () => {
  const harness = await GatewayHarness.start();
  const { client } = await harness.open();
  const events = harness.events.length;
  await harness[Symbol.asyncDispose]();
  await client.closed;
  assert.equal(harness.events.length, events);
});
