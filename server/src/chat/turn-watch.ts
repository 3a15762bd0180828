import type { Timing } from "./limits.ts";
import type { Clock, Store, Turn } from "./ports.ts";
import type { Interruption } from "./turn-outcome.ts";

export interface TurnWatchOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timing: Timing;
  /** The turn as it was taken. */
  readonly turn: Turn;
  /** When the function will be killed. */
  readonly deadline: number;
  /** Whether anybody follows the turn. */
  readonly isWatched: () => boolean;
  /** Is given the running turn each time that it was looked at. */
  readonly onSeen: (turn: Turn) => void;
  readonly onInterruption: (interruption: Interruption) => void;
  /** The store did not answer a look; the next one is near. */
  readonly onBlind: (error: unknown) => void;
}

/** Looks after a running turn: its lease, a stop, its audience, the worker's time. */
export class TurnWatch {
  readonly #options: TurnWatchOptions;
  readonly #over = new AbortController();
  #leaseUntil: number;
  #renewAt: number;
  #watchedAt: number;

  constructor(options: TurnWatchOptions) {
    const { clock, timing, turn } = options;
    this.#options = options;
    this.#leaseUntil = turn.leaseUntil ?? 0;
    this.#renewAt = clock.now() + timing.renewEveryMs;
    this.#watchedAt = clock.now();
  }

  /** As long as it is so, nobody else ends the turn. */
  get holdsLease(): boolean {
    return this.#options.clock.now() < this.#leaseUntil;
  }

  /** Watches until {@link end}. */
  async run(): Promise<void> {
    await Promise.all([this.#poll(), this.#waitForDeadline()]);
  }

  end(): void {
    this.#over.abort();
  }

  async #poll(): Promise<void> {
    const { clock, timing, onBlind } = this.#options;
    const { signal } = this.#over;
    for (;;) {
      await clock.sleep(timing.pollEveryMs, signal);
      if (signal.aborted) return;
      this.#checkAudience();
      try {
        await this.#look();
      } catch (error) {
        onBlind(error);
      }
    }
  }

  #checkAudience(): void {
    const { clock, timing, isWatched, onInterruption } = this.#options;
    const now = clock.now();
    if (isWatched()) this.#watchedAt = now;
    else if (now - this.#watchedAt >= timing.unwatchedMs)
      onInterruption("unwatched");
  }

  /** Reads the turn, and renews its lease when it is time: a write costs more. */
  async #look(): Promise<void> {
    const { store, clock, timing, turn, onSeen, onInterruption } =
      this.#options;
    const now = clock.now();
    const isDue = now >= this.#renewAt;
    const leaseUntil = now + timing.runLeaseMs;
    const seen = isDue
      ? await store.renewLease(turn, leaseUntil)
      : await store.getTurn(turn);
    if (this.#over.signal.aborted) return;
    if (seen?.state !== "running") {
      onInterruption("lost");
      return;
    }
    if (isDue) {
      this.#leaseUntil = leaseUntil;
      this.#renewAt = now + timing.renewEveryMs;
    }
    if (seen.stopRequestedAt !== undefined) onInterruption("stopped");
    onSeen(seen);
  }

  async #waitForDeadline(): Promise<void> {
    const { clock, timing, deadline, onInterruption } = this.#options;
    const { signal } = this.#over;
    await clock.sleep(deadline - timing.endReserveMs - clock.now(), signal);
    if (!signal.aborted) onInterruption("timeout");
  }
}
