import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { decodeFrames } from "../local/bedrock/event-stream.ts";
import type { EndpointModel } from "../local/bedrock/endpoint-model.ts";
import {
  createReplayModel,
  listRecordings,
  readRecording,
} from "../local/bedrock/replay-model.ts";
import { createScriptedModel } from "../local/bedrock/scripted-model.ts";
import { startLocalStack } from "../local/stack.ts";
import type { LocalStack, LocalStackOptions } from "../local/stack.ts";
import { conversationSuite } from "./conversation.suite.ts";
import { ChatClient } from "./support/chat-client.ts";
import {
  createConversationModel,
  userTexts,
} from "./support/conversation-model.ts";

const SETTINGS = {
  models: [
    {
      id: "test",
      label: "Test model",
      modelId: "local.test-model",
      maxTokens: 4_096,
    },
  ],
};

function startStack(
  model: EndpointModel,
  more: Partial<LocalStackOptions> = {},
): Promise<LocalStack> {
  return startLocalStack({
    bedrock: { serve: { model } },
    settings: SETTINGS,
    logLevel: "ERROR",
    onFunctionLog: (name, line) => {
      if (!line.startsWith('{"_aws"')) console.log(`${name}: ${line}`);
    },
    ...more,
  });
}

/** A stack for one test. It has two threads, so it does not outlive that. */
async function stackFor(
  t: TestContext,
  model: EndpointModel,
  more: Partial<LocalStackOptions> = {},
): Promise<LocalStack> {
  const stack = await startStack(model, more);
  t.after(() => stack.close());
  return stack;
}

async function visit(stack: LocalStack) {
  const client = await ChatClient.connect(stack.webSocketUrl);
  const { visitorToken } = await client.hello();
  return { client, visitorToken, conversationId: crypto.randomUUID() };
}

// A deployment is held to the same suite: CHAT_URL=wss://… CHAT_ORIGIN=https://… node --test …
const deployed = process.env["CHAT_URL"];
if (deployed) {
  const origin = process.env["CHAT_ORIGIN"];
  describe(`conversations at ${deployed}`, { concurrency: 4 }, () => {
    conversationSuite({ url: () => deployed, ...(origin && { origin }) });
  });
}

describe("conversations on the local stack", { concurrency: true }, () => {
  let stack: LocalStack;
  before(async () => {
    stack = await startStack(createConversationModel());
  });

  after(() => stack.close());

  conversationSuite({ url: () => stack.webSocketUrl });
});

