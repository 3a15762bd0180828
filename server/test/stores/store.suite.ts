/** What every store must do: one suite, run against each implementation of the port. */
import type { Store } from "../../src/chat/ports.ts";
import { connectionTests } from "./connections.suite.ts";
import { conversationTests } from "./conversations.suite.ts";
import { frameTests } from "./frames.suite.ts";
import { turnTests } from "./turns.suite.ts";

export interface TestStore {
  readonly store: Store;
  readonly close?: () => Promise<void>;
}

/** Time that a test moves by hand; sleeping takes none. */
export class TestClock {
  #now = Date.parse("2026-11-22T12:00:00.123Z");

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  sleep(): Promise<void> {
    return Promise.resolve();
  }
}

export const RETENTION_MS = 30 * 24 * 3_600_000;

/** Runs a test with a store of its own. */
export type WithStore = (
  test: (store: Store, clock: TestClock) => Promise<void>,
) => () => Promise<void>;

/** `start` gives an empty store on the clock, with {@link RETENTION_MS}. */
export function storeSuite(
  start: (clock: TestClock) => Promise<TestStore>,
): void {
  const withStore: WithStore = (test) => async () => {
    const clock = new TestClock();
    const { store, close } = await start(clock);
    try {
      await test(store, clock);
    } finally {
      await close?.();
    }
  };
  connectionTests(withStore);
  conversationTests(withStore);
  turnTests(withStore);
  frameTests(withStore);
}
