import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeWire, READY } from "../../test/fake-wire.ts";
import { FakeWorld, settle } from "../../test/fake-world.ts";
import type { ErrorCode, ServerFrame } from "../protocol.ts";
import {
  Connection,
  IDLE_END_MS,
  MAX_ATTEMPTS,
  MAX_FIRST_ATTEMPTS,
  PLANNED_RECONNECT_MS,
  READY_TIMEOUT_MS,
  type ConnectionOptions,
} from "./connection.ts";
import {
  CHECK_TIMEOUT_MS,
  HEARTBEAT_MS,
  PONG_TIMEOUT_MS,
} from "./heartbeat.ts";
import type { ChatFailure } from "./model.ts";

const CLIENT = { name: "test", version: "1", locale: "en" };

function build({
  authToken,
  ...options
}: Partial<ConnectionOptions> & { readonly authToken?: string } = {}) {
  const world = new FakeWorld();
  const wire = new FakeWire();
  const states: string[] = [];
  const frames: ServerFrame[] = [];
  const failures: ChatFailure[] = [];
  const counts = { released: 0, gatewayErrors: 0, hellos: 0 };
  const connection = new Connection({
    endpoint: "wss://chat.example/prod",
    environment: world.environment(),
    createTransport: wire.connect,
    hello: () => {
      counts.hellos++;
      return Promise.resolve({
        frame: {
          type: "hello",
          client: CLIENT,
          ...(authToken ? { authToken } : {}),
        },
        release: () => void counts.released++,
      });
    },
    isBusy: () => false,
    onState: (state, failure) => {
      states.push(state);
      if (failure) failures.push(failure);
    },
    onReady: () => {},
    onRenewal: () => {},
    onFrame: (frame) => frames.push(frame),
    onGatewayError: () => void counts.gatewayErrors++,
    ...options,
  });
  const becomeReady = async () => {
    wire.last.handlers.onOpen();
    await settle();
    wire.last.receive(READY);
  };
  return {
    world,
    wire,
    states,
    frames,
    failures,
    counts,
    connection,
    becomeReady,
  };
}

const refusal = (
  code: ErrorCode,
  retryable: boolean,
  retryAfterMs?: number,
) => ({
  type: "error",
  code,
  message: `Refused: ${code}.`,
  retryable,
  requestId: "r",
  ...(retryAfterMs ? { retryAfterMs } : {}),
});

test("says hello first and is ready when the server says so", async () => {
  const { wire, states, counts, connection, becomeReady } = build();
  assert.equal(connection.send({ type: "ping" }), false);
  connection.connect();
  connection.connect();
  assert.equal(wire.transports.length, 1);
  await becomeReady();
  assert.deepEqual(states, ["connecting", "ready"]);
  assert.deepEqual(
    wire.last.sent.map(({ type }) => type),
    ["hello"],
  );
  assert.equal(counts.released, 1);
  assert.equal(connection.send({ type: "ping" }), true);
});

test("passes frames on only while ready, and ignores what it does not know", async () => {
  const { wire, frames, connection, becomeReady } = build();
  connection.connect();
  wire.last.handlers.onOpen();
  await settle();
  wire.last.receive({ type: "pong" });
  await becomeReady();
  wire.last.receive({ type: "pong" }, { type: "news" }, { type: "ack" }, {});
  wire.last.handlers.onMessage("not JSON");
  assert.deepEqual(frames, [{ type: "pong" }]);
});

test("draws every wait anew, from a range that doubles up to a bound", async () => {
  const { world, wire, connection, becomeReady } = build();
  connection.connect();
  await becomeReady();
  const draws = [0, 0.999, 0.25, 0.5, 0.999, 0.999, 0.999];
  const waits: number[] = [];
  world.random = () => draws.shift()!;
  while (draws.length > 0) {
    const before = world.time;
    const count = wire.transports.length;
    wire.last.lose();
    while (wire.transports.length === count) await world.advance(1);
    waits.push(world.time - before);
  }
  assert.deepEqual(waits, [1, 1_998, 1_000, 4_000, 15_984, 29_970, 29_970]);
});

