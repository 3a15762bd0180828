import type { Window } from "./meter.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const multiple =
  (length: number) =>
  (at: number): Window => {
    const from = at - (at % length);
    return { from, until: from + length };
  };

/** The window of this length around a moment. Hours, days and months are those of UTC. */
export const WINDOWS = {
  minute: multiple(MINUTE_MS),
  hour: multiple(HOUR_MS),
  day: multiple(DAY_MS),
  month(at: number): Window {
    const date = new Date(at);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    return { from: Date.UTC(year, month), until: Date.UTC(year, month + 1) };
  },
} as const;
