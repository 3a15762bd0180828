/** Asks for pages of the transcript, one at a time: replies do not say which request they answer. */
import type { ErrorFrame, HistoryFrame } from "../protocol.ts";
import { MAX_HISTORY_LIMIT } from "../protocol.ts";
import { backoff } from "./backoff.ts";
import { receiveHistory, requestHistory } from "./history.ts";
import { withoutRequest, type HistoryRequest } from "./model.ts";
import type { SessionPort } from "./ports.ts";

/** A request without a complete reply is sent again. */
export const HISTORY_TIMEOUT_MS = 10_000;
/** Requests in a row after which the chat goes on without, for a while. */
export const MAX_TRIES = 3;
const LONGEST_WAIT_MS = 60_000;

type Kind = HistoryRequest["kind"];

export class HistoryLoader {
  readonly #port: SessionPort;
  readonly #wanted: Set<Kind>;
  /** How often each stale turn was asked for: one that no page brings is let be. */
  readonly #staleTries = new Map<string, number>();
  #tries = 0;
  #waiting = false;
  #cancel = () => {};

  constructor(port: SessionPort, wanted: Set<Kind>) {
    this.#port = port;
    this.#wanted = wanted;
  }

  /** A page is on its way, or about to be asked for. */
  get isBusy(): boolean {
    return this.#waiting || this.#wanted.size > 0;
  }

  /** The connection is gone, or the conversation is another one. */
  clear(): void {
    this.#end();
    this.#tries = 0;
    this.#wanted.clear();
  }

  /** The gateway failed to deliver some frame. */
  hurry(): void {
    if (this.#waiting) this.#retry();
  }

  /** Whether `error`, which names no turn, may be the answer to the request; then it is dealt with. */
  refused(error: ErrorFrame): boolean {
    if (!this.#waiting) return false;
    if (error.retryable) this.#retry(error.retryAfterMs);
    else this.#giveUp();
    return error.retryable || error.code === "not_found";
  }

  receive(frame: HistoryFrame): void {
    const { getState, dispatch } = this.#port;
    const state = getState();
    const { turns, history } = receiveHistory(state, frame);
    if (history !== state.history || turns !== state.turns)
      dispatch({ type: "history", turns, history });
  }

  /** To be called after every change while the connection is ready. */
  pump(): void {
    const { history } = this.#port.getState();
    if (this.#waiting && !history.loading) {
      this.#end();
      this.#tries = 0;
    }
    if (this.#waiting) return;
    const limit = this.#staleLimit();
    if (limit) this.#wanted.add("recent");
    const kind = (["newest", "recent", "older"] as const).find((each) =>
      this.#wanted.has(each),
    );
    if (!kind) return;
    this.#wanted.delete(kind);
    if (kind === "newest") this.#wanted.delete("recent");
    if (kind === "older" && history.complete) return;
    this.#request(kind, limit ?? 2);
  }

  /** How many turns from the end a page must hold to bring every turn whose text is unknown or wrong. */
  #staleLimit(): number | undefined {
    const { turns } = this.#port.getState();
    const index = turns.findIndex(
      ({ stale, turnId }) =>
        stale && (this.#staleTries.get(turnId) ?? 0) < MAX_TRIES,
    );
    const turn = turns[index];
    if (!turn) return undefined;
    const { turnId } = turn;
    this.#staleTries.set(turnId, (this.#staleTries.get(turnId) ?? 0) + 1);
    return Math.min(MAX_HISTORY_LIMIT, turns.length - index + 1);
  }

  #request(kind: Kind, limit: number): void {
    const state = this.#port.getState();
    const { conversationId } = state;
    this.#waiting = true;
    this.#port.send({
      type: "history",
      conversationId,
      limit: kind === "recent" ? limit : undefined,
      before: kind === "older" ? state.history.before : undefined,
    });
    this.#arm(HISTORY_TIMEOUT_MS);
    const history = requestHistory(state, kind);
    this.#port.dispatch({ type: "history", history });
  }

  #arm(wait: number): void {
    this.#cancel();
    this.#cancel = this.#port.environment.after(wait, () => this.#again());
  }

  #retry(atLeast = 0): void {
    const { environment } = this.#port;
    const wait = backoff(this.#tries + 1, environment);
    this.#arm(Math.max(atLeast, wait));
  }

  #again(): void {
    const kind = this.#port.getState().history.request?.kind;
    this.#tries++;
    this.#end();
    if (!kind) return;
    if (this.#tries < MAX_TRIES) this.#wanted.add(kind);
    // Older turns are asked for by the visitor, the others must come some day.
    else if (kind !== "older") this.#wantLater(kind);
    this.#dropRequest();
  }

  #wantLater(kind: Kind): void {
    const { environment } = this.#port;
    const wait = backoff(this.#tries, environment, LONGEST_WAIT_MS);
    this.#cancel = environment.after(wait, () => {
      this.#wanted.add(kind);
      this.pump();
    });
  }

  #giveUp(): void {
    this.#tries = 0;
    this.#end();
    this.#dropRequest();
  }

  #dropRequest(): void {
    const { dispatch, getState } = this.#port;
    dispatch({ type: "history", history: withoutRequest(getState().history) });
  }

  #end(): void {
    this.#cancel();
    this.#waiting = false;
  }
}