test("gives up after five first handshakes and names the origin to allow", async () => {
  const { world, wire, states, failures, connection } = build();
  connection.connect();
  for (let i = 0; i < MAX_FIRST_ATTEMPTS; i++) {
    wire.last.lose();
    await world.advance(60_000);
  }
  assert.equal(wire.transports.length, MAX_FIRST_ATTEMPTS);
  assert.deepEqual(states, ["connecting", "failed"]);
  assert.deepEqual(failures, [
    {
      code: "handshake_failed",
      message:
        "The chat server at wss://chat.example/prod refused or did not answer 5 handshakes. If the address is right, add the origin https://shop.example to allowedOrigins.",
    },
  ]);
});

test("after giving up, connect() begins anew with a fresh transport", async () => {
  const { world, wire, connection, states, becomeReady } = build();
  connection.connect();
  for (let i = 0; i < MAX_FIRST_ATTEMPTS; i++) {
    wire.last.lose();
    await world.advance(60_000);
  }
  connection.connect();
  assert.equal(wire.transports.length, MAX_FIRST_ATTEMPTS + 1);
  await becomeReady();
  assert.equal(states.at(-1), "ready");
});

test("a connection that was ready is tried longer, and counted anew after each success", async () => {
  const { world, wire, failures, connection, becomeReady } = build();
  connection.connect();
  await becomeReady();
  for (let i = 1; i < MAX_ATTEMPTS; i++) {
    wire.last.lose();
    await world.advance(60_000);
  }
  await becomeReady();
  for (let i = 0; i < MAX_ATTEMPTS; i++) {
    wire.last.lose();
    await world.advance(60_000);
  }
  assert.equal(failures[0]?.code, "unreachable");
  assert.equal(wire.transports.length, 2 * MAX_ATTEMPTS - 1);
});

test("an attempt without ready ends after ten seconds", async () => {
  const { world, wire, connection } = build();
  connection.connect();
  wire.last.handlers.onOpen();
  await world.advance(READY_TIMEOUT_MS);
  assert.equal(wire.last.closed, true);
  await world.advance(1_000);
  assert.equal(wire.transports.length, 2);
});

test("a hello that cannot be said counts as a failed attempt", async () => {
  const { world, wire, failures, connection } = build({
    hello: () => Promise.reject(new Error("No token.")),
  });
  connection.connect();
  for (let i = 0; i < MAX_FIRST_ATTEMPTS; i++) {
    wire.last.handlers.onOpen();
    await world.advance(60_000);
  }
  assert.equal(wire.transports.length, MAX_FIRST_ATTEMPTS);
  assert.equal(failures[0]?.code, "handshake_failed");
});

test("late results of an abandoned attempt change nothing", async () => {
  const { world, wire, states, frames, connection, becomeReady } = build();
  connection.connect();
  const [abandoned] = wire.transports;
  abandoned?.lose();
  await world.advance(1_000);
  await becomeReady();
  abandoned?.handlers.onOpen();
  abandoned?.receive({ type: "pong" }, READY);
  abandoned?.lose();
  await settle();
  assert.deepEqual(states, ["connecting", "ready"]);
  assert.deepEqual(frames, []);
  assert.equal(abandoned?.sent.length, 0);
});

test("a refused token is renewed once, then nothing is tried any more", async () => {
  const { world, wire, failures, states, counts, connection } = build({
    authToken: "token",
  });
  connection.connect();
  wire.last.handlers.onOpen();
  await settle();
  wire.last.receive(refusal("unauthorized", false));
  await settle();
  assert.equal(counts.hellos, 2);
  wire.last.receive(refusal("unauthorized", false));
  await settle();
  world.change("visible");
  world.change("online");
  await world.advance(120_000);
  assert.equal(counts.hellos, 2);
  assert.equal(counts.released, 2);
  assert.equal(wire.transports.length, 1);
  assert.deepEqual(states, ["connecting", "failed"]);
  assert.equal(failures[0]?.code, "unauthorized");
});

test("without a token to renew, unauthorized fails at once", async () => {
  const { wire, failures, connection } = build();
  connection.connect();
  wire.last.handlers.onOpen();
  await settle();
  wire.last.receive(refusal("unauthorized", false));
  assert.deepEqual(failures, [
    { code: "unauthorized", message: "Refused: unauthorized." },
  ]);
});

test("after giving up on refused hellos it tells the server's reason, and names no origin", async () => {
  const { world, wire, failures, connection } = build({ authToken: "token" });
  connection.connect();
  for (let i = 0; i < MAX_FIRST_ATTEMPTS; i++) {
    wire.last.handlers.onOpen();
    await settle();
    wire.last.receive(refusal("internal", true));
    await world.advance(60_000);
  }
  assert.equal(wire.transports.length, MAX_FIRST_ATTEMPTS);
  assert.deepEqual(failures, [
    { code: "internal", message: "Refused: internal." },
  ]);
});

