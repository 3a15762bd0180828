/** No character is shown later than this after it has come. */
const MOST_BEHIND_MS = 250;

/**
 * How much of a growing text to show, so that what comes in bursts is read as a stream: each arrival is spread over the
 * time until it is due, and whatever is due soonest sets the pace.
 */
export class Reveal {
  #arrivals: { readonly length: number; readonly due: number }[] = [];
  #shown = 0;
  #time = 0;

  /** Characters shown. */
  get shown(): number {
    return this.#shown;
  }

  /** The text has grown to `length` characters. */
  arrive(length: number, now: number): void {
    if (this.#arrivals.length === 0) this.#time = now;
    this.#arrivals.push({ length, due: now + MOST_BEHIND_MS });
  }

  /** Moves on to `now`; gives how many characters to show. */
  advance(now: number): number {
    const before = this.#shown;
    const passed = now - this.#time;
    for (const { length, due } of this.#arrivals) {
      const part = due <= now ? 1 : passed / (due - this.#time);
      this.#shown = Math.max(
        this.#shown,
        Math.floor(before + (length - before) * part),
      );
    }
    // Part of a character adds up over the frames: time goes on only when something was shown.
    if (this.#shown > before) this.#time = now;
    this.#arrivals = this.#arrivals.filter(
      ({ length }) => length > this.#shown,
    );
    return this.#shown;
  }
}
