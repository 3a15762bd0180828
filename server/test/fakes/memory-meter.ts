import type { Amount, Bucket, Meter } from "../../src/chat/meter.ts";

interface Slot {
  readonly holder: string;
  readonly leaseUntil: number;
}

/** The meter's port in memory. Each call decides in one step, as a conditional write does. */
export class MemoryMeter implements Meter {
  /** Flipped by tests. */
  isSwitchedOff = false;
  readonly #buckets = new Map<string, Amount>();
  readonly #slots = new Map<string, Slot>();

  /** What every bucket holds, by its name; of several windows the sum. */
  get held(): ReadonlyMap<string, Amount> {
    const sums = new Map<string, Amount>();
    for (const [key, { used, cost }] of this.#buckets) {
      const name = key.replace(/@\d+$/, "");
      const sum = sums.get(name) ?? { used: 0, cost: 0 };
      sums.set(name, { used: sum.used + used, cost: sum.cost + cost });
    }
    return sums;
  }

  /** Who holds slots whose lease is running. */
  holders(now: number): string[] {
    return [...this.#slots.values()]
      .filter(({ leaseUntil }) => leaseUntil > now)
      .map(({ holder }) => holder);
  }

  async take(
    bucket: Bucket,
    amount: Amount,
    most: Partial<Amount>,
  ): Promise<Amount | undefined> {
    await Promise.resolve();
    const sum = this.#sum(bucket, amount);
    if (sum.used > (most.used ?? Infinity)) return undefined;
    if (sum.cost > (most.cost ?? Infinity)) return undefined;
    this.#buckets.set(keyOf(bucket), sum);
    return sum;
  }

  async correct(bucket: Bucket, change: Amount): Promise<Amount | undefined> {
    await Promise.resolve();
    if (!this.#buckets.has(keyOf(bucket))) return undefined;
    const sum = this.#sum(bucket, change);
    if (sum.used < 0 || sum.cost < 0) return undefined;
    this.#buckets.set(keyOf(bucket), sum);
    return sum;
  }

  async takeSlot(
    owner: string,
    index: number,
    holder: string,
    now: number,
    leaseUntil: number,
  ): Promise<boolean> {
    await Promise.resolve();
    const slot = this.#slots.get(`${owner}@${index}`);
    if (slot && slot.leaseUntil > now && slot.holder !== holder) return false;
    this.#slots.set(`${owner}@${index}`, { holder, leaseUntil });
    return true;
  }

  async freeSlot(owner: string, index: number, holder: string): Promise<void> {
    await Promise.resolve();
    if (this.#slots.get(`${owner}@${index}`)?.holder === holder)
      this.#slots.delete(`${owner}@${index}`);
  }

  async isOff(): Promise<boolean> {
    await Promise.resolve();
    return this.isSwitchedOff;
  }

  #sum(bucket: Bucket, { used, cost }: Amount): Amount {
    const held = this.#buckets.get(keyOf(bucket)) ?? { used: 0, cost: 0 };
    return { used: held.used + used, cost: held.cost + cost };
  }
}

const keyOf = ({ name, from }: Bucket): string => `${name}@${from}`;
