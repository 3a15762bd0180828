/**
 * Full jitter: a wait drawn anew for every retry, from nothing up to a bound that doubles. Clients that lost their
 * server together do not come back together.
 */
export const backoff = (
  attempt: number,
  random: () => number,
  first = 1_000,
  most = 30_000,
): number => Math.round(random() * Math.min(most, first * 2 ** (attempt - 1)));
