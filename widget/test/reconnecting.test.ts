/**
 * Reconnecting over real sockets, with `reconnecting-websocket` 4.4.0 at the bottom. Each of its faults has a test that
 * shows it, where that can be done without harm, and shows that the chat does not have it.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import ReconnectingWebSocket from "reconnecting-websocket";
import { Connection } from "../src/chat/connection.ts";
import { socketTransport } from "../src/transport/socket-transport.ts";
import { FakeWorld, settle } from "./fake-world.ts";
import { serve, type ServerSocket } from "./socket-server.ts";

/** A WebSocket class that counts how often it is used. */
function counting() {
  const sockets: WebSocket[] = [];
  class Counting extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  }
  return { Socket: Counting, sockets };
}

/** Lets the library's own timers of up to `ms` run; the time is not real. */
async function pass(context: TestContext, ms: number): Promise<void> {
  for (let i = 0; i < 20; i++) {
    context.mock.timers.tick(ms / 20);
    await settle();
  }
}

test("an address that is provided late can block the library for ever; ours is a string", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { Socket, sockets } = counting();
  let asked = 0;
  const library = new ReconnectingWebSocket(
    () => {
      asked++;
      return new Promise<string>(() => {});
    },
    [],
    { WebSocket: Socket },
  );
  await pass(context, 1);
  library.reconnect();
  await pass(context, 60_000);
  assert.equal(asked, 1, "reconnect() has done nothing");
  assert.equal(sockets.length, 0);
  const transport = socketTransport({ WebSocket: Socket })("ws://127.0.0.1:1", {
    onOpen() {},
    onMessage() {},
    onClose() {},
  });
  await pass(context, 1);
  assert.equal(sockets.length, 1);
  transport.close();
});

test("the library cannot be revived once it has given up; the chat makes a new instance", async (context) => {
  const { server, url } = await serve(context);
  server.close();
  await once(server, "close");
  const { Socket, sockets } = counting();
  const library = new ReconnectingWebSocket(url, [], {
    WebSocket: Socket,
    maxRetries: 0,
  });
  await new Promise((resolve) => (library.onclose = resolve));
  library.reconnect();
  context.mock.timers.enable({ apis: ["setTimeout"] });
  await pass(context, 60_000);
  assert.equal(sockets.length, 1, "the library does nothing");
  context.mock.timers.reset();

  const { connection, reached } = build(url, Socket);
  connection.connect();
  await reached("failed");
  assert.equal(sockets.length, 1 + 5);
  connection.connect();
  await reached("failed");
  assert.equal(sockets.length, 1 + 10);
  connection.dispose();
});

test("the library draws its jitter once and tries for ever; the chat draws each wait and gives up", async (context) => {
  const { server, url } = await serve(context);
  server.close();
  await once(server, "close");
  const { Socket, sockets } = counting();
  const { world, connection, reached } = build(url, Socket);
  let draws = 0;
  world.random = () => {
    draws++;
    return 0;
  };
  connection.connect();
  await reached("failed");
  assert.equal(sockets.length, 5);
  assert.equal(draws, 4, "one draw for each retry");
  await world.advance(3_600_000);
  assert.equal(sockets.length, 5);
  connection.dispose();
});

test("the library retries after every close code; the chat not after those that cannot heal", async (context) => {
  for (const [code, expected] of [
    [1009, "failed"],
    [1011, "reconnecting"],
  ] as const) {
    const { url, connected, server } = await serve(context);
    const { Socket, sockets } = counting();
    const { connection, reached } = build(url, Socket);
    server.on("connection", (socket: ServerSocket) =>
      socket.on("message", () => socket.send(READY)),
    );
    connection.connect();
    const socket = await connected();
    await reached("ready");
    socket.close(code);
    await reached(expected);
    if (expected === "reconnecting") await reached("ready");
    assert.equal(sockets.length, expected === "failed" ? 1 : 2);
    connection.dispose();
  }
});

test("the library has no heartbeat and no wake-up; the chat replaces a socket that has fallen silent", async (context) => {
  const { url, connected, server } = await serve(context);
  const { Socket, sockets } = counting();
  const { connection, reached, world } = build(url, Socket);
  server.on("connection", (socket: ServerSocket) =>
    socket.once("message", () => socket.send(READY)),
  );
  connection.connect();
  const first = await connected();
  await reached("ready");
  world.change("visible");
  const [ping] = (await once(first, "message")) as [Buffer];
  assert.equal(ping.toString(), '{"type":"ping"}');
  await world.advance(4_000);
  await reached("reconnecting");
  await reached("ready");
  assert.equal(sockets.length, 2);
  connection.dispose();
});

const READY = JSON.stringify({
  type: "ready",
  visitorToken: "v",
  limits: { maxTextLength: 1, maxFrameBytes: 1 },
  models: [],
  serverTime: "now",
});

/** A connection over real sockets; waits drawn as 0 pass at once, all other time is virtual. */
function build(url: string, Socket: typeof WebSocket) {
  const world = new FakeWorld();
  world.random = () => 0;
  const seen: string[] = [];
  let wake = () => {};
  const connection = new Connection({
    endpoint: url,
    environment: {
      ...world.environment(),
      random: () => world.random(),
      after: (ms, task) => {
        if (ms > 0) return world.after(ms, task);
        const timer = setImmediate(task);
        return () => clearImmediate(timer);
      },
    },
    createTransport: socketTransport({ WebSocket: Socket }),
    hello: () =>
      Promise.resolve({
        frame: {
          type: "hello",
          client: { name: "test", version: "1", locale: "en" },
        },
        release: () => {},
      }),
    isBusy: () => false,
    onState: (state) => {
      seen.push(state);
      wake();
    },
    onReady: () => {},
    onRenewal: () => {},
    onFrame: () => {},
    onGatewayError: () => {},
  });
  /** Resolves when the next change to `state` has come. */
  const reached = async (state: string) => {
    while (!seen.includes(state))
      await new Promise<void>((resolve) => (wake = resolve));
    seen.splice(0, seen.indexOf(state) + 1);
  };
  return { world, connection, reached };
}