describe(
  "what the model gets and how it is ended",
  { concurrency: true },
  () => {
    test("the second question comes with the first and its answer", async (t) => {
      const stack = await stackFor(t, createConversationModel());
      const { client, conversationId } = await visit(stack);
      const first = await client.answer(conversationId, "What is a tram?");
      await client.answer(conversationId, "And a bus?");
      assert.equal(stack.bedrock!.calls.length, 2);
      const { body } = stack.bedrock!.calls[1]!;
      assert.deepEqual(userTexts(body!), ["What is a tram?", "And a bus?"]);
      assert.deepEqual(
        body!.messages.map(({ role }) => role),
        ["user", "assistant", "user"],
      );
      assert.equal(body!.messages[1]!.content[0]!.text, first.text);
    });

    test("a question that is sent twice at once calls the model once", async (t) => {
      const stack = await stackFor(t, createConversationModel());
      const { client, conversationId } = await visit(stack);
      const send = {
        type: "send",
        conversationId,
        turnId: "only-once",
        text: "Hello?",
      } as const;
      for (let i = 0; i < 5; i++) client.send(send);
      await client.turn("only-once");
      await client.fence();
      assert.equal(stack.bedrock!.calls.length, 1);
    });

    test("a redelivered invocation calls the model once", async (t) => {
      const stack = await stackFor(t, createConversationModel());
      stack.lambda.faults = { redeliveries: () => [0, 20, 200] };
      const { client, conversationId } = await visit(stack);
      await client.answer(conversationId, "A long story, please.");
      assert.equal(stack.bedrock!.calls.length, 1);
    });

    test("stop closes the stream at the model", async (t) => {
      const stack = await stackFor(t, createConversationModel());
      const { client, conversationId } = await visit(stack);
      const turnId = await client.ask(conversationId, "A long story, please.");
      await client.frame("text-delta");
      const call = await stack.bedrock!.call(0);
      client.send({ type: "stop", conversationId, turnId });
      assert.equal(await call.ended, "client-closed");
      const { text } = await client.turn(turnId);
      assert.ok(call.text.startsWith(text));
    });

    test("a worker that dies gives an honest end and no second call", async (t) => {
      const stack = await stackFor(t, createConversationModel());
      const { client, conversationId } = await visit(stack);
      const turnId = await client.ask(conversationId, "A long story, please.");
      await client.frame("text-delta");
      await stack.lambda.kill("worker");
      // Its lease has to expire before anybody may end the turn, and whoever asks then ends it.
      const from = client.texts.length;
      do {
        await wait(2_000);
        client.send({
          type: "resume",
          conversationId,
          turnId,
          lastSeq: -1,
        });
        await client.text(undefined, from);
      } while (!client.frames.slice(from).some(({ type }) => type === "error"));
      const { text, end } = await client.turn(turnId);
      assert.equal(end.type === "error" && end.code, "stream_truncated");
      assert.ok(stack.bedrock!.calls[0]!.text.startsWith(text));
      const next = await client.answer(conversationId, "Are you back?");
      assert.equal(next.end.type, "turn-end");
      assert.equal(stack.bedrock!.calls.length, 2);
    });

    test("an answer that takes 60 seconds arrives whole", async (t) => {
      const stack = await stackFor(t, {
        async *generate(_, signal) {
          for (let i = 0; i < 60; i++) {
            yield { type: "text", text: `Second ${i}. ` };
            await wait(1_000, undefined, { signal });
          }
        },
      });
      const { client, conversationId } = await visit(stack);
      const startedAt = Date.now();
      const { text, end } = await client.answer(conversationId, "Slowly?");
      assert.ok(Date.now() - startedAt >= 60_000);
      assert.equal(end.type, "turn-end");
      assert.equal(
        text,
        Array.from({ length: 60 }, (_, i) => `Second ${i}. `).join(""),
      );
    });
  },
);

describe("a page that connects", () => {
  let stack: LocalStack;
  const logged = new EventEmitter();
  before(async () => {
    stack = await startStack(createConversationModel(), {
      settings: { ...SETTINGS, allowedOrigins: ["https://*.example.com"] },
      logLevel: "WARN",
      onFunctionLog: (_name, line) => {
        const { origin } = JSON.parse(line) as { origin?: string };
        logged.emit(`refused ${origin}`);
      },
    });
  });
  after(() => stack.close());

  for (const origin of [
    "https://www.example.com",
    "http://localhost:5173",
    "http://127.0.0.1:8080",
    "null",
  ])
    test(`is served if it is of ${origin}`, async () => {
      const client = await ChatClient.connect(stack.webSocketUrl, { origin });
      await client.hello();
      await client.close();
    });

  for (const origin of [
    "https://evil.example",
    "https://example.com",
    "http://www.example.com",
    "http://localhost.evil.example:3000",
  ])
    test(`gets 403 if it is of ${origin}, and the log names it`, async () => {
      const line = once(logged, `refused ${origin}`);
      const opening = ChatClient.connect(stack.webSocketUrl, { origin });
      await assert.rejects(opening, { message: /\b403\b/ });
      await line;
    });
});

