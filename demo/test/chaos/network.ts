/**
 * The network between tabs and the backend, API Gateway included: connections with latency, in both directions, that can
 * be cut, die unnoticed, repeat frames and refuse posts. Frames of one connection reach the server in any order, as API
 * Gateway runs them side by side; posts reach the client in order.
 */
import type {
  Transport,
  TransportFactory,
  TransportHandlers,
} from "../../../widget/src/transport/transport.ts";
import type { VirtualClock } from "../../../server/test/fakes/virtual-clock.ts";
import { ChatError } from "../../../server/src/chat/errors.ts";
import type { Outbox } from "../../../server/src/chat/ports.ts";
import { later } from "./later.ts";
import type { Random } from "./random.ts";

export interface Backend {
  connect(connectionId: string): Promise<void>;
  disconnect(connectionId: string): Promise<void>;
  message(connectionId: string, body: string): Promise<void>;
}

type Link = "open" | "half-open" | "closed";

interface Socket {
  readonly id: string;
  readonly handlers: TransportHandlers;
  client: Link;
  server: Link;
  /** When the last post arrives: the next one never arrives before it. */
  lastArrival: number;
}

/** Probabilities of each fault; all zero when the weather is calm. */
export interface Weather {
  readonly refuseConnection: number;
  readonly loseFrame: number;
  readonly repeatFrame: number;
  readonly failPost: number;
  readonly falselyGone: number;
  readonly repeatPost: number;
}

export const CALM: Weather = {
  refuseConnection: 0,
  loseFrame: 0,
  repeatFrame: 0,
  failPost: 0,
  falselyGone: 0,
  repeatPost: 0,
};

const CLOSED = { code: 1006, reason: "" };

export class Network implements Outbox {
  weather: Weather = CALM;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #sockets = new Map<string, Socket>();
  #backend: Backend | undefined;
  #count = 0;

  constructor(clock: VirtualClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  serve(backend: Backend): void {
    this.#backend = backend;
  }

  /** Opens connections for one tab; `isAlive` tells whether the tab still runs. */
  transports(isAlive: () => boolean): TransportFactory {
    return (_url, handlers) => this.#open(handlers, isAlive);
  }

  /** Ids of the connections that a server could still reach. */
  get open(): string[] {
    return [...this.#sockets.values()]
      .filter(({ server }) => server !== "closed")
      .map(({ id }) => id);
  }

  /** Both ends learn of it. */
  cut(id: string): void {
    const socket = this.#sockets.get(id);
    if (!socket) return;
    this.#closeServer(socket);
    this.#closeClient(socket);
  }

  /** Nothing gets through any more and nobody is told. */
  freeze(id: string): void {
    const socket = this.#sockets.get(id);
    if (!socket) return;
    if (socket.client === "open") socket.client = "half-open";
    if (socket.server === "open") socket.server = "half-open";
  }

  async post(connectionId: string, data: string): Promise<"sent" | "gone"> {
    await this.#clock.sleep(this.#random.between(1, 30));
    const socket = this.#sockets.get(connectionId);
    if (
      !socket ||
      socket.server === "closed" ||
      this.#random.chance(this.weather.falselyGone)
    )
      return "gone";
    if (this.#random.chance(this.weather.failPost))
      throw new ChatError(
        "internal",
        `${this.#random.pick([429, 500, 503])} from the gateway`,
      );
    this.#deliver(socket, data);
    if (this.#random.chance(this.weather.repeatPost))
      this.#deliver(socket, data);
    return "sent";
  }

  disconnect(connectionId: string): Promise<void> {
    this.cut(connectionId);
    return Promise.resolve();
  }

  #open(handlers: TransportHandlers, isAlive: () => boolean): Transport {
    const id = `connection-${++this.#count}`;
    const socket: Socket = {
      id,
      handlers: alive(handlers, isAlive),
      client: "closed",
      server: "closed",
      lastArrival: 0,
    };
    let abandoned = false;
    void this.#connect(socket, () => abandoned || !isAlive());
    return {
      send: (text) => this.#receive(socket, text),
      close: () => {
        abandoned = true;
        const wasOpen = socket.client === "open";
        socket.client = "closed";
        if (wasOpen)
          later(this.#clock, this.#latency(), () => this.#closeServer(socket));
      },
    };
  }

  async #connect(socket: Socket, isAbandoned: () => boolean): Promise<void> {
    await this.#clock.sleep(this.#latency());
    const refused = this.#random.chance(this.weather.refuseConnection);
    if (!refused) {
      try {
        await this.#backend?.connect(socket.id);
      } catch {
        if (!isAbandoned()) socket.handlers.onClose(CLOSED);
        return;
      }
    }
    if (isAbandoned()) return;
    if (refused) return socket.handlers.onClose(CLOSED);
    socket.client = "open";
    socket.server = "open";
    this.#sockets.set(socket.id, socket);
    socket.handlers.onOpen();
  }

  #receive(socket: Socket, text: string): void {
    if (socket.client !== "open" || this.#random.chance(this.weather.loseFrame))
      return;
    const arrive = (): void => {
      if (socket.server === "open")
        void this.#backend?.message(socket.id, text);
    };
    later(this.#clock, this.#latency(), arrive);
    if (this.#random.chance(this.weather.repeatFrame))
      later(this.#clock, this.#latency(), arrive);
  }

  #deliver(socket: Socket, data: string): void {
    if (socket.server !== "open") return;
    socket.lastArrival = Math.max(
      socket.lastArrival,
      this.#clock.now() + this.#latency(),
    );
    later(this.#clock, socket.lastArrival - this.#clock.now(), () => {
      if (socket.client === "open") socket.handlers.onMessage(data);
    });
  }

  #closeServer(socket: Socket): void {
    if (socket.server === "closed") return;
    socket.server = "closed";
    this.#sockets.delete(socket.id);
    // $disconnect is best effort.
    if (this.#random.chance(0.8))
      void this.#backend?.disconnect(socket.id).catch(() => undefined);
  }

  #closeClient(socket: Socket): void {
    if (socket.client === "closed") return;
    socket.client = "closed";
    later(this.#clock, this.#latency(), () => socket.handlers.onClose(CLOSED));
  }

  #latency(): number {
    return this.#random.between(1, 120);
  }
}

/** Handlers of a tab that may be gone. */
const alive = (
  handlers: TransportHandlers,
  isAlive: () => boolean,
): TransportHandlers => ({
  onOpen: () => isAlive() && handlers.onOpen(),
  onMessage: (text) => isAlive() && handlers.onMessage(text),
  onClose: (closed) => isAlive() && handlers.onClose(closed),
});
