/**
 * Sees every question through to its end on an unreliable connection: sends one after the other, sends again until it
 * is acknowledged, and asks for the frames of a running answer whenever they stay away. Whatever it sends may be sent
 * twice without harm: `turnId` makes questions unique, `seq` frames.
 */
import type {
  ErrorFrame,
  ResumeFrame,
  SendFrame,
  StopFrame,
  TurnError,
} from "../protocol.ts";
import { backoff } from "./backoff.ts";
import { hasEnded, turnError, type ChatTurn } from "./model.ts";
import type { SessionPort } from "./ports.ts";
import { sendFrame } from "./question.ts";
import { findTurn } from "./state.ts";
import type { TurnMessage } from "./tabs.ts";

/** A question without `ack` is sent again. */
export const ACK_TIMEOUT_MS = 10_000;
/** A running turn that says nothing for so long is resumed. */
export const SILENCE_MS = 30_000;
/** The same when an answer to `resume` or `stop` is due. */
export const REPLY_TIMEOUT_MS = 5_000;
/** Repeats on one connection before it is taken for dead. */
export const MAX_REPEATS = 3;
/** Sendings of one question before it is given up. */
export const MAX_SENDINGS = 9;

export interface DeliveryPort extends SessionPort {
  /** The connection does not answer. */
  restart(): void;
  /** The server wants another `hello`. */
  renew(): void;
  /** The conversation is not this visitor's. */
  loseConversation(): void;
  /** Dispatches, and tells the other tabs. */
  share(event: TurnMessage): void;
}

interface Watch {
  readonly running: boolean;
  /** What was sent last for this turn on this connection. */
  sent?: "send" | "resume" | "stop";
  repeats: number;
  cancel: () => void;
}

export class Delivery {
  readonly #port: DeliveryPort;
  readonly #watches = new Map<string, Watch>();
  /** How often each question was sent, over all connections. */
  readonly #sendings = new Map<string, number>();
  /** Turns for which another conversation was begun: once is enough. */
  readonly #movedFor = new Set<string>();
  /** Accepted turns that the server has once said it does not know. */
  readonly #doubted = new Set<string>();

  constructor(port: DeliveryPort) {
    this.#port = port;
  }

  /** The connection is gone: nothing is answered any more. */
  lost(): void {
    for (const watch of this.#watches.values()) watch.cancel();
    this.#watches.clear();
  }

  /**
   * Does what the state calls for. To be called after every change while the connection is ready. While a page of history
   * `isLoading`, only a turn that surely runs is resumed, the `activeTurn`: the answer to a `resume` can be a `history`
   * frame, and nothing would tell the two apart.
   */
  pump(isLoading: boolean, activeTurn: string | undefined): void {
    const { turns } = this.#port.getState();
    const open = turns.filter(
      (turn) => !hasEnded(turn) && turn.status !== "failed",
    );
    for (const turnId of this.#watches.keys())
      if (!open.some((turn) => turn.turnId === turnId)) this.#unwatch(turnId);
    const running = open.filter((turn) => turn.accepted);
    for (const turn of running)
      this.#follow(turn, !isLoading || turn.turnId === activeTurn);
    const [next] = open;
    if (next && running.length === 0 && !activeTurn) this.#ask(next);
  }

  /** A frame of this turn came on this connection, so the server sends them here. */
  heard(turnId: string): void {
    const turn = findTurn(this.#port.getState(), turnId);
    if (!turn?.accepted || hasEnded(turn)) return;
    const watch = this.#watch(turn);
    this.#doubted.delete(turnId);
    if (turn.gap || turn.stopping) return; // Its answer is still due.
    watch.repeats = 0;
    delete watch.sent;
    this.#arm(turnId, watch, SILENCE_MS);
  }

  /** The gateway failed to deliver some frame: everything that is due is sent again soon. */
  hurry(): void {
    const { environment } = this.#port;
    for (const [turnId, watch] of this.#watches) {
      const wait = backoff(watch.repeats + 1, environment);
      this.#arm(turnId, watch, wait);
    }
  }

  /** An error about this turn that does not end it. Says whether nobody else will tell of it. */
  refused(error: ErrorFrame & { readonly turnId: string }): boolean {
    const { code, turnId, retryable } = error;
    const { environment, dispatch, getState } = this.#port;
    const turn = findTurn(getState(), turnId);
    const watch = this.#watches.get(turnId);
    if (!turn || hasEnded(turn) || !watch) return true;
    const again = (wait: number) => {
      delete watch.sent;
      watch.repeats++;
      dispatch({ type: "waiting", turnId });
      this.#arm(turnId, watch, wait);
      return false;
    };
    const soon = () => backoff(watch.repeats + 2, environment);
    if (code === "not_ready") {
      this.#port.renew();
      return again(ACK_TIMEOUT_MS);
    }
    if (turn.accepted) {
      // Perhaps it answers a frame that the server met before the question.
      const isDoubtful = code === "not_found" && !this.#doubted.has(turnId);
      if (isDoubtful) this.#doubted.add(turnId);
      if (retryable || isDoubtful) return again(soon());
    } else if (code === "busy") {
      this.#sendings.delete(turnId);
      this.#port.load("recent"); // A turn runs that is not known here.
      return again(soon());
    } else if (code === "not_found" && watch.sent === "stop") {
      // Another tab that has the question must not ask it later.
      this.#port.share({ type: "removed", turnId });
      return false;
    } else if (code === "not_found" && !this.#movedFor.has(turnId)) {
      this.#movedFor.add(turnId);
      this.#port.loseConversation();
      return false;
    } else if (code === "internal" && watch.repeats < MAX_REPEATS) {
      return again(soon());
    }
    this.#fail(turnId, error);
    return false;
  }

  #fail(turnId: string, error: TurnError): void {
    this.#unwatch(turnId);
    this.#sendings.delete(turnId);
    const { dispatch, environment } = this.#port;
    const kept = turnError(error, environment.now());
    dispatch({ type: "failed", turnId, error: kept });
  }

  #unwatch(turnId: string): void {
    this.#watches.get(turnId)?.cancel();
    this.#watches.delete(turnId);
  }

  /** The watch of a turn; a new one when it was not watched, or only as a question. */
  #watch(turn: ChatTurn): Watch {
    const known = this.#watches.get(turn.turnId);
    if (known?.running === turn.accepted) return known;
    known?.cancel();
    const watch = { running: turn.accepted, repeats: 0, cancel: () => {} };
    this.#watches.set(turn.turnId, watch);
    return watch;
  }

