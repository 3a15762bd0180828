/** An answer whose pieces a test lets through one by one, so that it can act in the middle without waiting for time. */
import type { EndpointEvent } from "../../../server/local/bedrock/endpoint-model.ts";

export class GatedAnswer {
  readonly #pieces: readonly string[];
  #open = 0;
  #wake: (() => void) | undefined;
  /** How often the model was asked. */
  calls = 0;

  constructor(pieces: readonly string[]) {
    this.#pieces = pieces;
  }

  get text(): string {
    return this.#pieces.join("");
  }

  /** Lets the first `count` pieces through, all when left out. */
  open(count = this.#pieces.length): void {
    this.#open = count;
    this.#wake?.();
  }

  readonly answer = async function* (
    this: GatedAnswer,
    _request: unknown,
    signal: AbortSignal,
  ): AsyncGenerator<EndpointEvent> {
    this.calls++;
    for (const [index, text] of this.#pieces.entries()) {
      while (index >= this.#open && !signal.aborted)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      if (signal.aborted) return;
      yield { type: "text", text };
    }
  }.bind(this);
}
