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
  (url: string, handlers: TransportHandlers): Transport => {
    let ended = false;
    const end = (code: number, reason: string, fatal = false): void => {
      if (ended) return;
      ended = true;
      handlers.onClose({ code, reason, fatal });
    };
    const socket = new ReconnectingWebSocket(url, SUBPROTOCOL, {
      WebSocket: new Proxy(options.WebSocket ?? WebSocket, {
        // An address that the browser does not take makes the constructor throw, and nobody would ever hear of it.
        construct(Socket, args: [string, string]) {
          let got = "nothing";
          try {
            if (url) return new Socket(...args); // An empty address would be the page's own.
          } catch (cause) {
            got = `${url}: ${cause instanceof Error ? cause.message : String(cause)}`;
          }
          queueMicrotask(() => socket.close()); // It is about to start its timer.
          end(
            1006,
            `The endpoint must be a WebSocket address that this page may use, got ${got}`,
            true,
          );
          const dead = { close() {}, readyState: 3 };
          return Object.assign(new EventTarget(), dead);
        },
      }),
      connectionTimeout: options.connectionTimeoutMs ?? CONNECTION_TIMEOUT_MS,
      maxRetries: 0,
      maxEnqueuedMessages: 0,
    });
    socket.onopen = () => {
      if (!ended) handlers.onOpen();
    };
    socket.onmessage = ({ data }) => {
      if (!ended && typeof data === "string") handlers.onMessage(data);
    };
    socket.onclose = ({ code, reason }) => end(code, reason);
    return {
      send(text) {
        if (!ended) socket.send(text);
      },
      close() {
        ended = true;
        socket.close();
      },
    };
  };
