import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeWorld } from "../../test/fake-world.ts";
import {
  parseServerFrame,
  stringifyFrame,
  type ClientFrame,
  type ServerFrame,
} from "../protocol.ts";
import {
  MemoryServer,
  ModelFault,
  type MemoryServerOptions,
} from "./memory-transport.ts";

const HELLO: ClientFrame = {
  type: "hello",
  client: { name: "n", version: "1", locale: "en" },
};
const TURN = { conversationId: "c", turnId: "t" };
const ask = (turnId = "t", rest: object = {}): ClientFrame => ({
  type: "send",
  conversationId: "c",
  turnId,
  text: "one two",
  ...rest,
});

function build(options: MemoryServerOptions = {}) {
  const world = new FakeWorld();
  const server = new MemoryServer({
    defer: (task) => world.after(1, task),
    now: () => world.time,
    ...options,
  });
  /** A client that keeps what it receives. */
  const client = async (visitorToken?: string, conversationId?: string) => {
    const received: ServerFrame[] = [];
    const closes: number[] = [];
    const transport = server.connect("memory:", {
      onOpen: () => {},
      onMessage: (text) => {
        const parsed = parseServerFrame(text);
        assert.equal(parsed.kind, "frame", text);
        if (parsed.kind === "frame") received.push(parsed.frame);
      },
      onClose: ({ code }) => closes.push(code),
    });
    await world.advance(1);
    const say = async (...frames: ClientFrame[]) => {
      for (const frame of frames) transport.send(stringifyFrame(frame));
      await world.advance(50);
    };
    await say({
      ...HELLO,
      ...(visitorToken ? { visitorToken } : {}),
      ...(conversationId ? { conversationId } : {}),
    });
    const types = () => received.map(({ type }) => type);
    return { transport, received, closes, say, types };
  };
  return { world, server, client };
}

test("answers a question frame by frame", async () => {
  const { server, client } = build();
  const { received, say } = await client();
  await say(ask());
  assert.deepEqual(received.slice(1), [
    { type: "ack", turnId: "t" },
    {
      type: "turn-start",
      ...TURN,
      seq: 0,
      model: "memory",
      createdAt: "2026-01-01T00:00:00.052Z",
    },
    { type: "text-delta", turnId: "t", seq: 1, text: "one " },
    { type: "text-delta", turnId: "t", seq: 2, text: "two" },
    {
      type: "turn-end",
      turnId: "t",
      seq: 3,
      stopReason: "end_turn",
      length: 7,
      usage: { inputTokens: 1, outputTokens: 2 },
    },
  ]);
  assert.equal(server.modelCalls, 1);
});

test("answers as its script says, and fails as it says", async () => {
  const { client } = build({
    *answer({ text }) {
      yield `You said ${text}.`;
      throw new ModelFault("model_throttled", "Too much.");
    },
  });
  const { received, say } = await client();
  await say(ask());
  const [delta, error] = received.slice(-2);
  assert.equal(delta?.type === "text-delta" && delta.text, "You said one two.");
  assert.deepEqual(error, {
    type: "error",
    code: "model_throttled",
    message: "Too much.",
    retryable: true,
    requestId: "memory-1",
    turnId: "t",
    seq: 2,
  });
});

test("a question is answered once, however often it is sent", async () => {
  const { server, client } = build();
  const { say, types, received } = await client();
  await say(ask(), ask());
  await say(ask());
  assert.equal(server.modelCalls, 1);
  const acks = received.filter((frame) => frame.type === "ack");
  assert.deepEqual(
    acks.map(({ duplicate }) => duplicate ?? false),
    [false, true, true],
  );
  assert.equal(types().filter((type) => type === "turn-end").length, 2);
});

test("one turn at a time: another question is refused as busy", async () => {
  const { client, world } = build({
    async *answer() {
      await new Promise<void>((resume) => world.after(1_000, resume));
      yield "late";
    },
  });
  const { received, say } = await client();
  await say(ask("a"), ask("b"));
  const refusal = received.find((frame) => frame.type === "error");
  assert.equal(refusal?.code, "busy");
  assert.equal(refusal?.turnId, "b");
});

test("resumes after what the client has, or repeats the last frame", async () => {
  const { client } = build();
  const { received, say, types } = await client();
  await say(ask());
  received.length = 0;
  await say({ type: "resume", ...TURN, lastSeq: 1 });
  assert.deepEqual(types(), ["text-delta", "turn-end"]);
  received.length = 0;
  await say({ type: "resume", ...TURN, lastSeq: 3 });
  assert.deepEqual(types(), ["turn-end"]);
  received.length = 0;
  await say({ type: "resume", conversationId: "c", turnId: "x", lastSeq: -1 });
  assert.equal(received[0]?.type === "error" && received[0].code, "not_found");
});

