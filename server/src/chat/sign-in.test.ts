import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ServerFrame } from "bedrock-chat-widget/protocol";
import {
  CONVERSATION,
  FakeChat,
  keyOf,
  typesOf,
  type FakeChatOptions,
} from "../../test/fakes/fake-chat.ts";

const HOUR = 3_600_000;
const HELLO = {
  type: "hello",
  client: { name: "test", version: "1", locale: "en" },
} as const;

type SignIn = NonNullable<FakeChatOptions["signIn"]>;
const chatWith = (signIn: SignIn) => new FakeChat({ signIn, tools: ["cart"] });

/** Says hello on a connection that is open, and gives the answer. */
async function hello(
  chat: FakeChat,
  connectionId: string,
  fields: object = {},
): Promise<ServerFrame> {
  await chat.frame(connectionId, { ...HELLO, ...fields });
  const [answer, ...rest] = chat.outbox.take(connectionId);
  assert.deepEqual(rest, []);
  assert.ok(answer);
  return answer;
}

const assertRefused = (frame: ServerFrame | undefined, turnId?: string) => {
  assert.ok(frame?.type === "error", JSON.stringify(frame));
  assert.equal(frame.code, "unauthorized");
  assert.equal(frame.retryable, false);
  assert.equal(frame.turnId, turnId);
  assert.equal(frame.seq, undefined);
};

describe("a hello", () => {
  const cases: readonly (readonly [
    SignIn | undefined,
    "none" | "good" | "bad" | "empty" | "expired",
    "ready" | "error",
  ])[] = [
    [undefined, "none", "ready"],
    [undefined, "bad", "ready"],
    ["optional", "none", "ready"],
    ["optional", "good", "ready"],
    ["optional", "bad", "error"],
    ["optional", "empty", "error"],
    ["optional", "expired", "error"],
    ["required", "none", "error"],
    ["required", "good", "ready"],
    ["required", "bad", "error"],
    ["required", "empty", "error"],
    ["required", "expired", "error"],
  ];
  for (const [signIn, token, answer] of cases)
    it(`is answered by ${answer} where sign-in is ${signIn ?? "off"} and its token is ${token}`, async () => {
      const chat = new FakeChat(signIn && { signIn });
      const authToken = {
        none: undefined,
        good: chat.authTokens.issue("ann"),
        bad: "nonsense",
        empty: "",
        expired: chat.authTokens.issue("ann", -1),
      }[token];
      await chat.router.connect("c1");
      const frame = await hello(
        chat,
        "c1",
        authToken === undefined ? {} : { authToken },
      );
      if (answer === "error") assertRefused(frame);
      else assert.equal(frame.type, "ready");
      // Whoever was refused is nobody yet.
      if (answer === "error") {
        await chat.ask("c1", "t1");
        const [error] = chat.outbox.take("c1");
        assert.equal(error?.type === "error" && error.code, "not_ready");
        assert.deepEqual(chat.workers.queue, []);
      }
    });

  it("fails for a while, and for nobody's fault, when the issuer cannot be asked", async () => {
    const chat = chatWith("required");
    chat.authTokens.unreachable = true;
    await chat.router.connect("c1");
    const authToken = chat.authTokens.issue("ann");
    const error = await hello(chat, "c1", { authToken });
    assert.ok(error.type === "error");
    assert.deepEqual([error.code, error.retryable], ["internal", true]);
    chat.authTokens.unreachable = false;
    assert.equal((await hello(chat, "c1", { authToken })).type, "ready");
  });

  it("says why a token was refused in the log, and not to the client", async () => {
    const chat = chatWith("required");
    await chat.router.connect("c1");
    const error = await hello(chat, "c1", { authToken: "nonsense" });
    assertRefused(error);
    const line = chat.log.lines.at(-1);
    assert.equal(line?.fields?.cause, "It is no token.");
    assert.ok(!JSON.stringify([error, line]).includes("nonsense"));
  });
});