test("a hello that is refused for a while is said again after the wait that the server asks for", async () => {
  const { world, wire, states, connection } = build();
  connection.connect();
  wire.last.handlers.onOpen();
  await settle();
  wire.last.receive(refusal("rate_limited", true, 20_000));
  await world.advance(19_000);
  assert.equal(wire.transports.length, 1);
  await world.advance(1_000);
  assert.equal(wire.transports.length, 2);
  assert.deepEqual(states, ["connecting"]);
});

test("a refusal that cannot heal ends the attempts", async () => {
  for (const code of ["bad_request", "forbidden_origin"] as const) {
    const { world, wire, failures, connection } = build();
    connection.connect();
    wire.last.handlers.onOpen();
    await settle();
    wire.last.receive(refusal(code, false));
    await world.advance(60_000);
    assert.equal(wire.transports.length, 1);
    assert.equal(failures[0]?.code, code);
  }
});

test("close codes that cannot heal end the attempts, all others do not", async () => {
  for (const code of [1002, 1003, 1007, 1008, 1009, 1010]) {
    const { world, wire, failures, connection, becomeReady } = build();
    connection.connect();
    await becomeReady();
    wire.last.lose(code, "No");
    await world.advance(60_000);
    assert.equal(wire.transports.length, 1, `close code ${code}`);
    assert.deepEqual(failures, [
      {
        code: "refused",
        message: `The chat server ended the connection for good (${code} No).`,
      },
    ]);
  }
  for (const code of [1000, 1001, 1005, 1006, 1011, 1012, 1013, 4000]) {
    const { world, wire, connection, becomeReady } = build();
    connection.connect();
    await becomeReady();
    wire.last.lose(code);
    await world.advance(1_000);
    assert.equal(wire.transports.length, 2, `close code ${code}`);
  }
});

test("an address that is no use ends the attempts", async () => {
  const { world, wire, failures, connection } = build();
  connection.connect();
  wire.last.handlers.onClose({ code: 1006, reason: "Not one.", fatal: true });
  await world.advance(60_000);
  assert.equal(wire.transports.length, 1);
  assert.deepEqual(failures, [{ code: "bad_endpoint", message: "Not one." }]);
});

test("offline waits for the network and counts nothing", async () => {
  const { world, wire, states, connection, becomeReady } = build();
  connection.connect();
  await becomeReady();
  world.change("offline");
  assert.equal(wire.last.closed, true);
  await world.advance(3_600_000);
  assert.equal(wire.transports.length, 1);
  world.change("online");
  assert.equal(wire.transports.length, 2);
  await becomeReady();
  assert.deepEqual(states, [
    "connecting",
    "ready",
    "offline",
    "reconnecting",
    "ready",
  ]);
});

test("a visitor who comes back does not wait for the next attempt", async () => {
  const { world, wire, connection, becomeReady } = build();
  connection.connect();
  await becomeReady();
  for (let i = 0; i < 6; i++) {
    wire.last.lose();
    await world.advance(30_000);
  }
  wire.last.lose();
  const count = wire.transports.length;
  world.change("visible");
  assert.equal(wire.transports.length, count + 1);
});

test("after giving up, the network or the visitor coming back begins anew", async () => {
  const { world, wire, connection } = build();
  connection.connect();
  for (let i = 0; i < MAX_FIRST_ATTEMPTS; i++) {
    wire.last.lose();
    await world.advance(60_000);
  }
  world.change("visible");
  assert.equal(wire.transports.length, MAX_FIRST_ATTEMPTS + 1);
});

test("a heartbeat only while the panel is open, and only in silence", async () => {
  const { world, wire, connection, becomeReady } = build({
    isBusy: () => true,
  });
  connection.connect();
  await becomeReady();
  const pings = () =>
    wire.last.sent.filter(({ type }) => type === "ping").length;
  await world.advance(5 * HEARTBEAT_MS);
  assert.equal(pings(), 0);
  connection.setPanelOpen(true);
  await world.advance(HEARTBEAT_MS);
  assert.equal(pings(), 1);
  wire.last.receive({ type: "pong" });
  await world.advance(HEARTBEAT_MS - 1);
  wire.last.receive({ type: "pong" });
  await world.advance(HEARTBEAT_MS - 1);
  assert.equal(pings(), 1);
  connection.setPanelOpen(false);
  await world.advance(5 * HEARTBEAT_MS);
  assert.equal(pings(), 1);
  assert.equal(wire.transports.length, 1);
});

