import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import type { CutNoticedBy } from "../../local/gateway/connection.ts";
import { LOCAL_CREDENTIALS } from "../../local/credentials.ts";
import { GatewayHarness } from "./support/gateway-harness.ts";

async function post(
  { port }: GatewayHarness,
  ConnectionId: string,
  Data: string,
): Promise<number> {
  const client = new ApiGatewayManagementApiClient({
    ...LOCAL_CREDENTIALS,
    endpoint: `http://127.0.0.1:${port}/prod`,
    maxAttempts: 1,
  });
  try {
    await client.send(new PostToConnectionCommand({ ConnectionId, Data }));
    return 200;
  } catch (error) {
    return (error as { $metadata: { httpStatusCode: number } }).$metadata
      .httpStatusCode;
  } finally {
    client.destroy();
  }
}

test("posts fail with any status, having taken effect or not", async () => {
  await using harness = await GatewayHarness.start();
  const { client, id } = await harness.open();
  const statuses = [403, 410, 429, 500, 503];
  for (const applied of [false, true]) {
    for (const status of statuses) {
      harness.gateway.faults = { management: () => ({ status, applied }) };
      assert.equal(await post(harness, id, `${status}`), status);
    }
  }
  harness.gateway.faults = {};
  assert.equal(await post(harness, id, "end"), 200);
  await client.frame(statuses.length);
  assert.deepEqual(client.frames, [...statuses.map(String), "end"]);
});

test("a fault sees what is asked", async () => {
  await using harness = await GatewayHarness.start();
  const { id } = await harness.open();
  const seen: object[] = [];
  harness.gateway.faults = {
    management(request) {
      seen.push(request);
      return undefined;
    },
  };
  await post(harness, id, "text");
  assert.deepEqual(seen, [{ method: "POST", connectionId: id, data: "text" }]);
});

test("events are delivered twice or lost", async () => {
  await using harness = await GatewayHarness.start();
  harness.gateway.faults = {
    deliveries: ({ type, body }) =>
      type === "DISCONNECT" || body === "lost" ? 0 : body ? 2 : 1,
  };
  const { client, id } = await harness.open();
  client.socket.send("lost");
  client.socket.send("twice");
  client.socket.close();
  await client.closed;
  const other = await harness.open();
  harness.gateway.faults = {};
  other.client.socket.close();
  await harness.disconnected(other.id);
  const told = harness.events
    .filter((e) => e.requestContext.connectionId === id)
    .map((e) => e.body ?? e.requestContext.eventType);
  assert.deepEqual(told, ["CONNECT", "twice", "twice"]);
  // The same event, ids and all.
  const [first, second] = harness.events.filter((e) => e.body === "twice");
  assert.deepEqual(first, second);
});

const cuts: {
  noticedBy: CutNoticedBy;
  clientSees: boolean;
  gatewaySees: boolean;
}[] = [
  { noticedBy: "both", clientSees: true, gatewaySees: true },
  { noticedBy: "client", clientSees: true, gatewaySees: false },
  { noticedBy: "gateway", clientSees: false, gatewaySees: true },
  { noticedBy: "nobody", clientSees: false, gatewaySees: false },
];
for (const { noticedBy, clientSees, gatewaySees } of cuts) {
  test(`a cut that is noticed by ${noticedBy}`, async () => {
    await using harness = await GatewayHarness.start(undefined, {
      limits: { idleMs: 1_000 },
    });
    const { client, id } = await harness.open();
    harness.gateway.cut(id, noticedBy);
    if (clientSees) assert.equal((await client.closed).code, 1006);
    if (gatewaySees) {
      const { requestContext } = await harness.disconnected(id);
      assert.equal(requestContext.disconnectStatusCode, 1006);
      assert.equal(await post(harness, id, "lost"), 410);
    } else {
      assert.equal(await post(harness, id, "lost"), 200);
    }
    if (!clientSees) {
      client.socket.send("lost as well");
      client.socket.ping();
      client.socket.on("pong", () => assert.fail("answered from beyond"));
      assert.equal(client.socket.readyState, client.socket.OPEN);
    }
    if (!gatewaySees) {
      // What it does not notice it finds out when the connection was idle for too long.
      const { requestContext } = await harness.disconnected(id);
      assert.equal(requestContext.disconnectReason, "Going away");
    }
    assert.deepEqual(client.frames, []);
    assert.ok(!harness.events.some((e) => e.body !== undefined));
    assert.throws(
      () => harness.gateway.cut(id),
      /No open connection has the id/,
    );
  });
}
