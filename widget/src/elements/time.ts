/** Times as visitors say them. */
import type { Locale } from "../locales/locale.ts";
import { memo } from "./memo.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The formats of a language; making them is slow. */
const formats = memo((lang: string) => ({
  relative: new Intl.RelativeTimeFormat(lang, {
    numeric: "auto",
    style: "short",
  }),
  exact: new Intl.DateTimeFormat(lang, {
    dateStyle: "medium",
    timeStyle: "short",
  }),
}));

/** How long ago `then` was: "just now", "5 min. ago", "yesterday". */
export function relativeTime(
  then: number,
  now: number,
  { lang, justNow }: Locale,
): string {
  const ago = now - then;
  if (ago < MINUTE) return justNow;
  const { relative } = formats(lang);
  if (ago < HOUR) return relative.format(-Math.floor(ago / MINUTE), "minute");
  if (ago < DAY) return relative.format(-Math.floor(ago / HOUR), "hour");
  return relative.format(-Math.floor(ago / DAY), "day");
}

/** Date and time of `then`, to the minute. */
export const exactTime = (then: number, { lang }: Locale): string =>
  formats(lang).exact.format(then);