describe("a user who is signed in", () => {
  it("has the same conversations on every device", async () => {
    const chat = chatWith("required");
    await chat.open("phone", { authToken: chat.authTokens.issue("ann") });
    await chat.turn("phone", "t1");
    await chat.router.connect("desk");
    const ready = await hello(chat, "desk", {
      authToken: chat.authTokens.issue("ann", HOUR),
      conversationId: CONVERSATION,
    });
    assert.ok(ready.type === "ready");
    assert.equal(ready.conversationId, CONVERSATION);
    await chat.turn("desk", "t2");
    assert.ok(typesOf(chat.outbox.take("phone")).includes("turn-end"));
  });

  for (const [name, open] of [
    [
      "another user",
      (chat: FakeChat) => ({ authToken: chat.authTokens.issue("bob") }),
    ],
    ["an anonymous visitor", () => ({})],
  ] as const)
    it(`has conversations that are not there for ${name}`, async () => {
      const chat = chatWith("optional");
      await chat.open("ann", { authToken: chat.authTokens.issue("ann") });
      await chat.turn("ann", "t1");
      await chat.open("other", open(chat));
      const ready = await hello(chat, "other", {
        ...open(chat),
        conversationId: CONVERSATION,
      });
      assert.ok(ready.type === "ready" && ready.conversationId === undefined);
      for (const frame of [
        { type: "send", ...keyOf("t2"), text: "Mine?" },
        { type: "send", ...keyOf("t1"), text: "Mine?" },
        { type: "stop", ...keyOf("t1") },
        { type: "resume", ...keyOf("t1"), lastSeq: -1 },
        { type: "history", conversationId: CONVERSATION },
        { type: "feedback", ...keyOf("t1"), rating: "up" },
        {
          type: "tool-result",
          ...keyOf("t1"),
          toolCallId: "call",
          output: "Mine.",
        },
        { type: "forget", conversationId: CONVERSATION },
      ]) {
        await chat.frame("other", frame);
        const [answer, ...rest] = chat.outbox.take("other");
        assert.deepEqual(rest, []);
        const code = answer?.type === "error" && answer.code;
        assert.equal(code, "not_found", frame.type);
      }
      assert.deepEqual(await chat.store.listReceivers(CONVERSATION), ["ann"]);
    });

  it("gets a visitor token that is worth nothing without the sign-in", async () => {
    const chat = chatWith("optional");
    const token = await chat.open("c1", {
      authToken: chat.authTokens.issue("ann"),
    });
    await chat.turn("c1", "t1");
    await chat.router.connect("c2");
    const { visitorId } = (await chat.store.getConnection("c1"))!;
    for (const visitorToken of [
      token,
      // Even a genuine one that names the user, which none is ever issued.
      await chat.tokens.issue(visitorId!, chat.clock.now()),
    ]) {
      const ready = await hello(chat, "c2", {
        visitorToken,
        conversationId: CONVERSATION,
      });
      assert.ok(ready.type === "ready" && ready.conversationId === undefined);
      await chat.frame("c2", { type: "history", conversationId: CONVERSATION });
      const [error] = chat.outbox.take("c2");
      assert.equal(error?.type === "error" && error.code, "not_found");
    }
  });

  it("is the anonymous visitor again after a sign-out, with the conversation from before", async () => {
    const chat = chatWith("optional");
    const before = await chat.open("c1");
    await chat.turn("c1", "t1");
    const signedIn = await chat.open("c2", {
      visitorToken: before,
      authToken: chat.authTokens.issue("ann"),
    });
    await chat.router.connect("c3");
    const ready = await hello(chat, "c3", {
      visitorToken: signedIn,
      conversationId: CONVERSATION,
    });
    assert.equal(ready.type === "ready" && ready.conversationId, CONVERSATION);
  });

  it("is not the user any more after a hello without a token on the same connection", async () => {
    const chat = chatWith("optional");
    await chat.open("c1", { authToken: chat.authTokens.issue("ann") });
    await chat.turn("c1", "t1");
    const ready = await hello(chat, "c1", { conversationId: CONVERSATION });
    assert.ok(ready.type === "ready" && ready.conversationId === undefined);
    assert.deepEqual(await chat.store.listReceivers(CONVERSATION), []);
    const connection = await chat.store.getConnection("c1");
    assert.equal(connection?.signedInUntil, undefined);
  });
});

