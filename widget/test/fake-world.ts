/** Time, network, storage and tabs of one imaginary browser. Time passes only in `advance`. */
import type {
  ChatStorage,
  Environment,
  EnvironmentChange,
} from "../src/chat/ports.ts";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly task: () => void;
}

/** Lets everything happen that waits for nothing but its turn. */
export const settle = (): Promise<void> =>
  new Promise((resolve) => setImmediate(resolve));

export class FakeWorld {
  time = Date.UTC(2026, 0, 1);
  online = true;
  /** What `random` gives: by default the upper half of every wait. */
  random: () => number = () => 0.5;
  readonly stored = new Map<string, string>();
  readonly #timers = new Set<Timer>();
  readonly #listeners = new Set<(change: EnvironmentChange) => void>();
  readonly #locks = new Map<string, Promise<unknown>>();
  readonly #channels = new Map<string, Set<(message: unknown) => void>>();
  #order = 0;
  #ids = 0;

  /** One tab of this browser. */
  environment(): Environment {
    return {
      origin: "https://shop.example",
      now: () => this.time,
      after: (ms, task) => this.after(ms, task),
      random: () => this.random(),
      newId: () => `id-${++this.#ids}`,
      isOnline: () => this.online,
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      lock: (name, task) => {
        const before = this.#locks.get(name) ?? Promise.resolve();
        const mine = before.then(task, task);
        this.#locks.set(
          name,
          mine.catch(() => {}),
        );
        return mine;
      },
      openChannel: (name, receive) => {
        const others = this.#channels.get(name) ?? new Set();
        this.#channels.set(name, others.add(receive));
        return {
          postMessage: (message) => {
            const copy: unknown = structuredClone(message);
            for (const other of others)
              if (other !== receive) this.after(0, () => other(copy));
          },
          close: () => void others.delete(receive),
        };
      },
    };
  }

  /** Storage that all tabs share, or that of one tab. */
  storage(
    shared = true,
    stored = shared ? this.stored : new Map(),
  ): ChatStorage {
    return {
      shared,
      get: (key) => stored.get(key) as string | undefined,
      set: (key, value) => void stored.set(key, value),
      remove: (key) => void stored.delete(key),
    };
  }

  readonly after = (ms: number, task: () => void): (() => void) => {
    const timer = { at: this.time + ms, order: this.#order++, task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** Something happens to the browser. */
  change(change: EnvironmentChange): void {
    if (change !== "visible") this.online = change === "online";
    for (const listener of [...this.#listeners]) listener(change);
  }

  /** Lets `ms` pass, and everything happen that is due meanwhile. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settle();
      const next = [...this.#timers]
        .filter(({ at }) => at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next) break;
      this.#timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.task();
    }
    this.time = end;
  }
}
