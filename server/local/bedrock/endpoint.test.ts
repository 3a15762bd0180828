import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import type { ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { startBedrockEndpoint } from "./endpoint.ts";
import type { BedrockEndpoint } from "./endpoint.ts";
import type { EndpointEvent, EndpointModel } from "./endpoint-model.ts";
import {
  createReplayModel,
  listRecordings,
  readRecording,
} from "./replay-model.ts";
import { createScriptedModel, textEvents } from "./scripted-model.ts";
import type { ScriptedAnswer } from "./scripted-model.ts";

const MODEL_ID = "us.amazon.nova-lite-v1:0";
const PROTOCOLS = ["h2", "http/1.1"] as const;
type Protocol = (typeof PROTOCOLS)[number];

const cleanups: (() => unknown)[] = [];
after(() => Promise.all(cleanups.map((clean) => clean())));

async function start(model: EndpointModel): Promise<BedrockEndpoint> {
  const endpoint = await startBedrockEndpoint({ model });
  cleanups.push(() => endpoint.close());
  return endpoint;
}

const script = (...answers: [ScriptedAnswer, ...ScriptedAnswer[]]) =>
  start(createScriptedModel(...answers));

function connect(endpoint: BedrockEndpoint, protocol: Protocol) {
  const client = new BedrockRuntimeClient({
    endpoint: endpoint.url,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
    ...(protocol === "http/1.1"
      ? { requestHandler: new NodeHttpHandler() }
      : {}),
  });
  cleanups.push(() => client.destroy());
  return client;
}

const question = (text = "Hello") => ({
  modelId: MODEL_ID,
  messages: [{ role: "user" as const, content: [{ text }] }],
});

async function ask(
  client: BedrockRuntimeClient,
  onEvent: (event: ConverseStreamOutput) => void = () => undefined,
): Promise<ConverseStreamOutput[]> {
  const { stream } = await client.send(new ConverseStreamCommand(question()));
  const events: ConverseStreamOutput[] = [];
  for await (const event of stream ?? []) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

const textOf = (events: readonly ConverseStreamOutput[]): string =>
  events.map((e) => e.contentBlockDelta?.delta?.text ?? "").join("");

for (const protocol of PROTOCOLS) {
  test(`${protocol}: streams an answer in Bedrock's order`, async () => {
    const endpoint = await script([
      { type: "text", text: "Good " },
      { type: "text", text: "day 👋" },
      { type: "usage", inputTokens: 3, outputTokens: 2 },
    ]);
    const events = await ask(connect(endpoint, protocol));
    assert.deepEqual(
      events.map((event) => Object.keys(event)[0]),
      [
        "messageStart",
        "contentBlockDelta",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
      ],
    );
    assert.equal(textOf(events), "Good day 👋");
    assert.equal(events.at(-2)?.messageStop?.stopReason, "end_turn");
    assert.deepEqual(events.at(-1)?.metadata?.usage, {
      inputTokens: 3,
      outputTokens: 2,
      totalTokens: 5,
    });
    const call = await endpoint.call(0);
    assert.equal(await call.ended, "complete");
    assert.equal(call.protocol, protocol);
    assert.equal(call.modelId, MODEL_ID);
    assert.equal(call.pieces, 2);
    assert.equal(call.text, "Good day 👋");
    assert.equal(call.body?.messages[0]?.content[0]?.text, "Hello");
  });

  test(`${protocol}: sends each piece as it comes`, async () => {
    const seen: (() => void)[] = [];
    const endpoint = await script(async function* () {
      for (const text of ["one", "two", "three"]) {
        const read = new Promise<void>((resolve) => seen.push(resolve));
        yield { type: "text", text };
        // The next piece is made only when the client has this one: were it held back, the test would not end.
        await read;
      }
    });
    const events = await ask(connect(endpoint, protocol), (event) => {
      if (event.contentBlockDelta) seen.at(-1)?.();
    });
    assert.equal(textOf(events), "onetwothree");
  });

  test(`${protocol}: aborting stops the model`, async () => {
    const endpoint = await script(async function* (_request, signal) {
      while (!signal.aborted) {
        yield { type: "text", text: "more " };
        await new Promise(setImmediate);
      }
    });
    const client = connect(endpoint, protocol);
    const abort = new AbortController();
    const { stream } = await client.send(
      new ConverseStreamCommand(question()),
      { abortSignal: abort.signal },
    );
    const reading = (async () => {
      for await (const event of stream ?? [])
        if (event.contentBlockDelta) abort.abort();
    })();
    if (protocol === "h2") await reading;
    else await assert.rejects(reading, /aborted/);
    const call = await endpoint.call(0);
    assert.equal(await call.ended, "client-closed");
    const pieces = call.pieces;
    await new Promise(setImmediate);
    assert.equal(call.pieces, pieces);
  });

  test(`${protocol}: waits for a slow reader`, async () => {
    const piece = "x".repeat(100_000);
    const endpoint = await script(function* () {
      for (let n = 0; n < 1_000; n++) yield { type: "text", text: piece };
    });
    const client = connect(endpoint, protocol);
    const abort = new AbortController();
    const { stream } = await client.send(
      new ConverseStreamCommand(question()),
      { abortSignal: abort.signal },
    );
    const iterator = stream?.[Symbol.asyncIterator]();
    await iterator?.next();
    const call = await endpoint.call(0);
    // Nobody reads on, so production comes to rest long before 100 MB.
    let before = -1;
    while (before !== call.pieces) {
      before = call.pieces;
      for (let turn = 0; turn < 500; turn++) await new Promise(setImmediate);
    }
    assert.ok(call.pieces < 500, `${call.pieces} pieces without a reader`);
    abort.abort();
    assert.equal(await call.ended, "client-closed");
  });

  test(`${protocol}: an exception before the stream is an HTTP error`, async () => {
    const endpoint = await script([
      {
        type: "exception",
        name: "ThrottlingException",
        message: "Too many requests, please wait before trying again.",
      },
    ]);
    await assert.rejects(ask(connect(endpoint, protocol)), (error: Error) => {
      assert.equal(error.name, "ThrottlingException");
      assert.match(error.message, /^Too many requests/);
      const { $metadata } = error as never as {
        $metadata: { httpStatusCode: number };
      };
      assert.equal($metadata.httpStatusCode, 429);
      return true;
    });
    assert.equal(await endpoint.calls[0]?.ended, "refused");
  });

  for (const name of [
    "InternalServerException",
    "ModelStreamErrorException",
    "ValidationException",
    "ThrottlingException",
    "ServiceUnavailableException",
  ] as const)
    test(`${protocol}: ${name} in mid-stream`, async () => {
      const endpoint = await script([
        { type: "text", text: "So far" },
        { type: "exception", name, message: "No further." },
      ]);
      const events: ConverseStreamOutput[] = [];
      await assert.rejects(
        ask(connect(endpoint, protocol), (event) => events.push(event)),
        { name, message: "No further." },
      );
      assert.equal(textOf(events), "So far");
      assert.equal(await endpoint.calls[0]?.ended, "exception");
    });

  test(`${protocol}: an exception as the first event of a stream`, async () => {
    const endpoint = await script([
      { type: "start" },
      { type: "exception", name: "ThrottlingException", message: "Slow." },
    ]);
    const client = connect(endpoint, protocol);
    const { stream } = await client.send(new ConverseStreamCommand(question()));
    await assert.rejects(
      async () => {
        for await (const event of stream ?? []) assert.ok(event.messageStart);
      },
      { name: "ThrottlingException" },
    );
  });

  test(`${protocol}: a clean cut ends without messageStop`, async () => {
    const endpoint = await script([
      { type: "text", text: "Half of" },
      { type: "cut", how: "clean" },
    ]);
    const events = await ask(connect(endpoint, protocol));
    assert.equal(textOf(events), "Half of");
    assert.equal(
      events.some((event) => event.messageStop),
      false,
    );
    assert.equal(await endpoint.calls[0]?.ended, "cut");
  });

  for (const how of ["frame", "reset"] as const)
    test(`${protocol}: a cut by ${how} is an error`, async () => {
      const endpoint = await script([
        { type: "text", text: "Half of" },
        { type: "cut", how },
      ]);
      await assert.rejects(ask(connect(endpoint, protocol)));
      assert.equal(await endpoint.calls[0]?.ended, "cut");
    });

  test(`${protocol}: Converse gives the whole answer`, async () => {
    const endpoint = await script("An answer in one piece.");
    const answer = await connect(endpoint, protocol).send(
      new ConverseCommand(question()),
    );
    assert.deepEqual(answer.output?.message, {
      role: "assistant",
      content: [{ text: "An answer in one piece." }],
    });
    assert.equal(answer.stopReason, "end_turn");
    assert.equal((await endpoint.call(0)).operation, "converse");
  });

  test(`${protocol}: tools and reasoning have blocks of their own`, async () => {
    const endpoint = await script([
      { type: "reasoning", text: "Hm." },
      { type: "text", text: "Let me look." },
      {
        type: "tool-use",
        toolUseId: "tooluse_1",
        name: "cart",
        inputPieces: ["", '{"id"', ":7}"],
      },
      { type: "stop", stopReason: "tool_use" },
    ]);
    const events = await ask(connect(endpoint, protocol));
    const indexes = events.flatMap((event) => {
      const block =
        event.contentBlockStart ??
        event.contentBlockDelta ??
        event.contentBlockStop;
      return block ? [block.contentBlockIndex] : [];
    });
    assert.deepEqual(indexes, [0, 0, 1, 1, 2, 2, 2, 2, 2]);
    assert.deepEqual(
      events.find((event) => event.contentBlockStart)?.contentBlockStart?.start,
      { toolUse: { name: "cart", toolUseId: "tooluse_1" } },
    );
    assert.equal(
      events
        .map((e) => e.contentBlockDelta?.delta?.toolUse?.input ?? "")
        .join(""),
      '{"id":7}',
    );
    assert.equal(
      events.find((event) => event.messageStop)?.messageStop?.stopReason,
      "tool_use",
    );
  });

  test(`${protocol}: a model that throws is an internal error`, async () => {
    const endpoint = await script(function* (): Generator<EndpointEvent> {
      yield { type: "usage", inputTokens: 1, outputTokens: 1 };
      throw new Error("It broke.");
    });
    await assert.rejects(ask(connect(endpoint, protocol)), {
      name: "InternalServerException",
      message: "It broke.",
    });
  });

  for (const file of listRecordings()) {
    const recording = readRecording(file);
    if (recording.operation !== "converse-stream") continue;
    test(`${protocol}: replays ${recording.name}`, async () => {
      const endpoint = await start(createReplayModel(file));
      const client = connect(endpoint, protocol);
      if (recording.response.status !== 200) {
        await assert.rejects(ask(client), {
          name: "ValidationException",
          message: "The provided model identifier is invalid.",
        });
        return;
      }
      const events = await ask(client);
      assert.ok(events.at(-1)?.metadata, "metadata comes last");
      assert.ok(events.at(-2)?.messageStop, "messageStop comes before it");
    });
  }
}

test("closing the endpoint breaks off what runs", async () => {
  const endpoint = await startBedrockEndpoint({
    model: createScriptedModel(async function* (_request, signal) {
      yield* textEvents("A beginning");
      await new Promise((resolve) =>
        signal.addEventListener("abort", resolve, { once: true }),
      );
    }),
  });
  const client = connect(endpoint, "http/1.1");
  const { stream } = await client.send(new ConverseStreamCommand(question()));
  const iterator = stream?.[Symbol.asyncIterator]();
  await iterator?.next();
  await endpoint.close();
  const call = await endpoint.call(0);
  assert.equal(await call.ended, "client-closed");
});

test("a path that is no operation is answered as unknown", async () => {
  const endpoint = await script("never");
  const response = await fetch(`${endpoint.url}/model/x/invoke`, {
    method: "POST",
    body: "{}",
  });
  assert.equal(response.status, 404);
  assert.equal(
    response.headers.get("x-amzn-errortype"),
    "UnknownOperationException",
  );
  assert.equal(endpoint.calls.length, 0);
});

test("onRequest hears of every call, and record: false keeps none", async () => {
  const heard: string[] = [];
  const endpoint = await startBedrockEndpoint({
    model: createScriptedModel("Yes."),
    record: false,
    onRequest: (call) => heard.push(call.modelId),
  });
  cleanups.push(() => endpoint.close());
  await ask(connect(endpoint, "h2"));
  assert.deepEqual(heard, [MODEL_ID]);
  assert.equal(endpoint.calls.length, 0);
});
