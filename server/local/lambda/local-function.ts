import { randomUUID } from "node:crypto";
import { FunctionThread } from "./function-thread.ts";
import type { InvokeOutcome } from "./function-thread.ts";

export interface FunctionConfig {
  readonly name: string;
  /** The module that exports the handler. */
  readonly entry: URL;
  /** Default `handler`. */
  readonly handler?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Reserved concurrency: invocations above it are throttled. Default: no bound. */
  readonly concurrency?: number;
  readonly asynchronous?: Partial<AsyncConfig>;
}

/** What Lambda does with an asynchronous invocation that fails or cannot run. */
export interface AsyncConfig {
  /** 0 to 2. */
  readonly retryAttempts: number;
  /** Events that could not run for longer are dropped. */
  readonly maxEventAgeMs: number;
  /** Waits before the first and the second retry. */
  readonly retryDelaysMs: readonly number[];
}

/** Lambda's own defaults. */
export const DEFAULT_ASYNC: AsyncConfig = {
  retryAttempts: 2,
  maxEventAgeMs: 6 * 60 * 60_000,
  retryDelaysMs: [60_000, 120_000],
};

/** All reserved concurrency is in use. */
export class ThrottledError extends Error {
  override readonly name = "TooManyRequestsException";
}

const MEMORY_MB = 1024;

/**
 * A function and the thread it runs in. Unlike Lambda, one thread serves concurrent invocations, so that a laptop need
 * not load the SDK once for each; a handler must not keep the state of an invocation in module scope anyway.
 */
export class LocalFunction {
  readonly config: FunctionConfig;
  readonly arn: string;
  readonly #onLog: (line: string) => void;
  readonly #threads = new Set<FunctionThread>();
  #current: FunctionThread | undefined;
  #running = 0;
  #nextId = 1;
  #closed = false;

  constructor(
    config: FunctionConfig,
    arn: string,
    onLog: (line: string) => void,
  ) {
    this.config = config;
    this.arn = arn;
    this.#onLog = onLog;
  }

  get isAtCapacity(): boolean {
    return this.#running >= (this.config.concurrency ?? Infinity);
  }

  /** Runs the handler. Rejects with `ThrottledError` only; a failure of the function is an outcome. */
  async invoke(
    payload: string,
    requestId: string = randomUUID(),
  ): Promise<InvokeOutcome> {
    if (this.isAtCapacity || this.#closed) {
      throw new ThrottledError("Rate Exceeded.");
    }
    this.#running += 1;
    try {
      return await this.#run(payload, requestId);
    } finally {
      this.#running -= 1;
    }
  }

  /** Ends the thread in the middle of whatever it does; the next invocation starts a new one. */
  async kill(): Promise<void> {
    this.#current = undefined;
    await Promise.all([...this.#threads].map((thread) => this.#end(thread)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.kill();
  }

  /** Starts the thread ahead of the first invocation. */
  warm(): void {
    this.#thread();
  }

  async #run(payload: string, requestId: string): Promise<InvokeOutcome> {
    const { timeoutMs } = this.config;
    const thread = this.#thread();
    // What loading the module takes does not count.
    await thread.started;
    const id = this.#nextId++;
    const timer = setTimeout(() => {
      const seconds = (timeoutMs / 1000).toFixed(2);
      thread.abandon(id, {
        errorType: "Sandbox.Timedout",
        errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
        trace: [],
      });
      this.#retire(thread);
    }, timeoutMs);
    const deadline = Date.now() + timeoutMs;
    try {
      return await thread.invoke({ id, requestId, payload, deadline });
    } finally {
      clearTimeout(timer);
      if (thread !== this.#current && thread.isIdle) void this.#end(thread);
    }
  }

  #thread(): FunctionThread {
    if (this.#current?.isAlive) return this.#current;
    if (this.#current) this.#threads.delete(this.#current);
    this.#current = new FunctionThread(
      {
        entry: this.config.entry.href,
        handler: this.config.handler ?? "handler",
        functionName: this.config.name,
        functionArn: this.arn,
        memoryMb: MEMORY_MB,
      },
      {
        AWS_LAMBDA_FUNCTION_NAME: this.config.name,
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MEMORY_MB),
        ...this.config.env,
      },
      this.#onLog,
    );
    this.#threads.add(this.#current);
    return this.#current;
  }

  /**
   * Lambda destroys the environment of a function that timed out. This one may serve others: it takes no new ones, and
   * ends with the last of them.
   */
  #retire(thread: FunctionThread): void {
    if (this.#current === thread) this.#current = undefined;
  }

  async #end(thread: FunctionThread): Promise<void> {
    this.#threads.delete(thread);
    await thread.terminate();
  }
}
