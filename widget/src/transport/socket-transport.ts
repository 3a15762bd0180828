/**
 * Carries frames over a WebSocket, by `reconnecting-websocket`. Each transport is one attempt of a fresh instance:
 *
 * - The address is a plain string: a provider of addresses that fails once would block an instance for ever. Tokens
 *   travel in `hello`.
 * - `maxRetries: 0`: an instance that has given up cannot be revived, retries whatever the close code says, and draws its
 *   jitter once per page. `chat/connection.ts` decides about retries instead, and makes another transport for each.
 * - `maxEnqueuedMessages: 0`: its queue has no bound and sends again without being asked. Ours is keyed by `turnId`.
 * - `connectionTimeout` is given, for its default of 4 s is less than a slow mobile network needs.
 */
import ReconnectingWebSocket from "reconnecting-websocket";
import { SUBPROTOCOL } from "../protocol.ts";
import type { Transport, TransportHandlers } from "./transport.ts";

export const CONNECTION_TIMEOUT_MS = 15_000;

export interface SocketTransportOptions {
  /** Default: the global one. */
  readonly WebSocket?: typeof WebSocket;
  readonly connectionTimeoutMs?: number;
}

/** A transport factory over WebSockets. */
export const socketTransport =
  (options: SocketTransportOptions = {}) =>
  (url: string, handlers: TransportHandlers): Transport =>
    new SocketTransport(url, handlers, options);

class SocketTransport implements Transport {
  readonly #handlers: TransportHandlers;
  readonly #socket: ReconnectingWebSocket;
  #ended = false;

  constructor(
    url: string,
    handlers: TransportHandlers,
    options: SocketTransportOptions,
  ) {
    this.#handlers = handlers;
    this.#socket = new ReconnectingWebSocket(url, SUBPROTOCOL, {
      WebSocket: this.#guarded(options.WebSocket ?? WebSocket),
      connectionTimeout: options.connectionTimeoutMs ?? CONNECTION_TIMEOUT_MS,
      maxRetries: 0,
      maxEnqueuedMessages: 0,
    });
    this.#socket.onopen = () => {
      if (!this.#ended) handlers.onOpen();
    };
    this.#socket.onmessage = ({ data }) => {
      if (!this.#ended && typeof data === "string") handlers.onMessage(data);
    };
    this.#socket.onclose = ({ code, reason }) => this.#end(code, reason);
  }

  send(text: string): void {
    if (!this.#ended) this.#socket.send(text);
  }

  close(): void {
    this.#ended = true;
    this.#socket.close();
  }

  #end(code: number, reason: string, fatal = false): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#handlers.onClose({ code, reason, fatal });
  }

  /** An address that the browser does not take makes the constructor throw, and nobody would ever hear of it. */
  #guarded(Socket: typeof WebSocket): object {
    const create = (url: string, protocols: string) => {
      try {
        return new Socket(url, protocols);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        queueMicrotask(() => this.#socket.close()); // It is about to start its timer.
        this.#end(
          1006,
          `The endpoint must be a WebSocket address that this page may use, got ${url}: ${why}`,
          true,
        );
        return Object.assign(new EventTarget(), { close() {}, readyState: 3 });
      }
    };
    // Called with `new`, a plain function may return another object in place of itself.
    return Object.assign(
      function (url: string, protocols: string) {
        return create(url, protocols);
      },
      { CLOSING: Socket.CLOSING },
    );
  }
}
