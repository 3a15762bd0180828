/**
 * Keeps one usable connection: opens transports, says `hello`, waits for `ready`, finds out when a connection is dead,
 * and decides when to try again and when to give up.
 *
 *     closed ─▶ connecting ─▶ ready ─▶ reconnecting ─▶ ready …
 *                    └─────────┴────────────┴─▶ offline (until the browser is online) / failed (until connect() is called)
 */
import {
  readServerFrame,
  stringifyFrame,
  type ClientFrame,
  type ErrorFrame,
  type HelloFrame,
  type ReadyFrame,
  type ServerFrame,
} from "../protocol.ts";
import type {
  Transport,
  TransportClosed,
  TransportFactory,
} from "../transport/transport.ts";
import { backoff } from "./backoff.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { ChatFailure, ConnectionState } from "./model.ts";
import type { Environment } from "./ports.ts";

/** Failed attempts in a row before giving up: fewer when no handshake has ever succeeded, for then it is no bad moment. */
export const MAX_FIRST_ATTEMPTS = 5;
export const MAX_ATTEMPTS = 12;
/** Ends an attempt in which `ready` does not come. */
export const READY_TIMEOUT_MS = 10_000;
/** API Gateway ends every connection after 2 hours. */
export const PLANNED_RECONNECT_MS = 110 * 60_000;
/** API Gateway ends a connection after 10 idle minutes; an end after about that long is no fault. */
export const IDLE_END_MS = 9.5 * 60_000;

/** A new token that is refused so soon is no better than the one before: another one is not asked for. */
export const RENEWAL_MS = 30_000;

/** Protocol errors, refused data and violated policies: the next connection would end the same way. */
const FATAL_CLOSE_CODES: readonly number[] = [
  1002, 1003, 1007, 1008, 1009, 1010,
];

export interface Hello {
  readonly frame: HelloFrame;
  /** Called once `ready` is there, or will not come. */
  readonly release: () => void;
}

