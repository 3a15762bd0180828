/** A browser tab with a chat in it: it can be reloaded, fall offline and be closed without notice. */
import type {
  ChatStorage,
  Environment,
  EnvironmentChange,
} from "../../../widget/src/chat/ports.ts";
import { ChatSession } from "../../../widget/src/chat/session.ts";
import type { VirtualClock } from "../../../server/test/fakes/virtual-clock.ts";
import { later } from "./later.ts";
import type { Network } from "./network.ts";
import type { Random } from "./random.ts";

/** What the tabs of one browser share. */
export class Browser {
  readonly stored = new Map<string, string>();
  readonly #channels = new Map<string, Set<(message: unknown) => void>>();
  #locks: Promise<unknown> = Promise.resolve();

  lock<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#locks.then(task);
    this.#locks = run.catch(() => undefined);
    return run;
  }

  channel(
    name: string,
    receive: (message: unknown) => void,
  ): { post(message: unknown): void; close(): void } {
    const members = this.#channels.get(name) ?? new Set();
    this.#channels.set(name, members);
    members.add(receive);
    return {
      post: (message) => {
        const copy = structuredClone(message);
        for (const member of members)
          if (member !== receive)
            queueMicrotask(() => members.has(member) && member(copy));
      },
      close: () => members.delete(receive),
    };
  }
}

export class Tab {
  session: ChatSession;
  /** Errors that the chat told the page about, for the report of a failed run. */
  readonly errors: string[] = [];
  readonly #browser: Browser;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #network: Network;
  #life = { over: false };
  #online = true;
  #listeners = new Set<(change: EnvironmentChange) => void>();

  constructor(
    browser: Browser,
    clock: VirtualClock,
    random: Random,
    network: Network,
  ) {
    this.#browser = browser;
    this.#clock = clock;
    this.#random = random;
    this.#network = network;
    this.session = this.#load();
  }

  /** The page goes away without a word, and a new one takes its place. */
  reload(): void {
    this.#life.over = true;
    this.#listeners = new Set();
    this.#life = { over: false };
    this.session = this.#load();
  }

  goOnline(online: boolean): void {
    if (this.#online === online) return;
    this.#online = online;
    for (const listener of [...this.#listeners])
      listener(online ? "online" : "offline");
  }

  #load(): ChatSession {
    const life = this.#life;
    const session = new ChatSession({
      endpoint: "wss://chaos.example/prod",
      client: { name: "chaos", version: "1", locale: "en" },
      createTransport: this.#network.transports(
        () => !life.over && this.#online,
      ),
      environment: this.#environment(life),
      storage: this.#storage(life),
    });
    session.onEvent = (event) => {
      if (event.type === "error")
        this.errors.push(`${event.turnId ?? "-"}: ${event.error.code}`);
    };
    session.setPanelOpen(true);
    session.connect();
    return session;
  }

  #environment(life: { readonly over: boolean }): Environment {
    const random = this.#random;
    return {
      origin: "https://chaos.example",
      now: () => this.#clock.now(),
      after: (ms, task) => later(this.#clock, ms, () => !life.over && task()),
      random: () => random.next(),
      newId: () =>
        "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replaceAll("x", () =>
          random.between(0, 15).toString(16),
        ),
      isOnline: () => this.#online,
      isVisible: () => true,
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      lock: (_name, task) => this.#browser.lock(task),
      openChannel: (name, receive) =>
        this.#browser.channel(
          name,
          (message) => !life.over && receive(message),
        ),
    };
  }

  #storage(life: { readonly over: boolean }): ChatStorage {
    const { stored } = this.#browser;
    return {
      shared: true,
      get: (key) => stored.get(key),
      set: (key, value) => void (life.over || stored.set(key, value)),
      remove: (key) => void (life.over || stored.delete(key)),
    };
  }
}
