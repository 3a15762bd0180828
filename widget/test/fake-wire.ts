/** Transports whose other end is the test. */
import {
  stringifyFrame,
  type ClientFrame,
  type ReadyFrame,
  type ServerFrame,
} from "../src/protocol.ts";
import type {
  Transport,
  TransportHandlers,
} from "../src/transport/transport.ts";

export const READY: ReadyFrame = {
  type: "ready",
  visitorToken: "visitor",
  limits: { maxTextLength: 8_000, maxFrameBytes: 32_000 },
  models: [],
  serverTime: "2026-01-01T00:00:00.000Z",
};

/** One connection, or the attempt to make one. */
export class FakeTransport implements Transport {
  readonly sent: ClientFrame[] = [];
  readonly handlers: TransportHandlers;
  readonly url: string;
  closed = false;

  constructor(url: string, handlers: TransportHandlers) {
    this.url = url;
    this.handlers = handlers;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.closed = true;
  }

  receive(...frames: readonly (ServerFrame | object)[]): void {
    for (const frame of frames)
      this.handlers.onMessage(stringifyFrame(frame as ServerFrame));
  }

  lose(code = 1006, reason = ""): void {
    this.handlers.onClose({ code, reason });
  }
}

export class FakeWire {
  readonly transports: FakeTransport[] = [];

  readonly connect = (url: string, handlers: TransportHandlers): Transport => {
    const transport = new FakeTransport(url, handlers);
    this.transports.push(transport);
    return transport;
  };

  /** The latest transport. */
  get last(): FakeTransport {
    const transport = this.transports.at(-1);
    if (!transport) throw new Error("Nobody has connected.");
    return transport;
  }
}
