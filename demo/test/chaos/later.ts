import type { VirtualClock } from "../../../server/test/fakes/virtual-clock.ts";

/** Calls `task` once after `ms` of virtual time; the returned function cancels it. */
export function later(
  clock: VirtualClock,
  ms: number,
  task: () => void,
): () => void {
  const cancelled = new AbortController();
  void clock.sleep(ms, cancelled.signal).then(() => {
    if (!cancelled.signal.aborted) task();
  });
  return () => cancelled.abort();
}
