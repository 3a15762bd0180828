import assert from "node:assert/strict";
import { request } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  LimitExceededException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { LOCAL_CREDENTIALS } from "../../local/credentials.ts";
import { GatewayHarness } from "./support/gateway-harness.ts";

const SIGNED = {
  authorization:
    "AWS4-HMAC-SHA256 Credential=local/20261122/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0",
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request without the SDK, to see every byte of the answer. */
async function call(
  { port }: GatewayHarness,
  method: string,
  id: string,
  {
    stage = "prod",
    body = "",
    headers = SIGNED,
    query = "",
  }: {
    stage?: string;
    body?: Buffer | string;
    headers?: Record<string, string>;
    query?: string;
  } = {},
): Promise<Answer> {
  const sent = request({
    port,
    method,
    path: `/${stage}/@connections/${encodeURIComponent(id)}${query}`,
    headers,
  }).end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return {
    status: response.statusCode!,
    headers: response.headers,
    body: text,
  };
}

function sdk({ port }: GatewayHarness, stage = "prod") {
  return new ApiGatewayManagementApiClient({
    ...LOCAL_CREDENTIALS,
    endpoint: `http://127.0.0.1:${port}/${stage}`,
    maxAttempts: 1,
  });
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const GATEWAY_ID = /^[\w-]{15}=$/;

function assertIds({ headers }: Answer): void {
  assert.match(String(headers["x-amzn-requestid"]), UUID);
  assert.match(String(headers["x-amz-apigw-id"]), GATEWAY_ID);
}

/** The id of a connection that was open and is not any more. */
async function goneId(harness: GatewayHarness): Promise<string> {
  const { client, id } = await harness.open();
  client.socket.close();
  await harness.disconnected(id);
  return id;
}

test("a POST is 200 with an empty body, and a text frame at the client", async () => {
  await using harness = await GatewayHarness.start();
  const { client, id } = await harness.open();
  const answer = await call(harness, "POST", id, { body: '{"a":"ü😀"}' });
  assert.equal(answer.status, 200);
  assert.equal(answer.body, "");
  assert.equal(answer.headers["content-type"], "application/json");
  assert.equal(answer.headers["content-length"], "0");
  assertIds(answer);
  assert.equal(await client.frame(0), '{"a":"ü😀"}');
});

test("a POST is text whatever its bytes are", async () => {
  await using harness = await GatewayHarness.start();
  const { client, id } = await harness.open();
  await call(harness, "POST", id, { body: Buffer.from([0x61, 0xff, 0x62]) });
  assert.equal(await client.frame(0), "a\ufffdb");
  await call(harness, "POST", id);
  assert.equal(await client.frame(1), "");
});

test("a POST of 128 KB arrives whole, in frames of at most 32 KB", async () => {
  await using harness = await GatewayHarness.start();
  const { client, id } = await harness.open();
  const frames: number[] = [];
  const raw = (client.socket as unknown as { _socket: NodeJS.ReadableStream })
    ._socket;
  raw.on("data", (chunk: Buffer) => frames.push(chunk.length));
  const body = "é".repeat(65_536);
  assert.equal((await call(harness, "POST", id, { body })).status, 200);
  assert.equal(await client.frame(0), body);
  // Four frames with a header of four bytes each.
  assert.equal(
    frames.reduce((sum, length) => sum + length, 0),
    131_072 + 4 * 4,
  );
});

test("a POST above 128 KB is 413 without a name, and the connection survives", async () => {
  await using harness = await GatewayHarness.start();
  const { client, id } = await harness.open();
  const answer = await call(harness, "POST", id, {
    body: Buffer.alloc(131_073, "x"),
  });
  assert.equal(answer.status, 413);
  assert.equal(answer.body, "");
  assert.equal(answer.headers["x-amzn-errortype"], undefined);
  assert.equal(answer.headers["x-amzn-requestid"], undefined);
  assert.equal(answer.headers["content-type"], undefined);
  await call(harness, "POST", id, { body: "still here" });
  assert.equal(await client.frame(0), "still here");
});

test("a GET describes the connection, printed as AWS prints it", async () => {
  await using harness = await GatewayHarness.start();
  const { id } = await harness.open();
  const answer = await call(harness, "GET", id);
  assert.equal(answer.status, 200);
  assertIds(answer);
  assert.match(
    answer.body,
    /^\{\n {2}"identity" : \{\n {4}"sourceIp" : "127\.0\.0\.1"\n {2}\},\n {2}"connectedAt" : "[\d-]{10}T[\d:]{8}\.\d{3}Z",\n {2}"lastActiveAt" : "[\d-]{10}T[\d:]{8}\.\d{3}Z"\n\}$/,
  );
  const client = harness.client("/prod", [], {
    headers: { "User-Agent": 'a "browser"' },
  });
  await client.opened;
  const second = harness.gateway.connectionIds.find((one) => one !== id)!;
  assert.match(
    (await call(harness, "GET", second)).body,
    /"sourceIp" : "127\.0\.0\.1",\n {4}"userAgent" : "a \\"browser\\""\n {2}\}/,
  );
});

test("a POST makes the connection active, a GET does not", async () => {
  await using harness = await GatewayHarness.start();
  const { client, id } = await harness.open();
  const lastActive = async () =>
    Date.parse(
      (
        JSON.parse((await call(harness, "GET", id)).body) as {
          lastActiveAt: string;
        }
      ).lastActiveAt,
    );
  const first = await lastActive();
  while (Date.now() === first) await new Promise((next) => setImmediate(next));
  assert.equal(await lastActive(), first);
  await call(harness, "POST", id, { body: "x" });
  const second = await lastActive();
  assert.ok(second > first);
  while (Date.now() === second) await new Promise((next) => setImmediate(next));
  client.socket.send("{}");
  await harness.event((e) => e.body !== undefined);
  assert.ok((await lastActive()) > second);
});

test("a DELETE is 204 and closes with 1000", async () => {
  await using harness = await GatewayHarness.start();
  const { client, id } = await harness.open();
  const answer = await call(harness, "DELETE", id);
  assert.equal(answer.status, 204);
  assert.equal(answer.body, "");
  assertIds(answer);
  assert.deepEqual(await client.closed, {
    code: 1000,
    reason: "Connection Closed Normally",
  });
  const { requestContext } = await harness.disconnected(id);
  assert.equal(requestContext.disconnectStatusCode, 1000);
  assert.equal(requestContext.disconnectReason, "Connection Closed Normally");
  assert.equal((await call(harness, "DELETE", id)).status, 410);
});

for (const method of ["POST", "GET", "DELETE"]) {
  test(`${method} of a connection that is gone is 410, its name only in a header`, async () => {
    await using harness = await GatewayHarness.start();
    const answer = await call(harness, method, await goneId(harness));
    assert.equal(answer.status, 410);
    assert.equal(answer.body, "");
    assert.equal(answer.headers["x-amzn-errortype"], "GoneException");
    assertIds(answer);
  });

  test(`${method} of an id that was never given out is 400`, async () => {
    await using harness = await GatewayHarness.start();
    const { id } = await harness.open();
    const changed = (at: number) =>
      id.slice(0, at) + (id[at] === "x" ? "y" : "x") + id.slice(at + 1);
    for (const wrong of [
      ...Array.from({ length: 18 }, (_, at) => changed(at)),
      id.slice(0, -1),
      `${id}=`,
      "short=",
      "%",
      "a/b",
    ]) {
      const answer = await call(harness, method, wrong);
      assert.equal(answer.status, 400, wrong);
      assert.equal(
        answer.body,
        JSON.stringify({ message: `Invalid connectionId: ${wrong}` }),
      );
      assert.equal(answer.headers["x-amzn-errortype"], "BadRequestException");
    }
    assert.equal((await call(harness, "GET", id)).status, 200);
  });

  test(`${method} without a signature is 403`, async () => {
    await using harness = await GatewayHarness.start();
    const { id } = await harness.open();
    const unsigned: Record<string, string>[] = [
      {},
      { authorization: "Bearer x" },
    ];
    for (const headers of unsigned) {
      const answer = await call(harness, method, id, { headers });
      assert.equal(answer.status, 403);
      assert.equal(answer.body, '{"message":"Missing Authentication Token"}');
    }
    const query = "?X-Amz-Signature=0";
    const signed = await call(harness, method, id, { headers: {}, query });
    assert.notEqual(signed.status, 403);
  });
}

test("a connection of an earlier process is gone, not invalid", async () => {
  let id: string;
  {
    await using earlier = await GatewayHarness.start();
    ({ id } = await earlier.open());
  }
  await using harness = await GatewayHarness.start();
  assert.equal((await call(harness, "POST", id)).status, 410);
});

test("every stage reaches every connection; other paths are forbidden", async () => {
  await using harness = await GatewayHarness.start();
  const { id } = await harness.open("/prod");
  assert.equal((await call(harness, "GET", id, { stage: "beta" })).status, 200);
  const other = await call(harness, "GET", id, { stage: "dev" });
  assert.equal(other.status, 403);
  assert.equal(other.body, '{"message":"Forbidden"}');
  assert.equal((await call(harness, "PUT", id)).status, 403);
});

test("posting to a connection during its $connect is 410", async () => {
  const during = Promise.withResolvers<number>();
  await using harness = await GatewayHarness.start(
    async ({ requestContext: { eventType, connectionId } }) => {
      if (eventType === "CONNECT") {
        during.resolve((await call(harness, "POST", connectionId)).status);
      }
      return { statusCode: 200 };
    },
  );
  await harness.open();
  assert.equal(await during.promise, 410);
});

test("posts of one connection arrive in the order in which they were made", async () => {
  await using harness = await GatewayHarness.start();
  const { client, id } = await harness.open();
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const reached = Promise.withResolvers<void>();
  let posts = 0;
  harness.gateway.faults = {
    async management() {
      if (posts++ > 0) return undefined;
      reached.resolve();
      await held;
      return undefined;
    },
  };
  const first = call(harness, "POST", id, { body: "first" });
  await reached.promise;
  const second = call(harness, "POST", id, { body: "second" });
  // Another connection waits for neither.
  const other = await harness.open();
  await call(harness, "POST", other.id, { body: "other" });
  assert.equal(await other.client.frame(0), "other");
  assert.deepEqual(client.frames, []);
  release();
  await Promise.all([first, second]);
  assert.deepEqual(
    [await client.frame(0), await client.frame(1)],
    ["first", "second"],
  );
});

test("a client that does not read is 429 once its buffer is full", async () => {
  await using harness = await GatewayHarness.start(undefined, {
    limits: { clientBufferBytes: 300_000 },
  });
  const socket = connect(harness.port, "127.0.0.1");
  socket.write(
    "GET /prod HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  await once(socket, "data");
  socket.pause();
  const id = harness.gateway.connectionIds[0]!;
  const body = "x".repeat(131_072);
  let answer: Answer;
  // The operating system takes some megabytes before anything waits here.
  let posts = 0;
  do {
    answer = await call(harness, "POST", id, { body });
  } while (answer.status === 200 && ++posts < 1_000);
  assert.equal(answer.status, 429);
  assert.equal(answer.headers["x-amzn-errortype"], "LimitExceededException");
  await assert.rejects(
    sdk(harness).send(
      new PostToConnectionCommand({ ConnectionId: id, Data: body }),
    ),
    LimitExceededException,
  );
  socket.destroy();
});

test("the SDK posts, describes, deletes and understands what it is refused", async () => {
  await using harness = await GatewayHarness.start();
  const client = sdk(harness);
  const { client: browser, id } = await harness.open();
  const post = (ConnectionId: string, Data = "hello") =>
    client.send(new PostToConnectionCommand({ ConnectionId, Data }));
  await post(id);
  assert.equal(await browser.frame(0), "hello");
  const described = await client.send(
    new GetConnectionCommand({ ConnectionId: id }),
  );
  assert.equal(described.Identity?.SourceIp, "127.0.0.1");
  assert.ok(described.ConnectedAt! <= described.LastActiveAt!);
  await client.send(new DeleteConnectionCommand({ ConnectionId: id }));
  await browser.closed;
  await assert.rejects(post(id), GoneException);
  await assert.rejects(post("x".repeat(20)), {
    name: "BadRequestException",
    message: `Invalid connectionId: ${"x".repeat(20)}`,
  });
  const { id: second } = await harness.open();
  await assert.rejects(post(second, "x".repeat(131_073)), (error) => {
    const { name, message, $metadata } = error as Error & {
      $metadata: { httpStatusCode: number };
    };
    assert.equal($metadata.httpStatusCode, 413);
    // What the SDK makes of an answer without a name.
    assert.deepEqual([name, message], ["Unknown", "UnknownError"]);
    return true;
  });
});
