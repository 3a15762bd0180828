/** What was said before: fetches what loads it once there is something to load, and until then knows what is wanted. */
import type { ErrorFrame, HistoryFrame } from "../protocol.ts";
import { backoff } from "./backoff.ts";
import type { HistoryLoader } from "./history-loader.ts";
import type { HistoryRequest } from "./model.ts";
import type { SessionPort } from "./ports.ts";
import type { Past } from "./session-options.ts";

const LONGEST_WAIT_MS = 60_000;

export interface LateHistoryPort extends SessionPort {
  loadPast(): Promise<Past>;
}

export class LateHistory {
  readonly #port: LateHistoryPort;
  readonly #wanted = new Set<HistoryRequest["kind"]>();
  #loader: HistoryLoader | undefined;
  #fetching = false;
  #failures = 0;
  /** Ends the wait after a fetch that has failed. */
  #cancel: (() => void) | undefined;

  constructor(port: LateHistoryPort) {
    this.#port = port;
  }

  /** A page is on its way, or about to be asked for. */
  get isBusy(): boolean {
    return this.#loader?.isBusy ?? this.#fetching;
  }

  want(kind: HistoryRequest["kind"]): void {
    this.#wanted.add(kind);
  }

  /** The connection is gone, or the conversation is another one. */
  clear(): void {
    this.#wanted.clear();
    this.#loader?.clear();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** The gateway failed to deliver some frame. */
  hurry(): void {
    this.#loader?.hurry();
  }

  /** Whether `error`, which names no turn, may be the answer to a request; then it is dealt with. */
  refused(error: ErrorFrame): boolean {
    return this.#loader?.refused(error) ?? false;
  }

  /** Nobody has asked for a frame that comes before its reader: it answers a `resume`, and so would the newest page. */
  receive(frame: HistoryFrame): void {
    if (this.#loader) this.#loader.receive(frame);
    else this.want("newest");
  }

  /** To be called after every change while the connection is ready. */
  pump(): void {
    if (this.#loader) return this.#loader.pump();
    const { history, turns } = this.#port.getState();
    if (turns.some(({ stale }) => stale)) this.want("recent");
    if (this.#wanted.size === 0 || this.#cancel) return;
    if (!history.loading) this.#show(true);
    void this.fetch();
  }

  /** Fetches what loads pages, which may be begun before the first one is wanted. What fails is tried again. */
  async fetch(): Promise<void> {
    if (this.#loader || this.#fetching) return;
    this.#fetching = true;
    const { environment, loadPast } = this.#port;
    try {
      const { HistoryLoader } = await loadPast();
      this.#loader = new HistoryLoader(this.#port, this.#wanted);
    } catch {
      const wait = backoff(++this.#failures, environment, LONGEST_WAIT_MS);
      if (this.#wanted.size > 0)
        this.#cancel = environment.after(wait, () => {
          this.#cancel = undefined;
          void this.fetch();
        });
    }
    this.#fetching = false;
    // The request is made now; or else the chat goes on without, for a while.
    this.#show(false);
  }

  #show(loading: boolean): void {
    const { dispatch, getState } = this.#port;
    dispatch({ type: "history", history: { ...getState().history, loading } });
  }
}
