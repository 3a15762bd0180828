/**
 * The port between the chat and whatever carries its frames. One transport is one connection: it is opened once, ends
 * once, and is never used again. Whoever wants another connection makes another transport, so that nothing of a broken
 * one can outlive it. When to connect again is decided in `chat/connection.ts`, nowhere else.
 */
export interface Transport {
  /** Sends one text frame. Dropped silently when the connection is not open: what must arrive is sent until answered. */
  send(text: string): void;
  /** Ends the connection, also one that is still being opened. No handler is called afterwards. */
  close(): void;
}

/** Why a connection ended. */
export interface TransportClosed {
  /** A WebSocket close code; 1006 when there was no closing handshake. */
  readonly code: number;
  readonly reason: string;
  /** Connecting again cannot help: the address itself is unusable. `reason` is then a sentence that says why. */
  readonly fatal?: boolean;
}

export interface TransportHandlers {
  onOpen(): void;
  onMessage(text: string): void;
  /** Called once, also when the connection could not be opened; not after {@link Transport.close}. */
  onClose(closed: TransportClosed): void;
}

/** Begins to open a connection. Handlers are never called before this returns. */
export type TransportFactory = (
  url: string,
  handlers: TransportHandlers,
) => Transport;
