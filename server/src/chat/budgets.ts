/**
 * What answers may use. Before the model is called, all that it may use is taken from every budget that the question counts
 * for; when the turn has ended, whoever ended it puts back what was not used. Who dies in between leaves no more behind
 * than what was taken.
 */
import type { Usage } from "bedrock-chat-widget/protocol";
import { Refusal } from "./errors.ts";
import { NO_USAGE, sum } from "./frames.ts";
import type { Budgets as BudgetLimits, Timing, UsageLimits } from "./limits.ts";
import type {
  Amount,
  Bucket,
  BudgetKind,
  Meter,
  Reservation,
} from "./meter.ts";
import type { Clock, Log, ModelConfig, Turn, TurnKey } from "./ports.ts";
import { microDollarsOf } from "./prices.ts";
import type { Asker } from "./rates.ts";
import { WINDOWS } from "./windows.ts";

export interface BudgetsOptions {
  readonly meter: Meter;
  readonly clock: Clock;
  readonly log: Log;
  readonly timing: Pick<Timing, "slotLeaseMs" | "slotRetryAfterMs">;
  readonly usage: UsageLimits;
  readonly budgets: BudgetLimits;
  readonly models: readonly ModelConfig[];
  /**
   * Is told what percentage of the tightest budget of the site is used or reserved, whenever that has changed, and 100 when
   * one has no room for a question.
   */
  readonly onSiteUse?: (percent: number) => void;
}

/** From narrow to wide: who is at a limit of their own takes nothing from the others. */
const KINDS: readonly BudgetKind[] = ["visitor", "address", "day", "month"];

const isSite = (kind: BudgetKind): kind is "day" | "month" =>
  kind === "day" || kind === "month";

const NANOS_PER_MICRO = 1_000;
const NANOS = 1e9;

/** The turn of a reservation, and the model whose prices count. */
export type Reserved = TurnKey & Pick<Turn, "model">;

const tokensIn = ({ inputTokens, outputTokens }: Usage): number =>
  inputTokens + outputTokens;

const holderOf = ({ conversationId, turnId }: TurnKey): string =>
  `${conversationId}#${turnId}`;

/** Where the slots of a turn are looked for first: the same turn comes to the same slot again. */
const firstSlot = ({ turnId }: TurnKey): number =>
  [...turnId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);

function bucketOf(
  kind: BudgetKind,
  { subject, address, at }: Pick<Reservation, "subject" | "address" | "at">,
): Bucket {
  switch (kind) {
    case "visitor":
      return { name: `visitor-tokens#${subject}`, ...WINDOWS.day(at) };
    case "address":
      return { name: `address-tokens#${address}`, ...WINDOWS.hour(at) };
    case "day":
      return { name: "site-day", ...WINDOWS.day(at) };
    case "month":
      return { name: "site-month", ...WINDOWS.month(at) };
  }
}

/** Takes from the budgets, and puts back. */
export class Budgets {
  readonly #options: BudgetsOptions;
  readonly #percent = { day: 0, month: 0 };

  constructor(options: BudgetsOptions) {
    this.#options = options;
  }