export interface ConnectionOptions {
  readonly endpoint: string;
  readonly environment: Environment;
  readonly createTransport: TransportFactory;
  /** What to say first. A rejection counts as a failed attempt. */
  readonly hello: () => Promise<Hello>;
  /** Whether something is under way that a planned reconnect would disturb. */
  readonly isBusy: () => boolean;
  readonly onState: (state: ConnectionState, failure?: ChatFailure) => void;
  readonly onReady: (frame: ReadyFrame) => void;
  /**
   * The sign-in has ended on a connection that was ready: what is due must be sent again after the next `ready`. `turnId`:
   * what was refused is about this turn.
   */
  readonly onRenewal: (turnId: string | undefined) => void;
  /** Every other frame, while the connection is ready. */
  readonly onFrame: (frame: ServerFrame) => void;
  /** The gateway could not deliver something, and does not say what. */
  readonly onGatewayError: () => void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #heartbeat: Heartbeat;
  readonly #unsubscribe: () => void;
  #state: ConnectionState = "closed";
  #transport: Transport | undefined;
  /** Changes with every attempt, so that late results of an earlier one are recognized. */
  #attempt = 0;
  #failures = 0;
  #wasReady = false;
  /** The last `hello` brought a token. */
  #hasToken = false;
  /** When a token was last refused that had to be replaced. */
  #renewedAt = -Infinity;
  /** Until a token is replaced, what is waited for; nothing but `hello` is sent meanwhile. */
  #renewal: "token" | "ready" | undefined;
  #panelOpen = false;
  #unhealable = false;
  /** Why the server did not take this attempt's `hello`, though it may take a later one. */
  #refusal: ChatFailure | undefined;
  #reconnectWhenIdle = false;
  /** Closed by the gateway for idleness, and not missed so far. */
  #resting = false;
  #lastHeard = 0;
  #release = () => {};
  #cancelTimer = () => {};
  #cancelPlanned = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#heartbeat = new Heartbeat(
      options.environment,
      () => this.send({ type: "ping" }),
      () => this.#lost(),
    );
    this.#unsubscribe = options.environment.subscribe((change) => {
      if (change !== "offline") this.#wake();
      else if (!this.#isOver) {
        this.#drop();
        this.#change("offline");
      }
    });
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  /** Nothing is done to be connected. */
  get #isOver(): boolean {
    return this.#state === "closed" || this.#state === "failed";
  }

  /** Begins to connect when closed, and again when failed; otherwise there is nothing to do. */
  connect(): void {
    if (!this.#isOver) return;
    this.#failures = 0;
    this.#renewedAt = -Infinity;
    this.#unhealable = false;
    this.#open();
  }

  disconnect(): void {
    this.#drop();
    this.#change("closed");
  }

  dispose(): void {
    this.#unsubscribe();
    this.disconnect();
  }

  /** Sends a frame when ready; says whether it did. What must arrive is sent until it is answered. */
  send(frame: ClientFrame): boolean {
    if (!this.isReady || (this.#renewal && frame.type !== "ping")) return false;
    this.#transport?.send(stringifyFrame(frame));
    return true;
  }

  /** Says `hello` again on the same connection. */
  renew(): void {
    if (this.isReady) void this.#sayHello(this.#attempt);
  }

  /** Gives this connection up, for it does not answer. */
  restart(): void {
    if (this.isReady) this.#lost();
  }

  setPanelOpen(open: boolean): void {
    this.#panelOpen = open;
    if (open && this.#resting) this.connect();
    this.#heartbeat.run(open && this.isReady);
  }

  /** To be called when something may have come to its end: a planned reconnect waits for that. */
  idle(): void {
    if (this.#reconnectWhenIdle && !this.#options.isBusy()) this.#open();
  }

  /** Says whether nobody who heard of it has decided otherwise. */
  #change(state: ConnectionState, failure?: ChatFailure): boolean {
    const attempt = this.#attempt;
    if (state !== this.#state || failure) {
      this.#state = state;
      this.#options.onState(state, failure);
    }
    return attempt === this.#attempt;
  }

  /** Lets go of the transport and of everything that waits for it. */
  #drop(): void {
    this.#attempt++;
    this.#resting = false;
    this.#renewal = this.#refusal = undefined;
    this.#transport?.close();
    this.#transport = undefined;
    this.#release();
    this.#reconnectWhenIdle = false;
    this.#cancelTimer();
    this.#cancelPlanned();
    this.#heartbeat.run(false);
  }

  #open(): void {
    const { environment, endpoint, createTransport } = this.#options;
    this.#drop();
    if (!environment.isOnline()) return void this.#change("offline");
    const attempt = this.#attempt;
    if (!this.#change(this.#wasReady ? "reconnecting" : "connecting")) return;
    const ifCurrent =
      <A extends unknown[]>(task: (...args: A) => void) =>
      (...args: A) => {
        if (attempt === this.#attempt) task(...args);
      };
    this.#transport = createTransport(endpoint, {
      onOpen: ifCurrent(() => void this.#sayHello(attempt)),
      onMessage: ifCurrent((text) => this.#receive(text)),
      onClose: ifCurrent((closed) => this.#lost(closed)),
    });
  }

  async #sayHello(attempt: number): Promise<void> {
    this.#release();
    this.#cancelTimer();
    this.#cancelTimer = this.#options.environment.after(READY_TIMEOUT_MS, () =>
      this.#lost(),
    );
    try {
      const { frame, release } = await this.#options.hello();
      if (attempt !== this.#attempt) return release();
      this.#release = release;
      this.#hasToken = frame.authToken !== undefined;
      if (this.#renewal) this.#renewal = "ready";
      this.#transport?.send(stringifyFrame(frame));
    } catch {
      if (attempt === this.#attempt) this.#lost();
    }
  }

  #receive(text: string): void {
    this.#lastHeard = this.#options.environment.now();
    this.#heartbeat.heard();
    const frame = readServerFrame(text);
    if (!frame) return; // Unknown frames belong to later versions, malformed ones to nobody.
    if (!("type" in frame)) {
      if (this.isReady) this.#options.onGatewayError();
      else this.#lost();
    } else if (frame.type === "ready") this.#ready(frame);
    else if (
      frame.type === "error" &&
      frame.code === "unauthorized" &&
      frame.seq === undefined
    )
      this.#unauthorized(frame);
    else if (frame.type === "error" && frame.turnId === undefined)
      this.#refused(frame);
    else if (this.isReady) this.#options.onFrame(frame);
  }

  #ready(frame: ReadyFrame): void {
    const { environment, onReady } = this.#options;
    this.#cancelTimer();
    this.#release();
    this.#failures = 0;
    this.#wasReady = true;
    this.#renewal = undefined;
    this.#cancelPlanned();
    this.#cancelPlanned = environment.after(PLANNED_RECONNECT_MS, () => {
      this.#reconnectWhenIdle = true;
      this.idle();
    });
    if (!this.#change("ready")) return;
    this.#heartbeat.run(this.#panelOpen);
    onReady(frame);
  }

  /** Replaces a token that is not good (any more), once. */
  #unauthorized({ code, message, turnId }: ErrorFrame): void {
    // What was sent before the sign-in was found to have ended: it is repeated in any case.
    if (this.#renewal === "token" || (this.#renewal && turnId)) return;
    const now = this.#options.environment.now();
    if (!this.#hasToken || now - this.#renewedAt < RENEWAL_MS)
      return this.#fail({ code, message }, true);
    this.#renewedAt = now;
    if (this.isReady) {
      this.#renewal = "token";
      this.#options.onRenewal(turnId);
    }
    void this.#sayHello(this.#attempt);
  }

  /** An error that names no turn: before `ready` it refuses the `hello`. */
  #refused(frame: ErrorFrame): void {
    const { code, message, retryable, retryAfterMs } = frame;
    if (code === "forbidden_origin") {
      this.#fail({ code, message }, true);
    } else if (this.isReady) {
      if (code === "not_ready") void this.#sayHello(this.#attempt);
      else this.#options.onFrame(frame);
    } else if (retryable) {
      this.#refusal = { code, message };
      this.#lost(undefined, retryAfterMs);
    } else {
      this.#fail({ code, message }, true);
    }
  }

  /** `closed`: how the transport ended, when it did not have to be given up. */
  #lost(closed?: TransportClosed, waitMs = 0): void {
    const { environment } = this.#options;
    const idleFor = environment.now() - this.#lastHeard;
    const wasReady = this.isReady;
    const refusal = this.#refusal;
    this.#drop();
    if (closed?.fatal)
      return this.#fail({ code: "bad_endpoint", message: closed.reason }, true);
    if (closed && FATAL_CLOSE_CODES.includes(closed.code)) {
      const why = `${closed.code} ${closed.reason}`.trim();
      const message = `The chat server ended the connection for good (${why}).`;
      return this.#fail({ code: "refused", message }, true);
    }
    if (!environment.isOnline()) return void this.#change("offline");
    const dispensable = !this.#panelOpen && !this.#options.isBusy();
    if (wasReady && dispensable && idleFor > IDLE_END_MS) {
      this.#resting = true;
      return void this.#change("closed");
    }
    this.#failures++;
    const bound = this.#wasReady ? MAX_ATTEMPTS : MAX_FIRST_ATTEMPTS;
    if (this.#failures >= bound)
      return this.#fail(refusal ?? this.#exhausted());
    if (!this.#change(this.#wasReady ? "reconnecting" : "connecting")) return;
    const delay = backoff(this.#failures, environment);
    this.#cancelTimer = environment.after(Math.max(delay, waitMs), () =>
      this.#open(),
    );
  }

  #exhausted(): ChatFailure {
    const { endpoint, environment } = this.#options;
    if (this.#wasReady)
      return {
        code: "unreachable",
        message: `The chat server at ${endpoint} could not be reached again.`,
      };
    const origin = environment.origin ?? "of this page";
    return {
      code: "handshake_failed",
      message: `The chat server at ${endpoint} refused or did not answer ${MAX_FIRST_ATTEMPTS} handshakes. If the address is right, add the origin ${origin} to allowedOrigins.`,
    };
  }

  #fail(failure: ChatFailure, unhealable = false): void {
    this.#drop();
    this.#unhealable = unhealable;
    this.#change("failed", failure);
  }

  /** The network is back, or the visitor is: what was waiting waits no longer, and what looks open must prove it. */
  #wake(): void {
    if (this.isReady) return this.#heartbeat.check();
    const waiting = !this.#transport && this.#state !== "closed";
    if (!waiting || this.#unhealable) return;
    if (this.#state !== "reconnecting" && this.#state !== "connecting")
      this.#failures = 0;
    this.#open();
  }
}
