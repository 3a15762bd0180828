/** Times as visitors say them. */
import { UNITS } from "../locales/format.ts";
import type { Locale } from "../locales/locale.ts";
import { memo } from "./memo.ts";

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
  const seconds = (now - then) / 1_000;
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? [];
  return !length || unit === "second"
    ? justNow
    : formats(lang).relative.format(-Math.floor(seconds / length), unit);
}

/** Date and time of `then`, to the minute. */
export const exactTime = (then: number, { lang }: Locale): string =>
  formats(lang).exact.format(then);
