import type { Clock } from "../../src/chat/ports.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Lets every promise that is ready run, however long its chain. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++)
    await new Promise((resolve) => setImmediate(resolve));
}

/** Time that moves only when a test says so. */
export class VirtualClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];

  constructor(now = Date.parse("2026-11-22T12:00:00.000Z")) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      // Whole milliseconds, as real clocks tell them.
      const at = this.#now + Math.ceil(Math.max(0, ms));
      const sleeper = { at, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener(
        "abort",
        () => {
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
          resolve();
        },
        { once: true },
      );
    });
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Moves time on, waking each sleeper at its own moment and letting what it does come to rest. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const next = this.#sleepers.reduce<Sleeper | undefined>(
        (first, sleeper) =>
          first === undefined || sleeper.at < first.at ? sleeper : first,
        undefined,
      );
      if (next === undefined || next.at > end) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await settled();
    }
    this.#now = end;
    await settled();
  }

  /** Moves time on until `promise` is settled, and gives its outcome; fails after `atMost` virtual milliseconds. */
  async until<T>(promise: Promise<T>, atMost = 3_600_000): Promise<T> {
    let open = true;
    const close = (): void => {
      open = false;
    };
    promise.then(close, close);
    await settled();
    const end = this.#now + atMost;
    while (open) {
      if (this.#now >= end) throw new Error(`Not settled after ${atMost} ms.`);
      await this.advance(50);
    }
    return promise;
  }
}
