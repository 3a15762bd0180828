import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, test } from "node:test";
import type { ConverseBody, EndpointEvent } from "./endpoint-model.ts";
import { createOpenAiModel } from "./openai-model.ts";
import { readServerSentEvents } from "./openai/sse.ts";

const cleanups: (() => void)[] = [];
after(() => cleanups.forEach((clean) => clean()));

interface Upstream {
  url: string;
  /** What came with the last request. */
  seen: { path?: string; authorization?: string; body?: unknown };
}

async function upstream(
  answer: (response: ServerResponse, request: IncomingMessage) => unknown,
): Promise<Upstream> {
  const seen: Upstream["seen"] = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      seen.path = request.url;
      seen.authorization = request.headers.authorization;
      seen.body = JSON.parse(Buffer.concat(chunks).toString());
      answer(response, request);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, seen };
}

const EVENTS = { "content-type": "text/event-stream" };
const sse = (...chunks: unknown[]): string =>
  chunks
    .map((c) => `data: ${typeof c === "string" ? c : JSON.stringify(c)}\n\n`)
    .join("");
const delta = (content: string, more: object = {}) => ({
  choices: [{ index: 0, delta: { content, ...more }, finish_reason: null }],
});
const finish = (finish_reason: string) => ({
  choices: [{ index: 0, delta: {}, finish_reason }],
});

const hello: ConverseBody = {
  messages: [{ role: "user", content: [{ text: "Hello" }] }],
};

async function ask(
  url: string,
  body = hello,
  signal = new AbortController().signal,
): Promise<EndpointEvent[]> {
  const model = createOpenAiModel({ url, name: "llama3.2", apiKey: "key" });
  const events: EndpointEvent[] = [];
  for await (const event of model.generate({ modelId: "a.b", body }, signal))
    events.push(event);
  return events;
}

const stream = (...chunks: unknown[]) =>
  upstream((response) => {
    response.writeHead(200, EVENTS).end(sse(...chunks));
  });

describe("answers", () => {
  test("are text, stop reason and usage", async () => {
    const { url } = await stream(
      { choices: [{ index: 0, delta: { role: "assistant", content: "" } }] },
      delta("Good "),
      "",
      delta("day 👋"),
      finish("stop"),
      { choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } },
      "[DONE]",
    );
    assert.deepEqual(await ask(url), [
      { type: "text", text: "Good " },
      { type: "text", text: "day 👋" },
      { type: "stop", stopReason: "end_turn" },
      { type: "usage", inputTokens: 7, outputTokens: 3 },
    ]);
  });

  test("leave reasoning out, whatever its name", async () => {
    const { url } = await stream(
      delta("", { reasoning_content: "Hm." }),
      delta("", { reasoning: "Hm.", thinking: "Hm." }),
      delta("Yes."),
      finish("stop"),
      "[DONE]",
    );
    assert.deepEqual(await ask(url), [
      { type: "text", text: "Yes." },
      { type: "stop", stopReason: "end_turn" },
    ]);
  });

  for (const [reason, stopReason] of [
    ["length", "max_tokens"],
    ["content_filter", "content_filtered"],
    ["tool_calls", "tool_use"],
    ["eos", "eos"],
  ] as const)
    test(`finish reason ${reason} is ${stopReason}`, async () => {
      const { url } = await stream(delta("So."), finish(reason), "[DONE]");
      assert.deepEqual((await ask(url))[1], { type: "stop", stopReason });
    });

  test("without a finish reason were cut", async () => {
    const { url } = await stream(delta("Half of"));
    assert.deepEqual(await ask(url), [
      { type: "text", text: "Half of" },
      { type: "cut", how: "clean" },
    ]);
  });

  test("of a server that does not stream come whole", async () => {
    const { url } = await upstream((response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(
        JSON.stringify({
          choices: [{ message: { content: "All." }, finish_reason: "stop" }],
          usage: { prompt_tokens: 1, completion_tokens: 2 },
        }),
      ),
    );
    assert.deepEqual(await ask(url), [
      { type: "text", text: "All." },
      { type: "stop", stopReason: "end_turn" },
      { type: "usage", inputTokens: 1, outputTokens: 2 },
    ]);
  });

  test("may call tools, whose input comes in pieces", async () => {
    const call = (part: object) => delta("", { tool_calls: [part] });
    const { url } = await stream(
      call({ index: 0, id: "c1", function: { name: "cart", arguments: "" } }),
      call({ index: 0, function: { arguments: '{"id"' } }),
      call({ index: 0, function: { arguments: ":7}" } }),
      finish("tool_calls"),
      "[DONE]",
    );
    assert.deepEqual(await ask(url), [
      {
        type: "tool-use",
        toolUseId: "c1",
        name: "cart",
        inputPieces: ['{"id"', ":7}"],
      },
      { type: "stop", stopReason: "tool_use" },
    ]);
  });
});

