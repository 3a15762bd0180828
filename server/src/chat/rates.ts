import { Refusal } from "./errors.ts";
import type { UsageLimits } from "./limits.ts";
import type { Meter } from "./meter.ts";
import type { Clock } from "./ports.ts";
import { WINDOWS } from "./windows.ts";

export interface RatesOptions {
  readonly meter: Meter;
  readonly clock: Clock;
  readonly usage: UsageLimits;
}

/** Who asks. No part of it is chosen by a client: ids that a client makes up would each have a limit of their own. */
export interface Asker {
  /** The visitor; the address, where there is no visitor whom the server knows. */
  readonly subject: string;
  readonly address: string;
}

/** How often things may happen in a minute. */
export class Rates {
  readonly #options: RatesOptions;

  constructor(options: RatesOptions) {
    this.#options = options;
  }

  /** Counts a connection; gives how long to wait when there were too many. */
  connect(address: string): Promise<number | undefined> {
    const { addressConnectsPerMinute } = this.#options.usage;
    return this.#count(`connects#${address}`, addressConnectsPerMinute);
  }

  /** Counts a visitor whom the server has not seen before. */
  async newVisitor(address: string): Promise<void> {
    const { addressVisitorsPerMinute } = this.#options.usage;
    refuse(
      await this.#count(`visitors#${address}`, addressVisitorsPerMinute),
      "Too many new visitors come from your network. Please try again in a moment.",
    );
  }

  /** Counts a question. */
  async question({ subject, address }: Asker): Promise<void> {
    const { visitorQuestionsPerMinute, addressQuestionsPerMinute } =
      this.#options.usage;
    const [own, shared] = await Promise.all([
      this.#count(`questions#${subject}`, visitorQuestionsPerMinute),
      this.#count(`address-questions#${address}`, addressQuestionsPerMinute),
    ]);
    refuse(own);
    refuse(shared);
  }

  async #count(name: string, most: number): Promise<number | undefined> {
    if (most === 0) return undefined;
    const { meter, clock } = this.#options;
    const now = clock.now();
    const window = WINDOWS.minute(now);
    const one = { used: 1, cost: 0 };
    return (await meter.take({ name, ...window }, one, { used: most }))
      ? undefined
      : window.until - now;
  }
}

function refuse(retryAfterMs: number | undefined, sentence?: string): void {
  if (retryAfterMs !== undefined)
    throw new Refusal("rate_limited", sentence, { retryAfterMs });
}
