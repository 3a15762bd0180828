import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { ConnectionContext } from "./events.ts";
import { FrameMeter } from "./frame-meter.ts";
import type { GatewayLimits } from "./limits.ts";

/** Which ends learn that a connection was cut. */
export type CutNoticedBy = "both" | "client" | "gateway" | "nobody";

export interface ConnectionHandlers {
  message(connection: GatewayConnection, text: string): void;
  /** Once per connection, as soon as the gateway counts it as closed. */
  ended(connection: GatewayConnection, code: number, reason: string): void;
}

const GOING_AWAY = [1001, "Going away"] as const;

/** An accepted connection: its limits, its order of posts, and what the gateway believes about it. */
export class GatewayConnection {
  readonly context: ConnectionContext;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #limits: GatewayLimits;
  readonly #handlers: ConnectionHandlers;
  readonly #lifetime: NodeJS.Timeout;
  #idle: NodeJS.Timeout;
  #lastActiveAt: number;
  #ended = false;
  /** Cut without the gateway knowing: what is sent is lost. */
  #severed = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    socket: WebSocket,
    stream: Duplex,
    context: ConnectionContext,
    limits: GatewayLimits,
    handlers: ConnectionHandlers,
  ) {
    this.context = context;
    this.#socket = socket;
    this.#stream = stream;
    this.#limits = limits;
    this.#handlers = handlers;
    this.#lastActiveAt = context.connectedAt;
    this.#lifetime = setTimeout(() => {
      // Which code AWS sends at the end of two hours is not documented.
      this.close(...GOING_AWAY);
    }, limits.connectionMs);
    this.#idle = this.#watchIdle(limits.idleMs);
    this.#listen();
  }

  get id(): string {
    return this.context.connectionId;
  }

  get isGone(): boolean {
    return (
      this.#ended ||
      (!this.#severed && this.#socket.readyState !== this.#socket.OPEN)
    );
  }

  /** Last message in either direction. Pings do not count: AWS does not say that they do. */
  get lastActiveAt(): number {
    return this.#lastActiveAt;
  }

  /** Runs tasks one after the other, in the order of the calls. */
  inOrder<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(task);
    this.#queue = run.catch(() => undefined);
    return run;
  }

  /** Sends one text message, in frames of the largest size that a frame may have. */
  send(text: string): "sent" | "gone" | "full" {
    if (this.isGone) return "gone";
    const data = Buffer.from(text);
    if (
      this.#socket.bufferedAmount + data.length >
      this.#limits.clientBufferBytes
    ) {
      return "full";
    }
    this.#touch();
    if (this.#severed) return "sent";
    const step = this.#limits.frameBytes;
    for (let at = 0; at === 0 || at < data.length; at += step) {
      const fin = at + step >= data.length;
      this.#socket.send(data.subarray(at, at + step), { binary: false, fin });
    }
    return "sent";
  }

  /** Closes from the gateway's side; the connection is gone at once. */
  close(code: number, reason: string): void {
    this.#end(code, reason);
    this.#socket.close(code, reason);
  }

  cut(noticedBy: CutNoticedBy): void {
    if (noticedBy === "both") {
      this.#stream.destroy();
      return;
    }
    this.#severed = true;
    // Without its listener `ws` neither answers pings nor echoes a close.
    this.#stream.removeAllListeners("data");
    if (noticedBy === "client") this.#stream.destroy();
    else this.#stream.resume();
    if (noticedBy === "gateway") this.#end(1006, "");
  }

  #listen(): void {
    const meter = new FrameMeter(this.#limits.frameBytes, () => {
      this.close(1009, "");
    });
    // Before `ws` sees the chunk, so that no message of a frame that is too large gets through.
    this.#stream.prependListener("data", (chunk: Buffer) => meter.read(chunk));
    this.#socket.on("message", (data, isBinary) => {
      if (this.isGone) return;
      if (isBinary) {
        this.close(1003, "Binary is not supported");
        return;
      }
      this.#touch();
      this.#handlers.message(this, (data as Buffer).toString());
    });
    this.#socket.on("error", (error) => this.#end(closeCode(error), ""));
    this.#socket.on("close", (code, reason) => {
      if (this.#severed) return;
      if (code === 1005) {
        this.#end(code, "Client-side close frame status not set");
      } else {
        this.#end(code, reason.toString());
      }
    });
  }

  #touch(): void {
    this.#lastActiveAt = Date.now();
  }

  #watchIdle(afterMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      const left = this.#lastActiveAt + this.#limits.idleMs - Date.now();
      if (left > 0) this.#idle = this.#watchIdle(left);
      else this.close(...GOING_AWAY);
    }, afterMs);
  }

  #end(code: number, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#lifetime);
    clearTimeout(this.#idle);
    this.#handlers.ended(this, code, reason);
  }
}

/** The code with which `ws` answers a frame that it refuses. */
function closeCode(error: Error & { code?: string }): number {
  switch (error.code) {
    case "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH":
      return 1009;
    case "WS_ERR_INVALID_UTF8":
      return 1007;
    default:
      return error.code?.startsWith("WS_ERR") ? 1002 : 1006;
  }
}
