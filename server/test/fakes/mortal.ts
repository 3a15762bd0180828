/** Methods of the store and of the meter that change something. */
const WRITES: ReadonlySet<string> = new Set([
  "putConnection",
  "countFrame",
  "identifyConnection",
  "joinConversation",
  "leaveConversation",
  "deleteConnection",
  "holdConversation",
  "releaseConversation",
  "putTurn",
  "takeTurn",
  "renewLease",
  "requestStop",
  "requestResume",
  "endTurn",
  "rateTurn",
  "appendFrames",
  "deleteFrames",
  "deleteConversation",
  "take",
  "correct",
  "takeSlot",
  "freeSlot",
]);

/**
 * One invocation of a function that is killed: after so many writes, nothing that it calls ever begins or returns. The last
 * write is carried out, and the actor does not learn of it.
 */
export class Mortal {
  #writesLeft: number;
  /** The writes that were carried out. */
  readonly writes: string[] = [];

  constructor(writes: number) {
    this.#writesLeft = writes;
  }

  get isDead(): boolean {
    return this.#writesLeft <= 0;
  }

  /** `target` as this actor has it in its hands. */
  readonly hold = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name, object);
        if (typeof value !== "function") return value;
        const method = value as (...args: unknown[]) => unknown;
        return (...args: unknown[]): unknown => {
          if (this.isDead) return new Promise(() => undefined);
          if (WRITES.has(String(name))) {
            this.#writesLeft--;
            this.writes.push(String(name));
          }
          const result = method.apply(object, args);
          return result instanceof Promise ? this.#whileAlive(result) : result;
        };
      },
    });

  #whileAlive<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => {
          if (!this.isDead) resolve(value);
        },
        (error: Error) => {
          if (!this.isDead) reject(error);
        },
      );
    });
  }
}