  /** Takes one of the asker's slots and all that the answer may use. It refuses when it cannot, and has taken nothing then. */
  async reserve(
    turn: Reserved,
    asker: Asker,
    usage: Usage,
  ): Promise<Reservation> {
    const slot = await this.#takeSlot(turn, asker.subject);
    const reservation: Reservation = {
      ...asker,
      at: this.#options.clock.now(),
      kinds: KINDS.filter((kind) => this.#isLimited(kind)),
      ...usage,
      cost: this.#costOf(usage, turn.model),
      ...(slot === undefined ? {} : { slot }),
    };
    try {
      await this.#takeAll(turn, reservation, this.#amountOf(usage, turn.model));
    } catch (error) {
      await this.settle(turn, reservation, undefined);
      throw error;
    }
    return reservation;
  }

  /** Takes as much again for one more call of the model. It throws when it cannot, and has taken nothing then. */
  async reserveMore(
    turn: Reserved,
    reservation: Reservation,
    usage: Usage,
  ): Promise<Reservation> {
    const amount = this.#amountOf(usage, turn.model);
    await this.#takeAll(turn, reservation, amount);
    return {
      ...reservation,
      ...sum(reservation, usage),
      cost: reservation.cost + amount.cost,
    };
  }

  /**
   * Settles a turn that has ended; only the one who has ended it does, or who knows what that one did not. `spent` is undefined
   * where nobody knows: then all that was reserved counts as used. The end of a turn does not hang on it, so it never rejects.
   */
  async settle(
    turn: Reserved,
    reservation: Reservation | undefined,
    spent: Usage | undefined,
  ): Promise<void> {
    if (!reservation) return;
    await this.#quietly(turn, async () => {
      await this.freeSlot(turn, reservation);
    });
    if (spent) await this.#settleBudgets(turn, reservation, spent);
  }

  /** Puts everything back but the slot, which the turn may hold for another router that has accepted it. */
  giveBack(turn: Reserved, reservation: Reservation): Promise<void> {
    return this.#settleBudgets(turn, reservation, NO_USAGE);
  }

  /** Lets another turn of the same visitor run. */
  async freeSlot(key: TurnKey, { subject, slot }: Reservation): Promise<void> {
    if (slot !== undefined)
      await this.#options.meter.freeSlot(subject, slot, holderOf(key));
  }

  async #takeSlot(key: TurnKey, owner: string): Promise<number | undefined> {
    const { meter, clock, timing, usage } = this.#options;
    const slots = usage.visitorRunningTurns;
    if (slots === 0) return undefined;
    const now = clock.now();
    for (let i = 0; i < slots; i++) {
      const slot = (firstSlot(key) + i) % slots;
      const leaseUntil = now + timing.slotLeaseMs;
      if (await meter.takeSlot(owner, slot, holderOf(key), now, leaseUntil))
        return slot;
    }
    throw new Refusal(
      "rate_limited",
      "The assistant is still answering your other questions. Please wait until one of them is done.",
      { retryAfterMs: timing.slotRetryAfterMs },
    );
  }

  async #takeAll(
    turn: TurnKey,
    reservation: Reservation,
    amount: Amount,
  ): Promise<void> {
    const { meter, clock } = this.#options;
    const taken: BudgetKind[] = [];
    try {
      for (const kind of reservation.kinds) {
        const bucket = bucketOf(kind, reservation);
        const held = await meter.take(bucket, amount, this.#mostOf(kind));
        if (!held) {
          // What is left and too little for an answer is as good as used: else nobody would ever be told of 100 percent.
          if (isSite(kind)) this.#options.onSiteUse?.(100);
          throw new Refusal("budget_exceeded", undefined, {
            retryAfterMs: Math.max(bucket.until - clock.now(), 0),
          });
        }
        taken.push(kind);
        this.#tell(kind, held);
      }
    } catch (error) {
      const change = { used: -amount.used, cost: -amount.cost };
      await this.#correctAll(turn, { ...reservation, kinds: taken }, change);
      throw error;
    }
  }

  #settleBudgets(
    turn: Reserved,
    reservation: Reservation,
    spent: Usage,
  ): Promise<void> {
    const amount = this.#amountOf(spent, turn.model);
    return this.#correctAll(turn, reservation, {
      used: amount.used - tokensIn(reservation),
      cost: amount.cost - reservation.cost,
    });
  }

  async #correctAll(
    turn: TurnKey,
    reservation: Reservation,
    change: Amount,
  ): Promise<void> {
    if (change.used === 0 && change.cost === 0) return;
    const { meter } = this.#options;
    await Promise.all(
      reservation.kinds.map((kind) =>
        this.#quietly(turn, async () => {
          const bucket = bucketOf(kind, reservation);
          const held = await meter.correct(bucket, change);
          if (held) this.#tell(kind, held);
        }),
      ),
    );
  }

  /** What is put back too late, or never, stays counted: that harms nobody as much as a failure here would. */
  async #quietly(
    { conversationId, turnId }: TurnKey,
    act: () => Promise<void>,
  ): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#options.log.warn("A turn could not be settled.", {
        conversationId,
        turnId,
        error,
      });
    }
  }

  #isLimited(kind: BudgetKind): boolean {
    return Object.keys(this.#mostOf(kind)).length > 0;
  }

  #mostOf(kind: BudgetKind): Partial<Amount> {
    const { usage, budgets } = this.#options;
    switch (kind) {
      case "visitor":
        return most(usage.visitorTokensPerDay);
      case "address":
        return most(usage.addressTokensPerHour);
      case "day":
        return most(budgets.tokensPerDay, budgets.dollarsPerDay);
      case "month":
        return most(budgets.tokensPerMonth, budgets.dollarsPerMonth);
    }
  }

  #tell(kind: BudgetKind, held: Amount): void {
    if (!isSite(kind)) return;
    const { used = Infinity, cost = Infinity } = this.#mostOf(kind);
    this.#percent[kind] = 100 * Math.max(held.used / used, held.cost / cost);
    this.#options.onSiteUse?.(Math.max(this.#percent.day, this.#percent.month));
  }

  #amountOf(usage: Usage, model: string): Amount {
    return { used: tokensIn(usage), cost: this.#costOf(usage, model) };
  }

  #costOf(usage: Usage, id: string): number {
    const prices = this.#options.models.find(
      (model) => model.id === id,
    )?.prices;
    if (!prices) return 0;
    return Math.ceil(NANOS_PER_MICRO * microDollarsOf(prices, usage));
  }
}

/** What a bucket may hold; nothing where there is no limit. */
const most = (tokens: number, dollars = 0): Partial<Amount> => ({
  ...(tokens > 0 ? { used: tokens } : {}),
  ...(dollars > 0 ? { cost: Math.round(dollars * NANOS) } : {}),
});
