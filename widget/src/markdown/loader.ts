import { loadAgain } from "../load-again.ts";

/** Loads a part of the program when it is first needed. */
export class Loader<T> {
  /** What was loaded. */
  loaded: T | undefined;
  readonly #fetch: () => Promise<T>;
  #loading: Promise<void> | undefined;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** A second call waits for the first. Rejects when the part cannot be had, and the next call tries again. */
  load(): Promise<void> {
    return (this.#loading ??= loadAgain(this.#fetch).then(
      (loaded) => {
        this.loaded = loaded;
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    ));
  }
}