test("a client that names no origin is refused where one is required", async (t) => {
  const stack = await stackFor(t, createConversationModel(), {
    settings: { ...SETTINGS, requireOrigin: true },
  });
  await assert.rejects(ChatClient.connect(stack.webSocketUrl), {
    message: /\b403\b/,
  });
  const origin = "http://localhost:3000";
  const client = await ChatClient.connect(stack.webSocketUrl, { origin });
  await client.hello();
  assert.equal(stack.bedrock!.calls.length, 0);
  await client.close();
});

test("a restart keeps conversations and visitors", async (t) => {
  const stateFolder = mkdtempSync(join(tmpdir(), "bedrock-chat-state-"));
  let stack = await stackFor(t, createConversationModel(), { stateFolder });
  const { client, visitorToken, conversationId } = await visit(stack);
  const { text } = await client.answer(conversationId, "Will you remember?");
  await stack.close();
  stack = await stackFor(t, createConversationModel(), { stateFolder });
  const back = await ChatClient.connect(stack.webSocketUrl);
  const ready = await back.hello({ visitorToken, conversationId });
  assert.equal(ready.conversationId, conversationId);
  const { turns } = await back.history(conversationId);
  assert.deepEqual(
    turns.map((turn) => [turn.text, turn.answer, turn.status]),
    [["Will you remember?", text, "complete"]],
  );
  await stack.close();
  rmSync(stateFolder, { recursive: true });
});

test("a guardrail looks at every call, and what it withheld is not held against the next question", async (t) => {
  const withheld = "I may not talk about that.";
  const stack = await stackFor(
    t,
    createScriptedModel(
      [
        { type: "text", text: withheld },
        { type: "stop", stopReason: "guardrail_intervened" },
      ],
      "An answer.",
    ),
    {
      settings: { ...SETTINGS, guardrail: { id: "abc123", version: "2" } },
    },
  );
  const { client, conversationId } = await visit(stack);
  const { text, end } = await client.answer(conversationId, "Forbidden?");
  assert.equal(text, withheld);
  assert.equal(
    end.type === "turn-end" && end.stopReason,
    "guardrail_intervened",
  );
  await client.answer(conversationId, "Allowed?");
  const bodies = stack.bedrock!.calls.map(({ body }) => body!);
  for (const { guardrailConfig } of bodies)
    assert.deepEqual(guardrailConfig, {
      guardrailIdentifier: "abc123",
      guardrailVersion: "2",
      streamProcessingMode: "sync",
      trace: "disabled",
    });
  assert.deepEqual(bodies.map(userTexts), [["Forbidden?"], ["Allowed?"]]);
  const { turns } = await client.history(conversationId);
  assert.deepEqual(
    turns.map(({ answer, status }) => [answer, status]),
    [
      [withheld, "complete"],
      ["An answer.", "complete"],
    ],
  );
});

describe("recordings of Bedrock", () => {
  const recordings = listRecordings().map((file) => ({
    file,
    ...readRecording(file),
  }));
  if (recordings.length === 0) {
    console.warn(
      "No recordings of Bedrock are at hand: name their folder in BEDROCK_RECORDINGS to replay them.",
    );
    test("replay", { skip: "BEDROCK_RECORDINGS names no folder" });
  }
  const streamed = recordings.filter(
    ({ operation }) => operation === "converse-stream",
  );
  for (const { file, name, response } of streamed) {
    test(`${name} arrives as it was recorded`, async (t) => {
      const stack = await stackFor(t, createReplayModel(file));
      const { client, conversationId } = await visit(stack);
      const { text, end } = await client.answer(conversationId, "Replay.");
      if (response.status === 200) {
        assert.equal(text, recordedText(response.body));
        assert.equal(end.type, "turn-end");
      } else {
        assert.equal(end.type === "error" && end.code, "model_rejected");
      }
    });
  }
});

/** The text deltas of a recorded stream, joined. */
function recordedText(body: Uint8Array): string {
  return decodeFrames(body)
    .map(({ payload }) => {
      const { delta } = payload as { delta?: { text?: string } };
      return delta?.text ?? "";
    })
    .join("");
}
