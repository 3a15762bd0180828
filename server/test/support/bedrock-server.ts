import { json } from "node:stream/consumers";
import {
  type HttpResponse,
  resetResponse,
  startDualServer,
} from "../../local/bedrock/dual-server.ts";
import { encodeEvent, encodeFrame } from "../../local/bedrock/event-stream.ts";

/** One request, and the means to answer it byte by byte. */
export interface Exchange {
  readonly path: string;
  readonly body: unknown;
  readonly httpVersion: string;
  /** Resolves when the response is over, whoever ended it. */
  readonly closed: Promise<void>;
  /** Opens an event stream. */
  start(): void;
  write(...frames: readonly Uint8Array[]): void;
  end(): void;
  /** Breaks the stream off. */
  reset(): void;
  /** Answers with an error before any stream, as Bedrock words it. */
  refuse(status: number, name: string | undefined, message: string): void;
}

export interface BedrockServer {
  readonly endpoint: string;
  readonly exchanges: readonly Exchange[];
  readonly close: () => Promise<void>;
}

/** Speaks Bedrock's protocol over HTTP/1.1 and HTTP/2; `answer` decides what it says, frame by frame. */
export async function startBedrockServer(
  answer: (exchange: Exchange) => void | Promise<void>,
): Promise<BedrockServer> {
  const exchanges: Exchange[] = [];
  const { port, close } = await startDualServer((request, response) => {
    void json(request).then(async (body) => {
      const exchange = exchangeOf(
        request.url ?? "",
        body,
        request.httpVersion,
        response,
      );
      exchanges.push(exchange);
      await answer(exchange);
    });
  });
  return { endpoint: `http://127.0.0.1:${port}`, exchanges, close };
}

function exchangeOf(
  path: string,
  body: unknown,
  httpVersion: string,
  response: HttpResponse,
): Exchange {
  return {
    path,
    body,
    httpVersion,
    closed: new Promise((resolve) => response.once("close", resolve)),
    start() {
      response.statusCode = 200;
      response.setHeader("content-type", "application/vnd.amazon.eventstream");
    },
    write(...frames) {
      for (const frame of frames) response.write(frame);
    },
    end() {
      response.end();
    },
    reset() {
      resetResponse(response);
    },
    refuse(status, name, message) {
      response.statusCode = status;
      response.setHeader("content-type", "application/json");
      if (name)
        response.setHeader(
          "x-amzn-errortype",
          `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
        );
      response.end(JSON.stringify({ message }));
    },
  };
}

type Payload = Readonly<Record<string, unknown>>;
const event = (type: string, payload: Payload): Uint8Array =>
  encodeEvent(type, payload, 0.5);

export const messageStart = (): Uint8Array =>
  event("messageStart", { role: "assistant" });
export const blockDelta = (delta: Payload): Uint8Array =>
  event("contentBlockDelta", { contentBlockIndex: 0, delta });
export const textDelta = (text: string): Uint8Array => blockDelta({ text });
export const toolStart = (toolUseId: string, name: string): Uint8Array =>
  event("contentBlockStart", {
    contentBlockIndex: 1,
    start: { toolUse: { toolUseId, name } },
  });
export const blockStop = (): Uint8Array =>
  event("contentBlockStop", { contentBlockIndex: 0 });
export const messageStop = (stopReason = "end_turn"): Uint8Array =>
  event("messageStop", { stopReason });
export const metadata = (inputTokens = 12, outputTokens = 34): Uint8Array =>
  event("metadata", {
    metrics: { latencyMs: 7 },
    usage: {
      inputTokens,
      outputTokens,
      totalTokens: inputTokens + outputTokens,
    },
  });

/** `type` as it stands in the frame: `throttlingException`. */
export const streamException = (type: string, message: string): Uint8Array =>
  encodeFrame({
    headers: {
      ":exception-type": type,
      ":content-type": "application/json",
      ":message-type": "exception",
    },
    payload: { message },
  });

/** A whole answer of these pieces. */
export const wholeAnswer = (...pieces: readonly string[]): Uint8Array[] => [
  messageStart(),
  ...pieces.map(textDelta),
  blockStop(),
  messageStop(),
  metadata(),
];