test("a stopped turn keeps what there is; before the beginning that is nothing", async () => {
  const { server, client } = build();
  const { received, say } = await client();
  await say(ask(), { type: "stop", ...TURN });
  const last = received.at(-1);
  assert.equal(last?.type === "turn-end" && last.stopReason, "stopped");
  assert.equal(last?.type === "turn-end" && last.seq, 0);
  assert.equal(server.modelCalls, 0);
});

test("history comes in pages, without what was replaced", async () => {
  const { client } = build({ pageSize: 2 });
  const { received, say } = await client();
  for (const turnId of ["a", "b", "c"]) await say(ask(turnId));
  await say(ask("d", { replaces: "c" }));
  received.length = 0;
  await say({ type: "history", conversationId: "c" });
  const [newest] = received;
  assert.ok(newest?.type === "history" && newest.before !== undefined);
  assert.deepEqual(
    newest.turns.map(({ turnId }) => turnId),
    ["b", "d"],
  );
  await say({ type: "history", conversationId: "c", before: newest.before });
  const older = received.at(-1);
  assert.ok(older?.type === "history" && older.before === undefined);
  assert.deepEqual(
    older.turns.map(({ turnId, answer }) => [turnId, answer]),
    [["a", "one two"]],
  );
});

test("a conversation belongs to its visitor", async () => {
  const { client } = build();
  const first = await client();
  await first.say(ask());
  const stranger = await client("somebody else", "c");
  const [ready] = stranger.received;
  assert.equal(ready?.type === "ready" && ready.conversationId, undefined);
  await stranger.say({ type: "history", conversationId: "c" });
  const last = stranger.received.at(-1);
  assert.equal(last?.type === "error" && last.code, "not_found");
  const again = await client("visitor-1", "c");
  const [known] = again.received;
  assert.equal(known?.type === "ready" && known.conversationId, "c");
});

test("every connection of a conversation receives its turns, and that it is forgotten", async () => {
  const { client } = build();
  const first = await client();
  await first.say(ask("a"));
  const second = await client("visitor-1", "c");
  await first.say(ask("b"));
  assert.deepEqual(second.types(), [
    "ready",
    "turn-start",
    "text-delta",
    "text-delta",
    "turn-end",
  ]);
  await second.say({ type: "forget", conversationId: "c" });
  assert.equal(first.types().at(-1), "forgotten");
  await first.say({ type: "resume", ...TURN, lastSeq: -1 });
  assert.equal(first.types().at(-1), "error");
});

test("nothing is served before hello, and junk is refused", async () => {
  const { server, world } = build();
  const received: string[] = [];
  const transport = server.connect("memory:", {
    onOpen: () => {},
    onMessage: (text) => received.push(text),
    onClose: () => {},
  });
  transport.send(stringifyFrame({ type: "ping" }));
  await world.advance(1);
  transport.send(stringifyFrame({ type: "stop", ...TURN }));
  transport.send("junk");
  transport.send(stringifyFrame({ type: "ping" }));
  await world.advance(5);
  const codes = received.map((text) => {
    const parsed = parseServerFrame(text);
    return parsed.kind !== "frame"
      ? parsed.kind
      : parsed.frame.type === "error"
        ? parsed.frame.code
        : parsed.frame.type;
  });
  assert.deepEqual(codes, ["not_ready", "bad_request", "pong"]);
});

test("does what a test wants of it: refuse, ignore, cut, fall silent", async () => {
  const { server, client, world } = build();
  const one = await client();
  const two = await client();
  server.intercept = (frame) =>
    frame.type === "send"
      ? { code: "rate_limited", retryAfterMs: 9 }
      : "ignore";
  await one.say(ask(), { type: "ping" });
  const last = one.received.at(-1);
  assert.equal(last?.type === "error" && last.retryAfterMs, 9);
  delete server.intercept;
  server.emit({ type: "pong" });
  assert.equal(two.types().at(-1), "pong");
  server.silence();
  await two.say({ type: "ping" });
  assert.deepEqual(two.types(), ["ready", "pong"]);
  assert.deepEqual([...one.closes, ...two.closes], []);
  const three = await client();
  assert.equal(server.connections, 1);
  server.cut(1001);
  assert.deepEqual(three.closes, [1001]);
  server.refuseConnections = 1006;
  const four = await client();
  await world.advance(5);
  assert.deepEqual(four.closes, [1006]);
});
