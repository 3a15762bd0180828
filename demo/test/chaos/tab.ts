/** A browser tab with a chat in it: it can be reloaded, fall offline and be closed without notice. */
import type {
  ChatStorage,
  Environment,
  EnvironmentChange,
} from "../../../widget/src/chat/ports.ts";
import * as past from "../../../widget/src/chat/past.ts";
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

  /** A page that goes away lets go of its lock. */
  lock<T>(task: () => Promise<T>, gone: Promise<void>): Promise<T> {
    const before = this.#locks;
    const run = before.then(task);
    const over = Promise.race([run.catch(() => undefined), gone]);
    this.#locks = before.then(() => over);
    return run;
  }

  channel(
    name: string,
    receive: (message: unknown) => void,
  ): { postMessage(message: unknown): void; close(): void } {
    const members = this.#channels.get(name) ?? new Set();
    this.#channels.set(name, members);
    members.add(receive);
    return {
      postMessage: (message) => {
        const copy = structuredClone(message);
        for (const member of members)
          if (member !== receive)
            queueMicrotask(() => members.has(member) && member(copy));
      },
      close: () => members.delete(receive),
    };
  }
}

/** The life of one page in a tab. */
class PageLife {
  over = false;
  readonly #gone = Promise.withResolvers<void>();

  get ended(): Promise<void> {
    return this.#gone.promise;
  }

  end(): void {
    this.over = true;
    this.#gone.resolve();
  }
}

export class Tab {
  session: ChatSession;
  readonly #note: (what: string) => void;
  readonly #browser: Browser;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #network: Network;
  #life = new PageLife();
  #online = true;
  #listeners = new Set<(change: EnvironmentChange) => void>();

  constructor(
    browser: Browser,
    clock: VirtualClock,
    random: Random,
    network: Network,
    note: (what: string) => void,
  ) {
    this.#browser = browser;
    this.#clock = clock;
    this.#random = random;
    this.#network = network;
    this.#note = note;
    this.session = this.#load();
  }

  /** The page goes away without a word, and a new one takes its place. */
  reload(): void {
    this.#life.end();
    this.#listeners = new Set();
    this.#life = new PageLife();
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
      // The network can fail this one too.
      loadPast: () =>
        this.#random.next() < 0.2
          ? Promise.reject(new Error("Failed to fetch."))
          : Promise.resolve(past),
    });
    session.onEvent = (event) => {
      if (event[0] === "connection") this.#note(`is ${event[1]}`);
      if (event[0] === "error")
        this.#note(`is told ${event[1].code} of ${event[2] ?? "no turn"}`);
    };
    session.setPanelOpen(true);
    session.connect();
    return session;
  }

  #environment(life: PageLife): Environment {
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
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      lock: (_name, task) => this.#browser.lock(task, life.ended),
      openChannel: (name, receive) =>
        this.#browser.channel(
          name,
          (message) => !life.over && receive(message),
        ),
    };
  }

  #storage(life: PageLife): ChatStorage {
    const { stored } = this.#browser;
    return {
      shared: true,
      get: (key) => stored.get(key),
      set: (key, value) => void (life.over || stored.set(key, value)),
      remove: (key) => void (life.over || stored.delete(key)),
    };
  }
}
