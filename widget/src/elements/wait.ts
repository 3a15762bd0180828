import type { ShownError } from "./notice.ts";

const shownSince = new WeakMap<ShownError, number>();

/** Milliseconds that are left of what the server told the visitor to wait, from when the error was first shown. */
export function waitLeft(error: ShownError | undefined, now: number): number {
  if (!error?.retryAfterMs) return 0;
  const since = shownSince.get(error) ?? now;
  shownSince.set(error, since);
  return Math.max(0, since + error.retryAfterMs - now);
}
