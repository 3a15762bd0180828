/** The local Bedrock Runtime: Converse and ConverseStream as the real service speaks them, with any model behind. */
import { CallLog, CallRecord } from "./call-record.ts";
import type { BedrockCall } from "./call-record.ts";
import { resetResponse, startDualServer } from "./dual-server.ts";
import type { HttpRequest, HttpResponse } from "./dual-server.ts";
import type { EndpointModel, EndpointRequest } from "./endpoint-model.ts";
import { BedrockException } from "./exceptions.ts";
import { sendException, sendJson, sendRaw } from "./responses.ts";
import { StreamAnswer } from "./stream-answer.ts";
import { checkBody, checkModelId, checkModelLimit } from "./validation.ts";
import { collectAnswer } from "./whole-answer.ts";

export interface BedrockEndpointOptions {
  readonly model: EndpointModel;
  /** Port on 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
  /** Called when a call has arrived; its `ended` says how it went. */
  readonly onRequest?: (call: BedrockCall) => void;
  /** Whether `calls` keeps what was asked; default true. A server that runs for days says false. */
  readonly record?: boolean;
  /** Most output tokens that a request may ask for; default: no limit. */
  readonly maxOutputTokens?: number;
  /** Draws the length of the padding, 0 to 1. */
  readonly random?: () => number;
  readonly now?: () => number;
}

export interface BedrockEndpoint {
  /** Without a path: what `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` is to hold. */
  readonly url: string;
  /** Every call so far, the refused ones too. */
  readonly calls: readonly BedrockCall[];
  /** The call with this index (0 is the first), as soon as it has arrived. */
  call(index: number): Promise<BedrockCall>;
  /** Ends running answers as a lost connection would, and resolves when all is closed. */
  close(): Promise<void>;
}

const PATH = /^\/model\/([^/]+)\/(converse|converse-stream)$/;
const MAX_BODY_BYTES = 25_000_000;

/** Starts the endpoint on 127.0.0.1. */
export async function startBedrockEndpoint(
  options: BedrockEndpointOptions,
): Promise<BedrockEndpoint> {
  const log = new CallLog();
  const now = options.now ?? Date.now;

  const handle = async (
    request: HttpRequest,
    response: HttpResponse,
  ): Promise<void> => {
    const [, encodedId, operation] =
      PATH.exec((request.url ?? "").split("?")[0] ?? "") ?? [];
    if (request.method !== "POST" || !encodedId || !operation)
      return sendUnknownOperation(response);
    const call = new CallRecord({
      operation: operation as BedrockCall["operation"],
      protocol: request.httpVersionMajor === 2 ? "h2" : "http/1.1",
      modelId: decodeURIComponent(encodedId),
      startedAt: now(),
    });
    const text = await readBody(request);
    call.body = parseJson(text) as CallRecord["body"];
    if (options.record ?? true) log.add(call);
    options.onRequest?.(call);
    await serve(call, response, { ...options, now });
  };

  const server = await startDualServer((request, response) => {
    handle(request, response).catch(() => resetResponse(response));
  }, options.port);
  return {
    url: `http://127.0.0.1:${server.port}`,
    calls: log.calls,
    call: (index) => log.at(index),
    close: server.close,
  };
}

type ServeOptions = BedrockEndpointOptions & { readonly now: () => number };

async function serve(
  call: CallRecord,
  response: HttpResponse,
  options: ServeOptions,
): Promise<void> {
  const closed = new AbortController();
  response.once("close", () => {
    if (!response.writableEnded) call.settle("client-closed");
    closed.abort();
  });
  try {
    checkModelId(call.modelId);
    const body = checkBody(call.body);
    checkModelLimit(body, options.maxOutputTokens ?? Infinity);
    const request = { modelId: call.modelId, body };
    if (call.operation === "converse")
      await answerWhole(call, request, response, closed.signal, options);
    else await answerStream(call, request, response, closed.signal, options);
  } catch (error) {
    const exception = asException(error);
    call.settle("refused", {
      name: exception.name,
      message: exception.message,
    });
    if (response.headersSent) resetResponse(response);
    else sendException(response, exception);
  } finally {
    call.end();
  }
}

async function answerStream(
  call: CallRecord,
  request: EndpointRequest,
  response: HttpResponse,
  closed: AbortSignal,
  { model, now, random = Math.random }: ServeOptions,
): Promise<void> {
  const answer = new StreamAnswer({
    response,
    call,
    request,
    random,
    now,
    closed,
  });
  for await (const event of model.generate(request, closed)) {
    if (event.type === "text") call.produced(event.text);
    if (closed.aborted || !(await answer.write(event))) return;
  }
  if (!closed.aborted) await answer.finish();
}

async function answerWhole(
  call: CallRecord,
  request: EndpointRequest,
  response: HttpResponse,
  signal: AbortSignal,
  { model, now }: ServeOptions,
): Promise<void> {
  const events = model.generate(request, signal);
  const answer = await collectAnswer(events, request, call, now);
  if (signal.aborted) return;
  if (answer.kind === "json") sendJson(response, 200, answer.body);
  else if (answer.kind === "raw") sendRaw(response, answer.raw);
  else {
    call.settle("cut");
    resetResponse(response);
  }
}

/** A model that throws is a fault of the service, as its callers see it. */
const asException = (error: unknown): BedrockException =>
  error instanceof BedrockException
    ? error
    : new BedrockException(
        "InternalServerException",
        error instanceof Error ? error.message : String(error),
      );

async function readBody(request: HttpRequest): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new Error(`A request of more than ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const sendUnknownOperation = (response: HttpResponse): void =>
  sendJson(
    response,
    404,
    '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException","message":null},"Version":"1.0"}',
    { "x-amzn-errortype": "UnknownOperationException" },
  );
