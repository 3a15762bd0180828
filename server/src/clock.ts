import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "./chat/ports.ts";

/** Real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await wait(Math.max(0, ms), undefined, { signal });
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  },
};
