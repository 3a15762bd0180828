/** Signing in, seen from a real socket: the handlers on the local stack, and an issuer beside them. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { ErrorFrame, HelloFrame } from "bedrock-chat-widget/protocol";
import { startLocalStack } from "../local/stack.ts";
import type { LocalStack } from "../local/stack.ts";
import { ChatClient } from "./support/chat-client.ts";
import { createConversationModel } from "./support/conversation-model.ts";
import { seconds, TestIssuer } from "./support/issuer.ts";

const MODEL = {
  id: "test",
  label: "Test model",
  modelId: "local.test-model",
  maxTokens: 4_096,
};

interface Setting {
  issuer: TestIssuer;
  stack: LocalStack;
}

/** A stack for the tests of this suite that takes the tokens of an issuer. */
function stackWith({ anonymous }: { readonly anonymous: boolean }): Setting {
  const setting = {} as Setting;
  before(async () => {
    setting.issuer = await TestIssuer.start();
    const issuers = [
      { type: "oidc", issuer: setting.issuer.url, audience: "chat" },
    ];
    setting.stack = await startLocalStack({
      bedrock: { serve: { model: createConversationModel() } },
      settings: { models: [MODEL], auth: { anonymous, issuers } },
      logLevel: "ERROR",
    });
  });
  after(async () => {
    await setting.stack.close();
    await setting.issuer.close();
  });
  return setting;
}

const connect = ({ stack }: Setting): Promise<ChatClient> =>
  ChatClient.connect(stack.webSocketUrl);

/** How often the model was called so far. */
const calls = ({ stack }: Setting): number => stack.bedrock!.calls.length;

/** A connection of a user who is signed in, and a conversation that is not begun yet. */
async function visit(setting: Setting, more: Partial<HelloFrame> = {}) {
  const client = await connect(setting);
  const { visitorToken } = await client.hello(more);
  return { client, visitorToken, conversationId: crypto.randomUUID() };
}

/** Says a hello that is refused. */
async function refusal(
  client: ChatClient,
  more: Partial<HelloFrame>,
): Promise<ErrorFrame> {
  const from = client.texts.length;
  client.send({
    type: "hello",
    client: { name: "test", version: "1", locale: "en" },
    ...more,
  });
  return client.frame("error", undefined, from);
}

/** Resolves when a token with this `exp` counts no more, the tolerance for clocks included. */
const ended = (exp: number): Promise<void> =>
  wait((exp + 5) * 1_000 - Date.now() + 50);

