/** Finds out whether a connection that looks open still is: by a `ping` that nothing answers. */
import type { Clock } from "./ports.ts";

/** Silence after which a `ping` is sent; API Gateway ends a connection after 10 silent minutes. */
export const HEARTBEAT_MS = 60_000;
/** Longest wait for any frame after a `ping`. */
export const PONG_TIMEOUT_MS = 10_000;
/** The same when there is reason to doubt: the phone has slept, or the network has changed. */
export const CHECK_TIMEOUT_MS = 4_000;

export class Heartbeat {
  readonly #clock: Clock;
  readonly #ping: () => void;
  readonly #dead: () => void;
  #running = false;
  #cancel = () => {};
  #waiting = false;

  constructor(clock: Clock, ping: () => void, dead: () => void) {
    this.#clock = clock;
    this.#ping = ping;
    this.#dead = dead;
  }

  run(running: boolean): void {
    this.#running = running;
    this.heard();
  }

  /** Any frame is a sign of life. */
  heard(): void {
    this.#cancel();
    this.#waiting = false;
    this.#cancel = this.#running
      ? this.#clock.after(HEARTBEAT_MS, () => this.check(PONG_TIMEOUT_MS))
      : () => {};
  }

  /** Asks at once, also when not running. */
  check(timeoutMs = CHECK_TIMEOUT_MS): void {
    if (this.#waiting) return;
    this.#cancel();
    this.#waiting = true;
    this.#cancel = this.#clock.after(timeoutMs, () => this.#dead());
    this.#ping();
  }
}
