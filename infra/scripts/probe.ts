/** Tries a deployment and says in words what is wrong with it. */
import type { IncomingMessage } from "node:http";
import {
  BedrockRuntimeClient,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import {
  type ErrorFrame,
  type ServerFrame,
  SUBPROTOCOL,
} from "bedrock-chat-widget/protocol";
import { WebSocket } from "ws";
import {
  explainHandshake,
  explainModel,
  explainNetwork,
  explainTurn,
} from "./explain.ts";

export interface ProbeOptions {
  readonly origin?: string;
  /** For the whole of it; a worker that does not run shows after 75 seconds. */
  readonly timeoutMs?: number;
}

/** Asks one question. Undefined when it was answered, else what is wrong. */
export async function probe(
  url: string,
  { origin, timeoutMs = 120_000 }: ProbeOptions = {},
): Promise<string | undefined> {
  const socket = new WebSocket(url, [SUBPROTOCOL], {
    ...(origin !== undefined && { origin }),
  });
  const timer = setTimeout(() => socket.terminate(), timeoutMs);
  try {
    const refusal = await opened(socket, url, origin);
    return refusal ?? (await asked(socket));
  } finally {
    clearTimeout(timer);
    socket.terminate();
  }
}

/** Undefined as soon as the connection is open. */
function opened(
  socket: WebSocket,
  url: string,
  origin: string | undefined,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once("open", () => resolve(undefined));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      resolve(explainNetwork(error, url)),
    );
    socket.once(
      "unexpected-response",
      (_request, { statusCode }: IncomingMessage) =>
        resolve(explainHandshake(statusCode ?? 0, origin)),
    );
  });
}

async function asked(socket: WebSocket): Promise<string | undefined> {
  const frames: ServerFrame[] = [];
  let gatewayError: string | undefined;
  let closed = false;
  let wake = () => {};
  socket.on("message", (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as
      ServerFrame | { message: string };
    if ("type" in frame) frames.push(frame);
    else gatewayError = frame.message;
    wake();
  });
  socket.on("close", () => {
    closed = true;
    wake();
  });
  // A close follows.
  socket.on("error", () => {});
  const next = async <T extends ServerFrame["type"]>(...types: T[]) => {
    for (;;) {
      const found = frames.find(({ type }) => types.includes(type as T));
      if (found || closed || gatewayError !== undefined) return found;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const silent = (what: string) =>
    gatewayError === undefined
      ? `The connection brought no ${what}${closed ? " and was closed" : ""}.`
      : `API Gateway answers "${gatewayError}" in place of ${what}: the router fails, or may not be invoked. Its log says more.`;

  send(socket, {
    type: "hello",
    client: { name: "smoke", version: "1", locale: "en" },
  });
  const hello = await next("ready", "error");
  if (hello?.type === "error") return explain(hello);
  if (!hello) return silent("ready");
  send(socket, {
    type: "send",
    conversationId: crypto.randomUUID(),
    turnId: crypto.randomUUID(),
    text: "Please say hello.",
  });
  const ack = await next("ack", "error");
  if (ack?.type === "error") return explain(ack);
  if (!ack) return silent("ack");
  const end = await next("turn-end", "error");
  if (end?.type === "error") return explain(end);
  return end ? undefined : silent("answer");
}

const explain = ({ code, message, requestId }: ErrorFrame): string =>
  explainTurn(code, message, requestId);

const send = (socket: WebSocket, frame: object): void =>
  socket.send(JSON.stringify(frame));

/** Calls each model once, with the credentials of whoever runs this. Gives what is wrong. */
export async function probeModels(
  modelIds: readonly string[],
  region: string,
  client = new BedrockRuntimeClient({ region, maxAttempts: 1 }),
): Promise<string[]> {
  const findings = await Promise.all(
    modelIds.map(async (modelId) => {
      const abort = new AbortController();
      try {
        await client.send(
          new ConverseStreamCommand({
            modelId,
            messages: [{ role: "user", content: [{ text: "Hello" }] }],
            inferenceConfig: { maxTokens: 1 },
          }),
          { abortSignal: abort.signal },
        );
        return undefined;
      } catch (error) {
        const { name, message } = error as Error;
        return explainModel(modelId, region, name, message);
      } finally {
        abort.abort();
      }
    }),
  );
  client.destroy();
  return findings.filter((finding) => finding !== undefined);
}
