/** What is counted, and the port that counts it. Amounts are whole: tokens, pieces, and billionths of a US dollar. */

/** A span of time that begins at the same moment for everybody. Epoch milliseconds. */
export interface Window {
  readonly from: number;
  readonly until: number;
}

/** A count of its own in each window. */
export interface Bucket extends Window {
  /** What is counted and for whom: fixed words first, ids last. */
  readonly name: string;
}

export interface Amount {
  /** Tokens, or pieces of whatever the bucket counts. */
  readonly used: number;
  /** Billionths of a US dollar. */
  readonly cost: number;
}

/** Counts, each by one conditional write, so that no number of concurrent callers gets past a limit. */
export interface Meter {
  /**
   * Adds `amount`, unless the bucket would then hold more than `most` of something, and gives what it holds now. A call
   * whose reply is lost may count twice.
   */
  take(
    bucket: Bucket,
    amount: Amount,
    most: Partial<Amount>,
  ): Promise<Amount | undefined>;
  /**
   * Corrects what was taken by `change`, which may be negative, and gives what the bucket holds now. Undefined when it would
   * hold less than nothing, or is gone. Never done twice: when the reply is lost it rejects.
   */
  correct(bucket: Bucket, change: Amount): Promise<Amount | undefined>;
  /** Takes slot `index` of the owner; false when a holder has it whose lease is running. The same holder may take it again. */
  takeSlot(
    owner: string,
    index: number,
    holder: string,
    now: number,
    leaseUntil: number,
  ): Promise<boolean>;
  /** Frees the slot if this holder has it. */
  freeSlot(owner: string, index: number, holder: string): Promise<void>;
  /** Whether the owner of the site has switched questions off. */
  isOff(): Promise<boolean>;
}

/** The budgets that a question is counted for, from narrow to wide. */
export type BudgetKind = "visitor" | "address" | "day" | "month";

/** What a turn has taken of the budgets before the model was called. It is kept with the turn until somebody settles it. */
export interface Reservation {
  /** Whose day and slot it counts for. */
  readonly subject: string;
  readonly address: string;
  /** When it was made: this tells the windows. */
  readonly at: number;
  /** The budgets that were taken from. */
  readonly kinds: readonly BudgetKind[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Billionths of a US dollar. */
  readonly cost: number;
  /** Which of the subject's slots the turn holds. */
  readonly slot?: number;
}
