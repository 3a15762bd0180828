import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import type {
  FromThread,
  FunctionError,
  ThreadData,
  ToThread,
} from "./messages.ts";

export type InvokeOutcome =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly error: FunctionError };

interface Pending {
  readonly message: ToThread;
  readonly settle: (outcome: InvokeOutcome) => void;
}

/** One execution environment: a worker thread with the function's own environment variables. */
export class FunctionThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #gone: Promise<void>;
  /** Resolves when the module is loaded, or will never be. */
  readonly started: Promise<void>;
  #ready = false;
  #exited = false;
  /** Why the thread ended, when it said so. */
  #cause: FunctionError | undefined;

  constructor(
    data: ThreadData,
    env: Readonly<Record<string, string>>,
    onLog: (line: string) => void,
  ) {
    this.#worker = new Worker(new URL("./thread.ts", import.meta.url), {
      name: data.functionName,
      workerData: data,
      env: { ...env },
      stdout: true,
      stderr: true,
      // Flags of the process, such as those of a test runner, are none of the function's.
      execArgv: [],
    });
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      forwardLines(stream, onLog);
    }
    const { promise, resolve: start } = Promise.withResolvers<void>();
    this.started = promise;
    this.#worker.on("message", (message: FromThread) => {
      this.#hear(message);
      if (message.type === "ready") start();
    });
    this.#worker.on("error", (error: unknown) => {
      this.#cause ??= {
        errorType: "Runtime.UnhandledError",
        errorMessage: error instanceof Error ? error.message : String(error),
        trace: error instanceof Error ? (error.stack ?? "").split("\n") : [],
      };
    });
    this.#gone = new Promise((resolve) => {
      this.#worker.once("exit", (code) => {
        this.#exit(code);
        start();
        resolve();
      });
    });
  }

  get isAlive(): boolean {
    return !this.#exited;
  }

  get isIdle(): boolean {
    return this.#pending.size === 0;
  }

  /** Never rejects: a thread that ends fails what runs in it. */
  invoke(message: ToThread): Promise<InvokeOutcome> {
    return new Promise((resolve) => {
      const settle = (outcome: InvokeOutcome) => {
        this.#pending.delete(message.id);
        resolve(outcome);
      };
      this.#pending.set(message.id, { message, settle });
      if (this.#exited) this.#exit(0);
      else if (this.#ready) this.#worker.postMessage(message);
    });
  }

  /** Forgets an invocation; its handler may go on. */
  abandon(id: number, error: FunctionError): void {
    this.#pending.get(id)?.settle({ ok: false, error });
  }

  /** Ends the thread wherever it stands. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
    await this.#gone;
  }

  #hear(message: FromThread): void {
    switch (message.type) {
      case "ready":
        this.#ready = true;
        for (const pending of this.#pending.values()) {
          this.#worker.postMessage(pending.message);
        }
        return;
      case "init-failed":
        this.#cause = message.error;
        return;
      case "result":
        this.#pending.get(message.id)?.settle({
          ok: true,
          payload: message.payload,
        });
        return;
      case "failed":
        this.#pending.get(message.id)?.settle({
          ok: false,
          error: message.error,
        });
    }
  }

  #exit(code: number): void {
    this.#exited = true;
    for (const { message, settle } of [...this.#pending.values()]) {
      settle({
        ok: false,
        error: this.#cause ?? {
          errorType: "Runtime.ExitError",
          errorMessage: `RequestId: ${message.requestId} Error: Runtime exited with error: exit status ${code}`,
          trace: [],
        },
      });
    }
  }
}

function forwardLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on("line", onLine);
}