describe("requests", () => {
  test("carry messages, settings and the key", async () => {
    const { url, seen } = await stream(finish("stop"), "[DONE]");
    await ask(`${url}/`, {
      system: [{ text: "Be brief." }],
      messages: [
        { role: "user", content: [{ text: "One" }, { text: "Two" }] },
        {
          role: "assistant",
          content: [
            { toolUse: { toolUseId: "c1", name: "cart", input: { id: 7 } } },
          ],
        },
        {
          role: "user",
          content: [
            { toolResult: { toolUseId: "c1", content: [{ json: { n: 3 } }] } },
          ],
        },
      ],
      inferenceConfig: {
        maxTokens: 50,
        temperature: 0.2,
        stopSequences: ["|"],
      },
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: "cart",
              description: "What is in it",
              inputSchema: { json: { type: "object" } },
            },
          },
        ],
      },
    });
    assert.equal(seen.path, "/v1/chat/completions");
    assert.equal(seen.authorization, "Bearer key");
    assert.deepEqual(seen.body, {
      model: "llama3.2",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "One\n\nTwo" },
        {
          role: "assistant",
          content: "",
          tool_calls: [
            {
              id: "c1",
              type: "function",
              function: { name: "cart", arguments: '{"id":7}' },
            },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: '{"n":3}' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 50,
      temperature: 0.2,
      stop: ["|"],
      tools: [
        {
          type: "function",
          function: {
            name: "cart",
            description: "What is in it",
            parameters: { type: "object" },
          },
        },
      ],
    });
  });

  test("end when the signal is aborted", async () => {
    const closed = Promise.withResolvers<void>();
    const { url } = await upstream((response, request) => {
      request.socket.on("close", () => closed.resolve());
      response.writeHead(200, EVENTS).write(sse(delta("Once ")));
    });
    const abort = new AbortController();
    const model = createOpenAiModel({ url, name: "m" });
    const events: EndpointEvent[] = [];
    for await (const event of model.generate(
      { modelId: "a.b", body: hello },
      abort.signal,
    )) {
      events.push(event);
      abort.abort();
    }
    await closed.promise;
    assert.deepEqual(events, [{ type: "text", text: "Once " }]);
  });
});

describe("failures", () => {
  for (const [status, name] of [
    [400, "ValidationException"],
    [401, "AccessDeniedException"],
    [404, "ResourceNotFoundException"],
    [429, "ThrottlingException"],
    [500, "InternalServerException"],
    [503, "ServiceUnavailableException"],
    [504, "ModelTimeoutException"],
  ] as const)
    test(`${status} is a ${name}`, async () => {
      const { url } = await upstream((response) =>
        response
          .writeHead(status)
          .end(JSON.stringify({ error: { message: "model not found" } })),
      );
      assert.deepEqual(await ask(url), [
        {
          type: "exception",
          name,
          message: `The model server at ${url} answered ${status} for the model llama3.2: model not found`,
        },
      ]);
    });

  test("a server that is not there is named", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const url = `http://127.0.0.1:${port}/v1`;
    assert.deepEqual(await ask(url), [
      {
        type: "exception",
        name: "ServiceUnavailableException",
        message: `The model server at ${url} cannot be reached (ECONNREFUSED). Is it running?`,
      },
    ]);
  });

  test("an error in the stream ends it", async () => {
    const { url } = await stream(delta("So far"), {
      error: { message: "out of memory" },
    });
    assert.deepEqual(await ask(url), [
      { type: "text", text: "So far" },
      {
        type: "exception",
        name: "ModelStreamErrorException",
        message: "out of memory",
      },
    ]);
  });

  test("a lost connection is an exception in the stream", async () => {
    const { url } = await upstream((response) => {
      response.writeHead(200, EVENTS).write(sse(delta("So far")), () => {
        response.destroy();
      });
    });
    const [text, exception] = await ask(url);
    assert.deepEqual(text, { type: "text", text: "So far" });
    assert.equal(
      exception?.type === "exception" && exception.name,
      "ModelStreamErrorException",
    );
  });
});

describe("server-sent events", () => {
  const read = async (chunks: readonly Uint8Array[]): Promise<string[]> => {
    const data: string[] = [];
    // eslint-disable-next-line @typescript-eslint/require-await -- what is read is asynchronous
    const source = (async function* () {
      yield* chunks;
    })();
    for await (const event of readServerSentEvents(source)) data.push(event);
    return data;
  };

  for (const [name, end] of Object.entries({
    LF: "\n",
    CRLF: "\r\n",
    CR: "\r",
  })) {
    const lines = [
      ": a comment",
      "",
      'data: {"text":"Grüße 👋"}',
      "",
      "event: message",
      "id: 7",
      "data:one",
      "data: two",
      "",
      "data: ",
      "",
      "data: [DONE]",
      "",
      "",
    ];
    const bytes = new TextEncoder().encode(lines.join(end));
    const expected = ['{"text":"Grüße 👋"}', "one\ntwo", "", "[DONE]"];

    test(`${name}: cut at every byte`, async () => {
      for (let at = 0; at <= bytes.length; at++)
        assert.deepEqual(
          await read([bytes.subarray(0, at), bytes.subarray(at)]),
          expected,
          `cut at ${at}`,
        );
    });

    test(`${name}: byte by byte`, async () => {
      assert.deepEqual(
        await read(Array.from(bytes, (byte) => Uint8Array.of(byte))),
        expected,
      );
    });
  }

  test("the last event needs no blank line", async () => {
    assert.deepEqual(await read([new TextEncoder().encode("data: end")]), [
      "end",
    ]);
  });
});
