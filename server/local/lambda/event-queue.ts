import type { AsyncConfig, LocalFunction } from "./local-function.ts";
import { DEFAULT_ASYNC, ThrottledError } from "./local-function.ts";

/** Lambda delivers an event at least once; this says how much more often. */
export interface QueueFaults {
  /** Milliseconds after which the same event is delivered again, one entry per repetition. */
  redeliveries?(functionName: string, payload: string): readonly number[];
}

export interface QueueObserver {
  /** An event is given up: too old, or its last attempt failed. */
  dropped(functionName: string, reason: string): void;
}

interface QueuedEvent {
  readonly payload: string;
  readonly requestId: string;
  readonly receivedAt: number;
  readonly attempt: number;
}

const THROTTLE_RETRY_MS = 50;
const MAX_THROTTLE_RETRY_MS = 5_000;

/** The queue of a function's asynchronous invocations. */
export class EventQueue {
  readonly #function: LocalFunction;
  readonly #config: AsyncConfig;
  readonly #faults: () => QueueFaults;
  readonly #observer: QueueObserver;
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(
    target: LocalFunction,
    faults: () => QueueFaults,
    observer: QueueObserver,
  ) {
    this.#function = target;
    this.#config = { ...DEFAULT_ASYNC, ...target.config.asynchronous };
    this.#faults = faults;
    this.#observer = observer;
  }

  push(payload: string, requestId: string): void {
    const event = { payload, requestId, receivedAt: Date.now(), attempt: 0 };
    void this.#deliver(event);
    const again =
      this.#faults().redeliveries?.(this.#function.config.name, payload) ?? [];
    for (const delay of again) this.#later(delay, event);
  }

  /** Waiting events are lost. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async #deliver(event: QueuedEvent, throttles = 0): Promise<void> {
    if (this.#closed) return;
    const age = Date.now() - event.receivedAt;
    if (age > this.#config.maxEventAgeMs) {
      this.#drop(`it could not run within ${this.#config.maxEventAgeMs} ms`);
      return;
    }
    try {
      const outcome = await this.#function.invoke(
        event.payload,
        event.requestId,
      );
      if (!outcome.ok) this.#retry(event, outcome.error.errorMessage);
    } catch (error) {
      if (!(error instanceof ThrottledError)) throw error;
      const wait = THROTTLE_RETRY_MS * 2 ** throttles;
      this.#later(Math.min(wait, MAX_THROTTLE_RETRY_MS), event, throttles + 1);
    }
  }

  #retry(event: QueuedEvent, reason: string): void {
    if (this.#closed) return;
    const { retryAttempts, retryDelaysMs } = this.#config;
    if (event.attempt >= retryAttempts) {
      this.#drop(reason);
      return;
    }
    const delay = retryDelaysMs[event.attempt] ?? retryDelaysMs.at(-1) ?? 0;
    this.#later(delay, { ...event, attempt: event.attempt + 1 });
  }

  #later(delayMs: number, event: QueuedEvent, throttles = 0): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#deliver(event, throttles);
    }, delayMs);
    this.#timers.add(timer);
  }

  #drop(reason: string): void {
    this.#observer.dropped(this.#function.config.name, reason);
  }
}
