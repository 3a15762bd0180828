import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { SUBPROTOCOL } from "bedrock-chat-widget/protocol";
import { ChatClient } from "./support/chat-client.ts";
import type { ChatClientOptions } from "./support/chat-client.ts";

export interface ConversationTarget {
  /** The WebSocket URL, asked for when a test begins. */
  readonly url: () => string;
  /** For an API that admits some origins only. */
  readonly origin?: string;
}

/** Makes any model write for some seconds. */
const LONG_QUESTION =
  "Please write a story of about six hundred words about a lighthouse.";
const PLAIN_QUESTION = '{"data":"What is AWS Lambda?"}';

/**
 * What every deployment must do, seen from the socket: the local stack and one on AWS are held to the same text, so it
 * assumes nothing of the model but that it can read.
 */
export function conversationSuite({ url, origin }: ConversationTarget): void {
  const clients: ChatClient[] = [];
  after(() => Promise.all(clients.map((client) => client.close())));

  const connect = async (options: ChatClientOptions = {}) => {
    const client = await ChatClient.connect(url(), {
      ...(origin && { origin }),
      ...options,
    });
    clients.push(client);
    return client;
  };
  /** A visitor with a connection and a conversation that is not begun yet. */
  const visit = async () => {
    const client = await connect();
    const { visitorToken } = await client.hello();
    return { client, visitorToken, conversationId: crypto.randomUUID() };
  };

  test("a hello is answered by ready, over the agreed subprotocol", async () => {
    const client = await connect();
    assert.equal(client.socket.protocol, SUBPROTOCOL);
    const ready = await client.hello({ conversationId: "unknown" });
    assert.ok(ready.visitorToken.length > 20);
    assert.equal(ready.conversationId, undefined);
    assert.equal(ready.activeTurn, undefined);
    assert.ok(ready.limits.maxTextLength > 0);
    assert.equal(ready.limits.maxFrameBytes, 32_000);
    assert.ok(ready.models.length > 0);
    assert.ok(Math.abs(Date.parse(ready.serverTime) - Date.now()) < 60_000);
  });

  test("a token stays the visitor's, and a bad one is no error", async () => {
    const { client, visitorToken, conversationId } = await visit();
    await client.answer(conversationId, "Please say hello.");
    const again = await connect();
    const ready = await again.hello({ visitorToken, conversationId });
    assert.equal(ready.conversationId, conversationId);
    const stranger = await connect();
    const bad = await stranger.hello({
      visitorToken: `${visitorToken.slice(0, -2)}xx`,
      conversationId,
    });
    assert.equal(bad.conversationId, undefined);
    assert.notEqual(bad.visitorToken, visitorToken);
  });

  test("nothing is served before hello", async () => {
    const client = await connect();
    client.send({
      type: "send",
      conversationId: "c",
      turnId: "t",
      text: "hello",
    });
    const error = await client.frame("error");
    assert.equal(error.code, "not_ready");
    assert.equal(error.turnId, "t");
    assert.equal(error.seq, undefined);
  });

  test("a heartbeat is answered", async () => {
    const client = await connect();
    client.send({ type: "ping" });
    assert.equal(await client.text(), '{"type":"pong"}');
  });

  test("a question is acknowledged and answered in pieces", async () => {
    const { client, conversationId } = await visit();
    const turnId = await client.ask(conversationId, LONG_QUESTION);
    const { frames, text, end } = await client.turn(turnId);
    assert.equal(frames[0]!.type, "turn-start");
    assert.ok(
      frames.filter(({ type }) => type === "text-delta").length > 2,
      "streamed in pieces",
    );
    assert.ok(text.length > 500);
    assert.equal(end.type, "turn-end");
    assert.ok(end.type === "turn-end" && end.usage.outputTokens > 0);
  });

  test("a second question refers to the first", async () => {
    const { client, conversationId } = await visit();
    await client.answer(
      conversationId,
      "Please remember the word xylophone. Just say that you will.",
    );
    const { text } = await client.answer(
      conversationId,
      "Which word did I ask you to remember?",
    );
    assert.match(text, /xylophone/i);
  });

  test("the same question sent twice is answered once", async () => {
    const { client, conversationId } = await visit();
    const question = "Please say hello.";
    const first = await client.answer(conversationId, question);
    const from = client.texts.length;
    client.send({
      type: "send",
      conversationId,
      turnId: first.turnId,
      text: question,
    });
    const ack = await client.frame("ack", undefined, from);
    assert.equal(ack.duplicate, true);
    await client.frame(
      "turn-end",
      ({ turnId }) => turnId === first.turnId,
      from,
    );
    assert.deepEqual(
      client.frames.slice(from).filter((frame) => "seq" in frame),
      first.frames,
    );
    assert.equal((await client.history(conversationId)).turns.length, 1);
  });

  test("a running conversation is busy for another question", async () => {
    const { client, conversationId } = await visit();
    const turnId = await client.ask(conversationId, LONG_QUESTION);
    client.send({
      type: "send",
      conversationId,
      turnId: "second",
      text: "And?",
    });
    const refusal = await client.frame("error");
    assert.equal(refusal.code, "busy");
    assert.equal(refusal.turnId, "second");
    assert.equal(refusal.retryable, true);
    client.send({ type: "stop", conversationId, turnId });
    await client.turn(turnId);
  });

  test("stop ends the answer, keeps what was written, and lets go on", async () => {
    const { client, conversationId } = await visit();
    const turnId = await client.ask(conversationId, LONG_QUESTION);
    await client.frame("text-delta");
    client.send({ type: "stop", conversationId, turnId });
    const { text, end } = await client.turn(turnId);
    assert.ok(end.type === "turn-end" && end.stopReason === "stopped");
    assert.ok(text.length > 0);
    const { turns } = await client.history(conversationId);
    assert.equal(turns[0]!.status, "stopped");
    assert.equal(turns[0]!.answer, text);
    const next = await client.answer(conversationId, "Please say hello.");
    assert.equal(next.end.type, "turn-end");
  });

  test("a connection that breaks in mid-answer loses nothing", async () => {
    const { client, visitorToken, conversationId } = await visit();
    const turnId = await client.ask(conversationId, LONG_QUESTION);
    const { seq } = await client.frame("text-delta");
    client.socket.terminate();
    await client.closed;
    const kept = client.frames.filter((f) => "seq" in f && f.seq! <= seq);

    const back = await connect();
    const { activeTurn } = await back.hello({ visitorToken, conversationId });
    assert.equal(activeTurn?.turnId, turnId);
    back.send({ type: "resume", conversationId, turnId, lastSeq: seq });
    await back.frame("turn-end", (frame) => frame.turnId === turnId);
    const text = [...kept, ...back.frames]
      .map((frame) => (frame.type === "text-delta" ? frame.text : ""))
      .join("");
    const { turns } = await back.history(conversationId);
    assert.equal(turns[0]!.status, "complete");
    assert.equal(turns[0]!.answer, text);
  });

  test("an ended turn is replayed from where the client stands", async () => {
    const { client, conversationId } = await visit();
    const turn = await client.answer(conversationId, "Please say hello.");
    const last = turn.frames.length - 1;
    for (const lastSeq of [-1, 0, last]) {
      const from = client.texts.length;
      client.send({
        type: "resume",
        conversationId,
        turnId: turn.turnId,
        lastSeq,
      });
      await client.frame("turn-end", undefined, from);
      assert.deepEqual(
        client.frames.slice(from).filter((frame) => "seq" in frame),
        turn.frames.slice(Math.min(lastSeq + 1, last)),
      );
    }
    const from = client.texts.length;
    client.send({
      type: "resume",
      conversationId,
      turnId: "unknown",
      lastSeq: -1,
    });
    const error = await client.frame("error", undefined, from);
    assert.equal(error.code, "not_found");
    assert.equal(error.turnId, "unknown");
  });

  test("two connections of a visitor see the same", async () => {
    const { client, visitorToken, conversationId } = await visit();
    await client.answer(conversationId, "Please say hello.");
    const tab = await connect();
    await tab.hello({ visitorToken, conversationId });
    const { turnId, text } = await client.answer(conversationId, LONG_QUESTION);
    assert.equal((await tab.turn(turnId)).text, text);
    const { turns } = await tab.history(conversationId, { limit: 1 });
    assert.equal(turns[0]!.text, LONG_QUESTION);
  });

  test("history comes in pages, newest last", async () => {
    const { client, conversationId } = await visit();
    const asked: string[] = [];
    for (const word of ["one", "two", "three"]) {
      asked.push(`Please say ${word}.`);
      await client.answer(conversationId, asked.at(-1)!);
    }
    const newest = await client.history(conversationId, { limit: 2 });
    assert.deepEqual(
      newest.turns.map(({ text }) => text),
      asked.slice(1),
    );
    assert.ok(newest.before);
    const oldest = await client.history(conversationId, {
      limit: 2,
      before: newest.before,
    });
    assert.deepEqual(
      oldest.turns.map(({ text }) => text),
      asked.slice(0, 1),
    );
    assert.equal(oldest.before, undefined);
  });

  test("a replaced question leaves the history", async () => {
    const { client, conversationId } = await visit();
    await client.answer(conversationId, "Please say one.");
    const { turnId } = await client.answer(conversationId, "Please say two.");
    await client.answer(conversationId, "Please say three.", {
      replaces: turnId,
    });
    const { turns } = await client.history(conversationId);
    assert.deepEqual(
      turns.map(({ text }) => text),
      ["Please say one.", "Please say three."],
    );
  });

  test("a rating stays with its turn", async () => {
    const { client, conversationId } = await visit();
    const { turnId } = await client.answer(conversationId, "Please say one.");
    const rating = async () =>
      (await client.history(conversationId)).turns[0]!.rating ?? "none";
    assert.equal(await rating(), "none");
    for (const given of ["up", "down", "none"] as const) {
      client.send({
        type: "feedback",
        conversationId,
        turnId,
        rating: given,
      });
      // Feedback has no answer, and frames of one connection run side by side.
      while ((await rating()) !== given);
    }
  });

  test("forget deletes the conversation for every connection", async () => {
    const { client, visitorToken, conversationId } = await visit();
    await client.answer(conversationId, "Please say hello.");
    const tab = await connect();
    await tab.hello({ visitorToken, conversationId });
    client.send({ type: "forget", conversationId });
    for (const one of [client, tab]) {
      const forgotten = await one.frame("forgotten");
      assert.equal(forgotten.conversationId, conversationId);
    }
    const later = await connect();
    const ready = await later.hello({ visitorToken, conversationId });
    assert.equal(ready.conversationId, undefined);
  });

  test("another visitor gets nothing of a conversation", async () => {
    const { client, conversationId } = await visit();
    const { turnId } = await client.answer(conversationId, "Please say hello.");
    const { client: stranger } = await visit();
    const frames = [
      { type: "history", conversationId },
      { type: "resume", conversationId, turnId, lastSeq: -1 },
      { type: "stop", conversationId, turnId },
      { type: "feedback", conversationId, turnId, rating: "up" },
      { type: "send", conversationId, turnId: "mine", text: "Hello." },
    ] as const;
    for (const frame of frames) {
      const from = stranger.texts.length;
      stranger.send(frame);
      const error = await stranger.frame("error", undefined, from);
      assert.equal(error.code, "not_found", frame.type);
    }
    assert.equal((await client.history(conversationId)).turns.length, 1);
  });

  test("frames that are none are refused in words", async () => {
    const { client } = await visit();
    for (const text of [
      '{"type":"nonsense"}',
      '{"type":"$connect"}',
      '{"type":"$disconnect"}',
      '{"type":7}',
      "[]",
      "nonsense",
    ]) {
      const from = client.texts.length;
      client.socket.send(text);
      const error = await client.frame("error", undefined, from);
      assert.equal(error.code, "bad_request", text);
      assert.ok(error.message.length > 10);
    }
    await client.fence();
  });

  test("a plain client gets exactly one message for its question", async () => {
    const client = await connect({ protocols: [] });
    for (const count of [1, 2]) {
      client.socket.send(PLAIN_QUESTION);
      await client.text(() => client.texts.length >= count);
      await client.text(() => client.texts.length === count);
      const answer = JSON.parse(client.texts.at(-1)!) as object;
      assert.deepEqual(Object.keys(answer), ["message"]);
      assert.ok((answer as { message: string }).message.length > 0);
    }
    client.socket.send("What is AWS Lambda?");
    const error = await client.frame("error");
    assert.match(error.message, /JSON/);
    assert.equal(client.texts.length, 3);
  });

  test("wscat asks and is answered", async () => {
    const wscat = createRequire(import.meta.url).resolve("wscat/bin/wscat");
    const child = spawn(
      process.execPath,
      [
        ...[wscat, "--connect", url()],
        ...(origin ? ["--origin", origin] : []),
        ...["--execute", PLAIN_QUESTION, "--wait", "-1"],
      ],
      // It ends with its standard input, so that stays open.
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    try {
      const lines = createInterface({ input: child.stdout });
      for await (const line of lines) {
        const { message } = JSON.parse(line) as { message?: unknown };
        assert.ok(typeof message === "string" && message.length > 0, line);
        return;
      }
      assert.fail("wscat ended without an answer.");
    } finally {
      child.kill();
    }
  });

  test("what is too large or binary closes the connection", async () => {
    const large = await connect();
    large.socket.send("x".repeat(32 * 1024 + 1));
    assert.equal((await large.closed).code, 1009);
    const binary = await connect();
    binary.socket.send(Buffer.from('{"type":"ping"}'));
    assert.deepEqual(await binary.closed, {
      code: 1003,
      reason: "Binary is not supported",
    });
  });
}
