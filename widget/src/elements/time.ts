/** Times as visitors say them. */
import type { Locale } from "../locales/locale.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Map<string, Intl.RelativeTimeFormat>();
const exact = new Map<string, Intl.DateTimeFormat>();

function cached<T>(cache: Map<string, T>, key: string, make: () => T): T {
  let value = cache.get(key);
  if (!value) cache.set(key, (value = make()));
  return value;
}

/** How long ago `then` was: "just now", "5 min. ago", "yesterday". */
export function relativeTime(
  then: number,
  now: number,
  locale: Locale,
): string {
  const ago = now - then;
  if (ago < MINUTE) return locale.justNow;
  const format = cached(
    relative,
    locale.lang,
    () =>
      new Intl.RelativeTimeFormat(locale.lang, {
        numeric: "auto",
        style: "short",
      }),
  );
  if (ago < HOUR) return format.format(-Math.floor(ago / MINUTE), "minute");
  if (ago < DAY) return format.format(-Math.floor(ago / HOUR), "hour");
  return format.format(-Math.floor(ago / DAY), "day");
}

/** Date and time of `then`, to the minute. */
export const exactTime = (then: number, locale: Locale): string =>
  cached(
    exact,
    locale.lang,
    () =>
      new Intl.DateTimeFormat(locale.lang, {
        dateStyle: "medium",
        timeStyle: "short",
      }),
  ).format(then);

/** Changes whenever {@link relativeTime} may. */
export function timeStep(then: number, now: number): number {
  const ago = now - then;
  return Math.floor(ago / (ago < HOUR ? MINUTE : ago < DAY ? HOUR : DAY));
}
