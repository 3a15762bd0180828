import type { ShownError } from "./notice.ts";

const shownSince = new WeakMap<ShownError, number>();

/**
 * Milliseconds that are left of what the server told the visitor to wait, from when the error came, or else was first
 * shown. Never more than the server said: the clock that told when it came may be another one.
 */
export function waitLeft(error: ShownError | undefined, now: number): number {
  if (!error?.retryAfterMs) return 0;
  const since = error.since ?? shownSince.get(error) ?? now;
  shownSince.set(error, since);
  return Math.max(0, error.retryAfterMs - Math.max(0, now - since));
}
