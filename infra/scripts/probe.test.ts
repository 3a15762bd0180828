import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { type WebSocket, WebSocketServer } from "ws";
import { listen } from "../../server/local/http.ts";
import { SWITCHED_OFF } from "../../server/src/chat/kill-switch.ts";
import { startBedrockServer } from "../../server/test/support/bedrock-server.ts";
import { probe, probeModels } from "./probe.ts";

/** A server that answers handshakes by `status`, and frames by type. */
async function startServer(
  t: test.TestContext,
  options: {
    status?: number;
    replies?: Readonly<Record<string, object | "close">>;
  },
): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, stream, head) => {
    if (options.status !== undefined)
      stream.end(`HTTP/1.1 ${options.status} No\r\nContent-Length: 0\r\n\r\n`);
    else
      sockets.handleUpgrade(request, stream, head, (socket: WebSocket) => {
        socket.on("message", (data: Buffer) => {
          const { type } = JSON.parse(data.toString()) as { type: string };
          const reply = options.replies?.[type];
          if (reply === "close") socket.close();
          else if (reply) socket.send(JSON.stringify(reply));
        });
      });
  });
  const { port, close } = await listen(server);
  t.after(close);
  return `ws://127.0.0.1:${port}/prod`;
}

const ready = { type: "ready" };
const error = (code: string, message = "A sentence.") => ({
  type: "error",
  code,
  message,
  retryable: false,
  requestId: "r-1",
});

for (const [status, message] of [
  [
    403,
    /^The API refuses pages of https:\/\/me\.example .* Add it to allowedOrigins and deploy/,
  ],
  [404, /^There is no such API or stage/],
  [429, /^Too many handshakes \(429\): .*addressConnectsPerMinute/],
  [502, /^The router fails at the handshake \(502\)/],
] as const)
  test(`a handshake answered by ${status} is explained`, async (t) => {
    const url = await startServer(t, { status });
    assert.match(
      (await probe(url, { origin: "https://me.example" }))!,
      message,
    );
  });

test("nobody there is explained", async (t) => {
  const url = await startServer(t, {});
  const taken = new URL(url);
  // A port that was free a moment ago.
  const server = await listen(createServer());
  taken.port = String(server.port);
  await server.close();
  assert.match((await probe(taken.href))!, /does not answer \(ECONNREFUSED\)/);
});

for (const [what, replies, message] of [
  [
    "an error of the gateway",
    { hello: { message: "Internal server error", connectionId: "c" } },
    /^API Gateway answers "Internal server error" in place of ready/,
  ],
  [
    "a close",
    { hello: ready, send: "close" },
    /^The connection brought no ack and was closed\.$/,
  ],
  [
    "a model that is refused",
    { hello: ready, send: error("model_rejected") },
    /^Amazon Bedrock refuses the model\..* The request id is r-1\.$/,
  ],
  [
    "a model that is throttled",
    { hello: ready, send: error("model_throttled") },
    /quotas of 0 or nearly so/,
  ],
  [
    "a worker that does not run",
    { hello: ready, send: error("timeout") },
    /no worker ran in time/,
  ],
  [
    "a chat that wants a sign-in",
    { hello: error("unauthorized") },
    /^The API wants visitors to be signed in/,
  ],
  [
    "a budget that is used up",
    { hello: ready, send: error("budget_exceeded") },
    /^A budget has no room for the question: .* The request id is r-1\.$/,
  ],
  [
    "an address that asks too much",
    { hello: ready, send: error("rate_limited") },
    /^This address has asked or connected too often/,
  ],
  [
    "a chat that is switched off",
    { hello: ready, send: error("model_unavailable", SWITCHED_OFF) },
    /^The chat is switched off\. npm run switch -- on/,
  ],
  [
    "a model that does not answer",
    { hello: ready, send: error("model_unavailable") },
    /^Amazon Bedrock does not answer\./,
  ],
  [
    "another error",
    { hello: ready, send: error("busy") },
    /^The question ends in busy: A sentence\. The request id is r-1\.$/,
  ],
] as const)
  test(`${what} is explained`, async (t) => {
    const url = await startServer(t, { replies });
    assert.match((await probe(url))!, message);
  });

for (const [status, name, text, message] of [
  [
    403,
    "AccessDeniedException",
    "You don't have access to the model with the specified model ID.",
    /^it in eu-west-1: access to the model is not granted to this account\./,
  ],
  [
    403,
    "AccessDeniedException",
    "User: me is not authorized to perform: bedrock:InvokeModel",
    /these credentials may not call it/,
  ],
  [
    404,
    "ResourceNotFoundException",
    "Model use case details have not been submitted for this account.",
    /submit the use case/,
  ],
  [
    400,
    "ValidationException",
    "Invocation of model ID it with on-demand throughput isn’t supported.",
    /offered by inference profiles only/,
  ],
  [
    400,
    "ValidationException",
    "The provided model identifier is invalid.",
    /not available in this region\. aws bedrock list-inference-profiles --region eu-west-1/,
  ],
  [
    429,
    "ThrottlingException",
    "Too many tokens per day, please wait before trying again.",
    /The quota is probably 0/,
  ],
  [500, "InternalServerException", "Oh.", /: InternalServerException: Oh\.$/],
] as const)
  test(`Bedrock's ${name}, ${text.slice(0, 40)}…, is explained`, async (t) => {
    // GIVEN
    const { endpoint, close } = await startBedrockServer((exchange) =>
      exchange.refuse(status, name, text),
    );
    t.after(close);
    const client = new BedrockRuntimeClient({
      endpoint,
      region: "eu-west-1",
      maxAttempts: 1,
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
    });
    // WHEN
    const [finding] = await probeModels(["it"], "eu-west-1", client);
    // THEN
    assert.match(finding!, message);
  });
