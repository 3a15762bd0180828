import { Refusal } from "./errors.ts";
import type { Timing } from "./limits.ts";
import type { Meter } from "./meter.ts";
import type { Clock } from "./ports.ts";

/** What clients are told while it is off, whose code they get for a model that does not answer too. */
export const SWITCHED_OFF =
  "The assistant is switched off at the moment. Please come back later.";

export interface KillSwitchOptions {
  readonly meter: Meter;
  readonly clock: Clock;
  readonly timing: Pick<Timing, "switchFreshMs">;
}

/** The switch by which the owner stops all questions without a deployment. */
export class KillSwitch {
  readonly #options: KillSwitchOptions;
  #known: { readonly isOff: Promise<boolean>; readonly at: number } | undefined;

  constructor(options: KillSwitchOptions) {
    this.#options = options;
  }

  /** Refuses the question while the chat is switched off. The switch is read once in a while, however many ask. */
  async check(): Promise<void> {
    const { meter, clock, timing } = this.#options;
    const now = clock.now();
    if (!this.#known || now - this.#known.at >= timing.switchFreshMs)
      this.#known = { isOff: meter.isOff(), at: now };
    const known = this.#known;
    try {
      if (!(await known.isOff)) return;
    } catch (error) {
      // What could not be read is not remembered.
      if (this.#known === known) this.#known = undefined;
      throw error;
    }
    throw new Refusal("model_unavailable", SWITCHED_OFF);
  }
}
