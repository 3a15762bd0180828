/** No character is kept back longer than this. */
export const MAX_DELAY_MS = 300;

/** What comes more often than this is as smooth as the screen shows it. */
const MIN_SPREAD_MS = 40;

/** How much of the usual time between two arrivals the newest one decides. */
const NEWEST = 0.3;

export interface RevealOptions {
  /** Whether the visitor prefers no motion: then everything is shown at once. */
  readonly reducedMotion?: () => boolean;
}

interface Arrival {
  readonly at: number;
  readonly length: number;
}

/**
 * Shows text that arrives in bursts at an even pace. Each burst is spread over about the time until the next
 * one is expected; what has waited for 300 ms is shown whatever the pace, and the end of the answer shows all
 * that is left. Time is told to it, so it has neither clock nor timer.
 */
export class Reveal {
  readonly #reducedMotion: () => boolean;
  #text = "";
  #done = false;
  /** What had arrived when, as far as it is not shown yet. */
  #arrivals: Arrival[] = [];
  /** The line from what is shown to all there is. */
  #from: Arrival = { at: 0, length: 0 };
  #until = 0;
  #lastArrival: number | undefined;
  #gap = MIN_SPREAD_MS;

  constructor({ reducedMotion = () => false }: RevealOptions = {}) {
    this.#reducedMotion = reducedMotion;
  }

  /** Whether all that has arrived was due at `now`, so that no frame is needed until more comes. */
  isCompleteAt(now: number): boolean {
    return this.#lengthAt(now) >= this.#text.length;
  }

  /** Takes in the text as it is by now; one that is not a continuation is shown at once. */
  receive(text: string, done: boolean, now: number): void {
    const grows = text.startsWith(this.#text);
    if (grows && text.length === this.#text.length && done === this.#done)
      return;
    const shown = grows ? this.#lengthAt(now) : text.length;
    if (text.length > this.#text.length) this.#measure(now);
    this.#text = text;
    this.#done = done;
    this.#from = { at: now, length: shown };
    this.#until = now + this.#gap;
    this.#arrivals = this.#arrivals.filter(({ length }) => length > shown);
    this.#arrivals.push({ at: now, length: text.length });
  }

  /** As much of the text as should be on the screen at `now`. */
  textAt(now: number): string {
    let end = this.#lengthAt(now);
    // An accent or the second half of a pair comes together with what it belongs to.
    while (
      end < this.#text.length &&
      /^[\p{M}\u200d\udc00-\udfff]/u.test(this.#text.slice(end, end + 1))
    )
      end++;
    return this.#text.slice(0, end);
  }

  /** Follows how often text comes; a pause says nothing about the bursts after it. */
  #measure(now: number): void {
    if (this.#lastArrival !== undefined) {
      const gap = Math.min(now - this.#lastArrival, MAX_DELAY_MS);
      this.#gap += (gap - this.#gap) * NEWEST;
      this.#gap = Math.max(this.#gap, MIN_SPREAD_MS);
    }
    this.#lastArrival = now;
  }

  #lengthAt(now: number): number {
    const { length } = this.#text;
    if (this.#done || this.#reducedMotion() || now >= this.#until)
      return length;
    const { at, length: from } = this.#from;
    const paced = from + ((length - from) * (now - at)) / (this.#until - at);
    const overdue = this.#arrivals
      .filter((arrival) => now - arrival.at >= MAX_DELAY_MS)
      .at(-1);
    return Math.max(Math.floor(paced), overdue?.length ?? 0);
  }
}