test("a socket that only looks open is found out by a ping that nothing answers", async () => {
  const { world, wire, states, connection, becomeReady } = build();
  connection.setPanelOpen(true);
  connection.connect();
  await becomeReady();
  await world.advance(HEARTBEAT_MS + PONG_TIMEOUT_MS);
  assert.equal(wire.transports[0]?.closed, true);
  assert.deepEqual(states, ["connecting", "ready", "reconnecting"]);
  await world.advance(1_000);
  assert.equal(wire.transports.length, 2);
});

test("a phone that wakes up checks its socket at once", async () => {
  const { world, wire, connection, becomeReady } = build();
  connection.connect();
  await becomeReady();
  world.change("visible");
  world.change("visible");
  assert.equal(wire.last.sent.filter(({ type }) => type === "ping").length, 1);
  await world.advance(CHECK_TIMEOUT_MS);
  assert.equal(wire.transports[0]?.closed, true);
});

test("reconnects before the two-hour limit, but not into an answer", async () => {
  let busy = true;
  const { world, wire, states, connection, becomeReady } = build({
    isBusy: () => busy,
  });
  connection.connect();
  await becomeReady();
  await world.advance(PLANNED_RECONNECT_MS + 60_000);
  assert.equal(wire.transports.length, 1);
  busy = false;
  connection.idle();
  assert.equal(wire.transports[0]?.closed, true);
  assert.equal(wire.transports.length, 2);
  await becomeReady();
  await world.advance(PLANNED_RECONNECT_MS);
  assert.equal(wire.transports.length, 3);
  assert.deepEqual(states.slice(2), ["reconnecting", "ready", "reconnecting"]);
});

test("a connection that ended of idleness, with the panel closed, rests until it is wanted", async () => {
  const { world, wire, states, connection, becomeReady } = build();
  connection.connect();
  await becomeReady();
  await world.advance(IDLE_END_MS + 1);
  wire.last.lose(1001, "Going away");
  await world.advance(60_000);
  assert.equal(wire.transports.length, 1);
  assert.equal(states.at(-1), "closed");
  connection.setPanelOpen(true);
  assert.equal(wire.transports.length, 2);
});

test("gateway error frames are never passed on as frames", async () => {
  const { world, wire, frames, counts, connection, becomeReady } = build();
  const gatewayError = {
    message: "Internal server error",
    connectionId: "c=",
    requestId: "r=",
  };
  connection.connect();
  wire.last.handlers.onOpen();
  await settle();
  wire.last.receive(gatewayError);
  await world.advance(1_000);
  assert.equal(wire.transports.length, 2);
  await becomeReady();
  wire.last.receive(gatewayError);
  assert.deepEqual(frames, []);
  assert.equal(counts.gatewayErrors, 1);
});

test("a server that has forgotten the connection is greeted again", async () => {
  const { wire, counts, frames, connection, becomeReady } = build();
  connection.connect();
  await becomeReady();
  wire.last.receive(refusal("not_ready", true));
  await settle();
  assert.equal(counts.hellos, 2);
  assert.deepEqual(frames, []);
});

test("what was given up already is not given up again", async () => {
  const { world, states, connection, becomeReady } = build();
  connection.restart();
  assert.deepEqual(states, []);
  connection.connect();
  await becomeReady();
  connection.disconnect();
  connection.restart();
  await world.advance(60_000);
  assert.deepEqual(states, ["connecting", "ready", "closed"]);
});

test("disconnect ends everything, and dispose stops listening", async () => {
  const { world, wire, states, connection, becomeReady } = build();
  connection.connect();
  await becomeReady();
  connection.disconnect();
  assert.equal(wire.last.closed, true);
  world.change("online");
  await world.advance(3_600_000);
  assert.equal(wire.transports.length, 1);
  connection.connect();
  connection.dispose();
  world.change("offline");
  world.change("online");
  assert.deepEqual(states, [
    "connecting",
    "ready",
    "closed",
    "reconnecting",
    "closed",
  ]);
});
