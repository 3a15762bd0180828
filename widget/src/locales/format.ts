/** Numbers and times in sentences, by the rules that `Intl` knows. */

/** The forms of a sentence with a number in it, which stands as `#`. */
export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & {
  readonly other: string;
};

/** Chooses the form that the language `lang` has for a number. */
export const plural =
  (lang: string, forms: PluralForms) =>
  (count: number): string =>
    (forms[new Intl.PluralRules(lang).select(count)] ?? forms.other).replace(
      "#",
      new Intl.NumberFormat(lang).format(count),
    );

/** Units of time in seconds, longest first. */
export const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** A unit is used from one and a half of it: "in 90 seconds" tells more than "in 1 minute". */
const FROM = 1.5;

/** "in 5 seconds", "in 2 hours": rounded up, never less than a second. */
export function inTime(lang: string, seconds: number): string {
  const [unit, length] = UNITS.find(
    ([, length]) => seconds > length * FROM,
  ) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(lang).format(
    Math.max(1, Math.ceil(seconds / length)),
    unit,
  );
}
