import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseServerFrame } from "bedrock-chat-widget/protocol";
import { CONVERSATION, FakeChat, keyOf } from "../../test/fakes/fake-chat.ts";

const send = (fields: Record<string, unknown> = {}) => ({
  type: "send",
  ...keyOf("t1"),
  text: "Hi",
  ...fields,
});
const deep = (depth: number): unknown =>
  depth === 0 ? 1 : { inner: deep(depth - 1) };

describe("a frame that is not served", () => {
  for (const [name, frame, code, message, turnId] of [
    ["is no JSON", "hello there", "bad_request", /not JSON\. Send JSON/],
    ["is an array", "[]", "bad_request", /must be a JSON object/],
    ["has no type", "{}", "bad_request", /no "type"/],
    ["is empty", "", "bad_request", /not JSON/],
    ["has no question", '{"data":" "}', "bad_request", /data must be/],
    [
      "looks like the gateway's own",
      '{"message":"Forbidden","connectionId":"a","requestId":"b"}',
      "bad_request",
      /no "type"/,
    ],
    ["names a route", '{"type":"$connect"}', "bad_request", /"\$connect"/],
    ["names a route", '{"type":"$disconnect"}', "bad_request", /type must be/],
    ["names a route", '{"type":"$default"}', "bad_request", /type must be/],
    ["has an unknown type", { type: "dance" }, "bad_request", /"dance"/],
    [
      "has an unknown type and a turn",
      { type: "dance", turnId: "t1" },
      "bad_request",
      /"dance"/,
      "t1",
    ],
    [
      "has a type of Object's",
      { type: "constructor" },
      "bad_request",
      /type must be/,
    ],
    [
      "lacks a field",
      send({ text: undefined }),
      "bad_request",
      /send\.text/,
      "t1",
    ],
    ["has a blank text", send({ text: " \n" }), "bad_request", /text/, "t1"],
    [
      "has an illegal id",
      send({ turnId: "a b" }),
      "bad_request",
      /send\.turnId/,
    ],
    [
      "nests too deep",
      send({ context: { data: deep(40) } }),
      "bad_request",
      /nests deeper/,
      "t1",
    ],
    [
      "is too large",
      send({ context: { data: "x".repeat(32_000) } }),
      "too_large",
      /at most 32000/,
    ],
    [
      "gives a result of a tool that nobody called",
      { type: "tool-result", ...keyOf("t1"), toolCallId: "x", output: 1 },
      "bad_request",
      /no tools/,
      "t1",
    ],
  ] as readonly (readonly [
    string,
    string | { type: string },
    string,
    RegExp,
    string?,
  ])[])
    it(`because it ${name} is answered by ${code}`, async () => {
      const chat = new FakeChat();
      await chat.open("c1");
      await chat.frame("c1", frame);
      const [error, ...rest] = chat.outbox.take("c1");
      assert.deepEqual(rest, []);
      assert.ok(error?.type === "error");
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.equal(error.turnId, turnId);
      assert.equal(error.seq, undefined);
      assert.match(error.requestId, /^request-\d+$/);
    });
});

describe("before ready", () => {
  for (const frame of [
    send(),
    { type: "stop", ...keyOf("t1") },
    { type: "resume", ...keyOf("t1"), lastSeq: -1 },
    { type: "feedback", ...keyOf("t1"), rating: "up" },
    { type: "tool-result", ...keyOf("t1"), toolCallId: "x", output: 1 },
    { type: "history", conversationId: CONVERSATION },
    { type: "forget", conversationId: CONVERSATION },
  ])
    it(`${frame.type} is not_ready`, async () => {
      const chat = new FakeChat();
      await chat.router.connect("c1");
      await chat.frame("c1", frame);
      const [error, ...rest] = chat.outbox.take("c1");
      assert.deepEqual(rest, []);
      assert.ok(error?.type === "error");
      assert.equal(error.code, "not_ready");
      assert.equal(error.retryable, true);
      assert.equal(error.turnId, "turnId" in frame ? "t1" : undefined);
      assert.equal(await chat.store.getTurn(keyOf("t1")), undefined);
    });

  it("ping is answered all the same", async () => {
    const chat = new FakeChat();
    await chat.frame("c1", { type: "ping" });
    assert.deepEqual(chat.outbox.take("c1"), [{ type: "pong" }]);
  });
});

describe("the router", () => {
  it("ignores fields that it does not know", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.frame("c1", send({ mood: "good" }));
    assert.deepEqual(chat.outbox.take("c1"), [{ type: "ack", turnId: "t1" }]);
  });

  it("answers whatever comes, and never rejects", async () => {
    const id = fc.constantFrom("t1", "t2", CONVERSATION, "", "a b");
    const field = fc.oneof(id, fc.integer(), fc.constant(null), fc.jsonValue());
    const frame = fc.record(
      {
        type: fc.constantFrom(
          ...["hello", "send", "stop", "resume", "history", "feedback"],
          ...["forget", "tool-result", "ping", "$connect", "ready", ""],
        ),
        conversationId: field,
        turnId: field,
        text: field,
        lastSeq: field,
        before: field,
        limit: field,
        rating: fc.constantFrom("up", "sideways"),
        client: fc.oneof(
          fc.constant({ name: "n", version: "1", locale: "en" }),
          field,
        ),
        data: field,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            frame.map((f) => JSON.stringify(f)),
            fc.string(),
          ),
        ),
        async (bodies) => {
          const chat = new FakeChat();
          await chat.open("c1");
          for (const body of bodies) {
            await chat.frame("c1", body);
            for (const { data } of chat.outbox.posts.splice(0))
              assert.ok(
                parseServerFrame(data).kind === "frame" ||
                  data.startsWith('{"message":'),
                data,
              );
          }
          const failed = chat.log.lines.filter(
            ({ level }) => level === "error",
          );
          assert.deepEqual(failed, []);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("forgets a connection that closes", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1");
    await chat.router.disconnect("c1");
    assert.equal(await chat.store.getConnection("c1"), undefined);
    assert.deepEqual(await chat.store.listReceivers(CONVERSATION), []);
  });

  it("tells the visitor a sentence and the log the reason when the store fails", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.store.getTurn = () =>
      Promise.reject(new Error("arn:aws:dynamodb: throttled"));
    await chat.frame("c1", send());
    const [error] = chat.outbox.take("c1");
    assert.ok(error?.type === "error");
    assert.equal(error.code, "internal");
    assert.equal(error.turnId, "t1");
    assert.doesNotMatch(error.message, /arn/);
    const line = chat.log.lines.find(({ level }) => level === "error");
    assert.equal(line?.fields?.requestId, error.requestId);
  });

  it("does not reject when its answer cannot be delivered", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.outbox.before = () => {
      throw new Error("500");
    };
    await chat.frame("c1", send());
    await chat.frame("c1", "nonsense");
    assert.deepEqual(chat.workers.queue, [keyOf("t1")]);
  });

  it("deletes a connection that turns out to be gone", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    chat.outbox.gone.add("c1");
    await chat.frame("c1", { type: "ping" });
    assert.equal(await chat.store.getConnection("c1"), undefined);
  });

  it("writes nothing that a visitor wrote into the log", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    await chat.turn("c1", "t1", "a very private question");
    await chat.frame("c1", send({ text: "a very private question too" }));
    assert.doesNotMatch(JSON.stringify(chat.log.lines), /private|Hello there/);
  });
});