  #arm(turnId: string, watch: Watch, wait: number): void {
    watch.cancel();
    watch.cancel = this.#port.environment.after(wait, () => {
      if (watch.sent && ++watch.repeats > MAX_REPEATS)
        return this.#port.restart();
      const turn = findTurn(this.#port.getState(), turnId);
      if (turn) this.#act(turn, watch);
    });
  }

  /** A running turn: its frames must come, and a wanted stop must go out. */
  #follow(turn: ChatTurn, mayResume: boolean): void {
    const { turnId, stopping, gap } = turn;
    const before = this.#watches.get(turnId);
    const isNew = !before?.running;
    // Whoever has asked receives the answer.
    const isStrange = isNew && before?.sent !== "send";
    if (isStrange && !stopping && !mayResume) return;
    const watch = this.#watch(turn);
    const due = stopping ? "stop" : gap || isStrange ? "resume" : undefined;
    if (due && watch.sent !== due) this.#act(turn, watch);
    else if (!due && isNew) this.#arm(turnId, watch, SILENCE_MS);
  }

  #ask(turn: ChatTurn): void {
    if (this.#watches.has(turn.turnId)) return;
    const watch = this.#watch(turn);
    if (turn.elsewhere) this.#arm(turn.turnId, watch, SILENCE_MS);
    else this.#act(turn, watch);
  }

  /** Sends what the turn needs now, and comes back when that is not answered. */
  #act(turn: ChatTurn, watch: Watch): void {
    const { turnId, stopping, accepted, lastSeq } = turn;
    const { conversationId } = this.#port.getState();
    const sendings = this.#sendings.get(turnId) ?? 0;
    const send = (
      frame: SendFrame | ResumeFrame | StopFrame,
      timeout = REPLY_TIMEOUT_MS,
    ) => {
      this.#port.send(frame);
      watch.sent = frame.type;
      this.#arm(turnId, watch, timeout);
    };
    if (stopping && (accepted || sendings > 0))
      return send({ type: "stop", conversationId, turnId });
    if (accepted)
      return send({ type: "resume", conversationId, turnId, lastSeq });
    if (sendings >= MAX_SENDINGS) return this.#fail(turnId, UNANSWERED);
    this.#sendings.set(turnId, sendings + 1);
    send(sendFrame(conversationId, turn), ACK_TIMEOUT_MS);
    this.#port.dispatch({ type: "sent", turnId });
  }
}

const UNANSWERED: TurnError = {
  code: "timeout",
  message: "The chat server did not answer. Please try again.",
  retryable: true,
  requestId: "local",
};