describe("a sign-in that ends in mid-connection", () => {
  it("refuses every frame from then on, until a new token comes", async () => {
    const chat = chatWith("optional");
    await chat.open("c1", { authToken: chat.authTokens.issue("ann", HOUR) });
    await chat.turn("c1", "t1");
    await chat.clock.advance(HOUR);
    for (const [frame, turnId] of [
      [{ type: "send", ...keyOf("t2"), text: "Still me?" }, "t2"],
      [{ type: "stop", ...keyOf("t1") }, "t1"],
      [{ type: "resume", ...keyOf("t1"), lastSeq: -1 }, "t1"],
      [{ type: "feedback", ...keyOf("t1"), rating: "up" }, "t1"],
      [
        { type: "tool-result", ...keyOf("t1"), toolCallId: "c", output: 1 },
        "t1",
      ],
      [{ type: "history", conversationId: CONVERSATION }, undefined],
      [{ type: "forget", conversationId: CONVERSATION }, undefined],
    ] as const) {
      await chat.frame("c1", frame);
      const [error, ...rest] = chat.outbox.take("c1");
      assert.deepEqual(rest, []);
      assertRefused(error, turnId);
    }
    await chat.frame("c1", { type: "ping" });
    assert.deepEqual(typesOf(chat.outbox.take("c1")), ["pong"]);
    assert.deepEqual(chat.workers.queue, []);
    const authToken = chat.authTokens.issue("ann", HOUR);
    const ready = await hello(chat, "c1", {
      authToken,
      conversationId: CONVERSATION,
    });
    assert.equal(ready.type === "ready" && ready.conversationId, CONVERSATION);
    assert.equal((await chat.turn("c1", "t2")).at(-1)?.type, "turn-end");
  });

  it("lets a running answer go on to its end", async () => {
    const chat = chatWith("required");
    await chat.open("c1", { authToken: chat.authTokens.issue("ann", 1_000) });
    chat.model.play([
      { type: "start" },
      { type: "text", text: "Long" },
      () => chat.clock.sleep(5_000),
      { type: "text", text: " told." },
      { type: "stop", stopReason: "end_turn" },
    ]);
    assert.equal((await chat.turn("c1", "t1")).at(-1)?.type, "turn-end");
    await chat.ask("c1", "t2");
    assertRefused(chat.outbox.take("c1")[0], "t2");
  });

  it("ends what the connection receives of others from then on", async () => {
    const chat = chatWith("required");
    await chat.open("old", { authToken: chat.authTokens.issue("ann", HOUR) });
    await chat.turn("old", "t1");
    await chat.clock.advance(HOUR);
    const authToken = chat.authTokens.issue("ann", HOUR);
    await chat.open("new", { authToken });
    await chat.turn("new", "t2");
    assert.deepEqual(chat.outbox.take("old"), []);
    await hello(chat, "old", { authToken, conversationId: CONVERSATION });
    await chat.turn("new", "t3");
    assert.ok(typesOf(chat.outbox.take("old")).includes("turn-end"));
  });

  it("is moved on by a hello with a newer token before it ends", async () => {
    const chat = chatWith("required");
    await chat.open("c1", { authToken: chat.authTokens.issue("ann", HOUR) });
    const authToken = chat.authTokens.issue("ann", 2 * HOUR);
    await hello(chat, "c1", { authToken });
    await chat.clock.advance(HOUR);
    assert.equal((await chat.turn("c1", "t1")).at(-1)?.type, "turn-end");
  });

  it("takes the conversation away from another user of the same connection", async () => {
    const chat = chatWith("required");
    await chat.open("c1", { authToken: chat.authTokens.issue("ann") });
    await chat.turn("c1", "t1");
    const ready = await hello(chat, "c1", {
      authToken: chat.authTokens.issue("bob"),
      conversationId: CONVERSATION,
    });
    assert.ok(ready.type === "ready" && ready.conversationId === undefined);
    assert.deepEqual(await chat.store.listReceivers(CONVERSATION), []);
  });
});

describe("where everybody has to sign in", () => {
  it("those who came before that was so are refused", async () => {
    const chat = chatWith("required");
    await chat.store.putConnection({
      connectionId: "c1",
      connectedAt: chat.clock.now(),
      visitorId: "visitor-1",
    });
    await chat.ask("c1", "t1");
    assertRefused(chat.outbox.take("c1")[0], "t1");
  });

  it("a plain client gets one sentence that says so", async () => {
    const chat = chatWith("required");
    await chat.router.connect("c1");
    await chat.frame("c1", '{"data":"Hi"}');
    assert.deepEqual(
      chat.outbox.posts.map(({ data }) => data),
      ['{"message":"Please sign in to use the chat."}'],
    );
    assert.deepEqual(chat.workers.queue, []);
  });
});

it("a plain client is served where nobody has to sign in", async () => {
  const chat = chatWith("optional");
  await chat.router.connect("c1");
  await chat.frame("c1", '{"data":"Hi"}');
  await chat.workAll();
  assert.deepEqual(
    chat.outbox.posts.map(({ data }) => data),
    ['{"message":"Hello there."}'],
  );
});
