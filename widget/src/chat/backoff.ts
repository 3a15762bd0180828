import type { Environment } from "./ports.ts";

/**
 * Full jitter: a wait drawn anew for every retry, from nothing up to a bound that doubles. Clients that lost their
 * server together do not come back together.
 */
export const backoff = (
  attempt: number,
  environment: Environment,
  most = 30_000,
): number =>
  Math.round(environment.random() * Math.min(most, 500 * 2 ** attempt));
