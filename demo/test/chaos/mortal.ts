/** Things that break, in ways that a seed repeats. */

/** What a faulty call does: it may wait, reject, or run and then have its answer lost. */
export type Fault = (method: string) => Promise<"answer" | "lose the answer">;

type Method = (...args: unknown[]) => unknown;

/**
 * Wraps every asynchronous method of `target`: `fault` runs before each call.
 * @param lost makes the error of a call that was carried out and whose answer was lost
 */
export function faulty<T extends object>(
  target: T,
  fault: Fault,
  lost: () => Error,
): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name, object);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const outcome = await fault(String(name));
        const result: unknown = await (value as Method).apply(object, args);
        if (outcome === "lose the answer") throw lost();
        return result;
      };
    },
  });
}

/** The life of one Lambda invocation: once it is over, nothing that it awaited ever comes back. */
export class Life {
  #over = false;

  get over(): boolean {
    return this.#over;
  }

  end(): void {
    this.#over = true;
  }

  /** Wraps `target` so that its methods neither begin nor return after the end of this life. */
  of<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name, object);
        if (typeof value !== "function") return value;
        return (...args: unknown[]): unknown => {
          if (this.#over) return never();
          const result: unknown = (value as Method).apply(object, args);
          return result instanceof Promise ? this.#guard(result) : result;
        };
      },
    });
  }

  /** Settles as `promise` does, unless this life is over by then. */
  async #guard<T>(promise: Promise<T>): Promise<T> {
    try {
      const value = await promise;
      return this.#over ? await never() : value;
    } catch (error) {
      if (this.#over) await never();
      throw error;
    }
  }
}

const never = (): Promise<never> => new Promise<never>(() => undefined);