describe("where everybody has to sign in", () => {
  const setting = stackWith({ anonymous: false });

  test("nobody is let in while the issuer cannot be asked, and everybody after that", async () => {
    const { issuer } = setting;
    issuer.failure = "reset";
    const client = await connect(setting);
    const authToken = issuer.token("ann");
    const error = await refusal(client, { authToken });
    assert.deepEqual([error.code, error.retryable], ["internal", true]);
    issuer.failure = undefined;
    let isReady = false;
    for (let attempt = 0; attempt < 50 && !isReady; attempt++) {
      const from = client.texts.length;
      client.send({
        type: "hello",
        authToken,
        client: { name: "test", version: "1", locale: "en" },
      });
      await client.text(undefined, from);
      isReady = client.frames.at(-1)?.type === "ready";
      // The issuer is left alone for a while after it has failed.
      if (!isReady) await wait(100);
    }
    assert.ok(isReady);
  });

  test("a user is answered, and refused without a good token", async () => {
    const { issuer } = setting;
    const client = await connect(setting);
    const good = issuer.token("ann");
    const [header, , signature] = good.split(".");
    const bad = {
      missing: undefined,
      "no token": "nonsense",
      forged: `${header}.${issuer.token("bob").split(".")[1]}.${signature}`,
      expired: issuer.token("ann", { exp: seconds(-60) }),
      "without an end": issuer.token("ann", { exp: undefined }),
      "not valid yet": issuer.token("ann", { nbf: seconds(60) }),
      "of another issuer": issuer.token("ann", { iss: "https://evil.example" }),
      "for another audience": issuer.token("ann", { aud: "shop" }),
      "unsigned (alg none)": `${issuer.unsigned("ann", {}, { alg: "none", kid: "key-1" })}.${signature}`,
      "signed with the public key (HS256)": issuer.hmacToken(
        "ann",
        issuer.publicPem(),
      ),
      "signed with an unknown key": issuer.token(
        "ann",
        {},
        { header: { kid: "mine" } },
      ),
    };
    for (const [name, authToken] of Object.entries(bad)) {
      const error = await refusal(client, authToken ? { authToken } : {});
      assert.equal(error.code, "unauthorized", name);
      assert.equal(error.retryable, false, name);
      assert.match(error.message, /sign/, name);
    }
    const conversationId = crypto.randomUUID();
    client.send({ type: "send", conversationId, turnId: "t", text: "Hello?" });
    const unserved = await client.frame("error", ({ turnId }) => !!turnId);
    assert.equal(unserved.code, "not_ready");
    assert.equal(calls(setting), 0);

    await client.hello({ authToken: good });
    const { end } = await client.answer(conversationId, "Hello?");
    assert.equal(end.type, "turn-end");
    assert.equal(calls(setting), 1);
  });

  test("a plain client gets one message that says so", async () => {
    const called = calls(setting);
    const client = await ChatClient.connect(setting.stack.webSocketUrl, {
      protocols: [],
    });
    client.socket.send('{"data":"What is AWS Lambda?"}');
    await client.text();
    await client.fence();
    assert.equal(
      client.texts[0],
      '{"message":"Please sign in to use the chat."}',
    );
    assert.equal(client.texts.length, 2);
    assert.equal(calls(setting), called);
  });

  test("a user has the conversation on every device, and nobody else has it", async () => {
    const { issuer } = setting;
    const { client, conversationId } = await visit(setting, {
      authToken: issuer.token("ann"),
    });
    const turnId = await client.ask(conversationId, "Will you remember?");
    await client.turn(turnId);
    const called = calls(setting);

    const desk = await connect(setting);
    const authToken = issuer.token("ann", { iat: seconds(-1) });
    const ready = await desk.hello({ authToken, conversationId });
    assert.equal(ready.conversationId, conversationId);
    assert.equal((await desk.history(conversationId)).turns.length, 1);

    const bob = await connect(setting);
    const other = await bob.hello({
      authToken: issuer.token("bob"),
      conversationId,
      visitorToken: ready.visitorToken,
    });
    assert.equal(other.conversationId, undefined);
    for (const frame of [
      { type: "history", conversationId },
      { type: "resume", conversationId, turnId, lastSeq: -1 },
      { type: "stop", conversationId, turnId },
      { type: "send", conversationId, turnId, text: "Mine?" },
      { type: "send", conversationId, turnId: "mine", text: "Mine?" },
      { type: "feedback", conversationId, turnId, rating: "down" },
      { type: "forget", conversationId },
    ] as const) {
      const from = bob.texts.length;
      bob.send(frame);
      const error = await bob.frame("error", undefined, from);
      assert.equal(error.code, "not_found", frame.type);
    }
    assert.equal(calls(setting), called);
  });

  test("a sign-in that ends stops the next question, not the running answer", async () => {
    const { issuer } = setting;
    const exp = seconds(-3);
    const { client, conversationId } = await visit(setting, {
      authToken: issuer.token("ann", { exp }),
    });
    const called = calls(setting);
    const running = await client.ask(conversationId, "A long story, please.");
    await ended(exp);
    const turnId = crypto.randomUUID();
    const question = { conversationId, turnId, text: "And then?" };
    client.send({ type: "send", ...question });
    const error = await client.frame("error");
    assert.equal(error.code, "unauthorized");
    assert.equal(error.turnId, turnId);
    assert.equal(error.seq, undefined);
    assert.equal((await client.turn(running)).end.type, "turn-end");
    assert.equal(calls(setting), called + 1);

    const ready = await client.hello({
      authToken: issuer.token("ann"),
      conversationId,
    });
    assert.equal(ready.conversationId, conversationId);
    const { end } = await client.answer(conversationId, "And then?", question);
    assert.equal(end.type, "turn-end");
    assert.equal(calls(setting), called + 2);
  });
});

describe("where nobody has to sign in but may", () => {
  const setting = stackWith({ anonymous: true });

  test("visitors are anonymous without a token, and refused with a bad one", async () => {
    const { issuer } = setting;
    const { client, conversationId } = await visit(setting);
    const error = await refusal(client, {
      authToken: issuer.token("ann", { exp: seconds(-60) }),
    });
    assert.equal(error.code, "unauthorized");
    const { end } = await client.answer(conversationId, "Hello?");
    assert.equal(end.type, "turn-end");
    const plain = await ChatClient.connect(setting.stack.webSocketUrl, {
      protocols: [],
    });
    plain.socket.send('{"data":"What is AWS Lambda?"}');
    assert.match(await plain.text(), /^\{"message":".{20,}"\}$/s);
  });

  test("what a user has said is nothing to the visitor token of that device", async () => {
    const { client, conversationId, visitorToken } = await visit(setting, {
      authToken: setting.issuer.token("ann"),
    });
    await client.answer(conversationId, "Between us?");
    const thief = await connect(setting);
    const ready = await thief.hello({ visitorToken, conversationId });
    assert.equal(ready.conversationId, undefined);
    const from = thief.texts.length;
    thief.send({ type: "history", conversationId });
    const error = await thief.frame("error", undefined, from);
    assert.equal(error.code, "not_found");
  });
});
