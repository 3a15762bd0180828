/** A chat against a server in memory, in virtual time. */
import * as past from "../src/chat/past.ts";
import { ChatSession } from "../src/chat/session.ts";
import type {
  SessionEvent,
  SessionOptions,
} from "../src/chat/session-options.ts";
import {
  MemoryServer,
  type MemoryServerOptions,
} from "../src/transport/memory-transport.ts";
import { FakeWorld } from "./fake-world.ts";

export const ENDPOINT = "wss://chat.example/prod";

export interface Tab {
  readonly session: ChatSession;
  readonly events: SessionEvent[];
}

export class Bench {
  readonly world = new FakeWorld();
  readonly server: MemoryServer;

  constructor(options: MemoryServerOptions = {}) {
    this.server = new MemoryServer({
      defer: (task) => this.world.after(1, task),
      now: () => this.world.time,
      ...options,
    });
  }

  /** Opens a tab; its session records every event. */
  tab(options: Partial<SessionOptions> = {}): Tab {
    const session = new ChatSession({
      endpoint: ENDPOINT,
      client: { name: "test", version: "1.0.0", locale: "en" },
      createTransport: this.server.connect,
      environment: this.world.environment(),
      storage: this.world.storage(),
      loadPast: () => Promise.resolve(past),
      ...options,
    });
    const events: SessionEvent[] = [];
    session.onEvent = (event) => events.push(event);
    return { session, events };
  }

  /** Types of the frames that reached the server, `ping` and `hello` apart. */
  get sent(): string[] {
    return this.server.received
      .map(({ type }) => type)
      .filter((type) => type !== "hello" && type !== "ping");
  }

  /** Pieces of an answer, one every `ms`. */
  async *slowly(pieces: readonly string[], ms: number): AsyncIterable<string> {
    for (const piece of pieces) {
      await new Promise<void>((resume) => this.world.after(ms, resume));
      yield piece;
    }
  }
}
