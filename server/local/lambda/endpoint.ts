import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, readBody } from "../http.ts";
import { EventQueue } from "./event-queue.ts";
import type { QueueFaults } from "./event-queue.ts";
import type { InvokeOutcome } from "./function-thread.ts";
import type { FunctionConfig } from "./local-function.ts";
import { LocalFunction, ThrottledError } from "./local-function.ts";

export interface LambdaFaults extends QueueFaults {
  /** Answers `Invoke` with 429 before anything is queued. */
  throttles?(functionName: string, payload: string): boolean;
}

export interface LambdaOptions {
  /** Gets the endpoint's URL: functions that invoke others have it in their environment. */
  readonly functions: (url: string) => readonly FunctionConfig[];
  readonly faults?: LambdaFaults;
  /** A line that a function wrote. */
  onLog?(functionName: string, line: string): void;
  /** An invocation failed, or an event was given up. */
  onFailure?(functionName: string, reason: string): void;
}

export interface LambdaEndpoint {
  readonly url: string;
  /** May be changed while the endpoint runs. */
  faults: LambdaFaults;
  /** Invokes directly, as API Gateway does. Rejects when the function fails. */
  invoke(functionName: string, payload: string): Promise<string>;
  /** Starts a function's thread ahead of its first invocation. */
  warm(functionName: string): void;
  /** Ends a function's thread in the middle of its work. */
  kill(functionName: string): Promise<void>;
  close(): Promise<void>;
}

interface Served {
  readonly target: LocalFunction;
  readonly queue: EventQueue;
}

interface Answer {
  readonly status: number;
  readonly errorType?: string;
  readonly functionError?: boolean;
  readonly body?: string;
}

const ARN_PREFIX = "arn:aws:lambda:us-east-1:000000000000:function:";
const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const MAX_SYNC_BYTES = 6 * 1024 * 1024;
const MAX_ASYNC_BYTES = 1024 * 1024;

/** Serves `Invoke` for functions that run in threads of this process. */
export async function startLambdaEndpoint(
  options: LambdaOptions,
): Promise<LambdaEndpoint> {
  const server = createServer();
  const listening = await listen(server);
  const service = new LambdaService(options, listening.url);
  server.on("request", (request, response) => {
    void service.serve(request, response);
  });
  return {
    url: listening.url,
    get faults() {
      return service.faults;
    },
    set faults(faults) {
      service.faults = faults;
    },
    invoke: (name, payload) => service.invokeOrThrow(name, payload),
    warm: (name) => service.find(name).target.warm(),
    kill: (name) => service.find(name).target.kill(),
    close: async () => {
      await service.close();
      await listening.close();
    },
  };
}

class LambdaService {
  faults: LambdaFaults;
  readonly #functions: ReadonlyMap<string, Served>;
  readonly #onFailure: (functionName: string, reason: string) => void;
  #closed = false;

  constructor(options: LambdaOptions, url: string) {
    this.faults = options.faults ?? {};
    this.#onFailure = (name, reason) => {
      // What the end of the endpoint cuts off is no failure.
      if (!this.#closed) options.onFailure?.(name, reason);
    };
    this.#functions = new Map(
      options.functions(url).map((config) => {
        const target = new LocalFunction(
          config,
          ARN_PREFIX + config.name,
          (line) => options.onLog?.(config.name, line),
        );
        const queue = new EventQueue(target, () => this.faults, {
          dropped: (name, reason) =>
            this.#onFailure(name, `event dropped: ${reason}`),
        });
        return [config.name, { target, queue }];
      }),
    );
  }

  find(name: string): Served {
    const served = this.#functions.get(name);
    if (!served) throw new Error(`There is no function named ${name}.`);
    return served;
  }

  async invokeOrThrow(name: string, payload: string): Promise<string> {
    const outcome = await this.#invoke(this.find(name).target, payload);
    if (!outcome.ok) throw new Error(outcome.error.errorMessage);
    return outcome.payload;
  }

  async serve(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const requestId = randomUUID();
    const body = await readBody(request, MAX_SYNC_BYTES);
    if (body === "aborted") return;
    const answer = await this.#answer(request, body, requestId);
    const text = answer.body ?? "";
    response
      .writeHead(answer.status, {
        "Content-Type": "application/json",
        "x-amzn-RequestId": requestId,
        "Content-Length": Buffer.byteLength(text),
        ...(answer.status === 200 && { "X-Amz-Executed-Version": "$LATEST" }),
        ...(answer.functionError && { "X-Amz-Function-Error": "Unhandled" }),
        ...(answer.errorType && { "x-amzn-ErrorType": answer.errorType }),
      })
      .end(text);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { queue } of this.#functions.values()) queue.close();
    await Promise.all(
      [...this.#functions.values()].map(({ target }) => target.close()),
    );
  }

  async #answer(
    request: IncomingMessage,
    body: Buffer | "too-large",
    requestId: string,
  ): Promise<Answer> {
    if (!request.headers.authorization) {
      return refusal(
        403,
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
      );
    }
    const name = functionName(request.url ?? "/");
    const served = name === undefined ? undefined : this.#functions.get(name);
    if (request.method !== "POST" || name === undefined || !served) {
      return refusal(
        404,
        "ResourceNotFoundException",
        `Function not found: ${ARN_PREFIX}${name ?? ""}`,
      );
    }
    const type = request.headers["x-amz-invocation-type"] ?? "RequestResponse";
    const limit = type === "Event" ? MAX_ASYNC_BYTES : MAX_SYNC_BYTES;
    if (body === "too-large" || body.length > limit) {
      return refusal(
        413,
        "RequestTooLargeException",
        `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
      );
    }
    const payload = body.length === 0 ? "{}" : body.toString();
    if (!isJson(payload)) {
      return refusal(
        400,
        "InvalidRequestContentException",
        "Could not parse request body into json",
      );
    }
    if (this.faults.throttles?.(name, payload)) return throttled();
    if (type === "DryRun") return { status: 204 };
    if (type === "Event") {
      served.queue.push(payload, requestId);
      return { status: 202 };
    }
    return this.#respond(served.target, payload, requestId);
  }

  async #respond(
    target: LocalFunction,
    payload: string,
    requestId: string,
  ): Promise<Answer> {
    try {
      const outcome = await this.#invoke(target, payload, requestId);
      return outcome.ok
        ? { status: 200, body: outcome.payload }
        : {
            status: 200,
            functionError: true,
            body: JSON.stringify(outcome.error),
          };
    } catch (error) {
      if (error instanceof ThrottledError) return throttled();
      throw error;
    }
  }

  async #invoke(
    target: LocalFunction,
    payload: string,
    requestId?: string,
  ): Promise<InvokeOutcome> {
    const outcome = await target.invoke(payload, requestId);
    if (!outcome.ok) {
      this.#onFailure(target.config.name, outcome.error.errorMessage);
    }
    return outcome;
  }
}

function refusal(status: number, errorType: string, message: string): Answer {
  const body = JSON.stringify({ Type: "User", Message: message, message });
  return { status, errorType, body };
}

function throttled(): Answer {
  return refusal(429, "TooManyRequestsException", "Rate Exceeded.");
}

/** The name in a path that holds a name, a partial or a full ARN, with or without a qualifier. */
function functionName(url: string): string | undefined {
  const id = PATH.exec(url.split("?", 1)[0]!)?.[1];
  if (id === undefined) return undefined;
  // The SDK encodes colons; nothing else of a name or an ARN needs it.
  const parts = id.replaceAll(/%3a/gi, ":").split(":");
  const marker = parts.indexOf("function");
  return parts[marker + 1];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
