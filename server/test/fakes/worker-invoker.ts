import type { TurnKey, WorkerInvoker } from "../../src/chat/ports.ts";

/** Keeps the invocations; a test runs them when it likes, as Lambda does. */
export class QueueingInvoker implements WorkerInvoker {
  readonly queue: TurnKey[] = [];
  failure: Error | undefined;

  async start(key: TurnKey): Promise<void> {
    await Promise.resolve();
    if (this.failure) throw this.failure;
    this.queue.push(key);
  }
}
