import { enLauncher } from "./en-launcher.ts";
import type { LauncherTexts, Locale } from "./locale.ts";

/** Languages other than English, each fetched when it is first needed. */
const LOADERS: Readonly<
  Record<string, () => Promise<{ readonly locale: Locale }>>
> = {
  ar: () => import("./ar.ts"),
  de: () => import("./de.ts"),
  es: () => import("./es.ts"),
  fr: () => import("./fr.ts"),
  he: () => import("./he.ts"),
  hi: () => import("./hi.ts"),
  it: () => import("./it.ts"),
  ja: () => import("./ja.ts"),
  ko: () => import("./ko.ts"),
  nl: () => import("./nl.ts"),
  pl: () => import("./pl.ts"),
  pt: () => import("./pt.ts"),
  tr: () => import("./tr.ts"),
  zh: () => import("./zh-hans.ts"),
};

/** Languages that the widget speaks, as subtags; Chinese is written in simplified characters. */
export const LANGUAGES: readonly string[] = ["en", ...Object.keys(LOADERS)];

/** The tag as `Intl` knows it; undefined for what is none. Pages write `de_AT` too. */
function parse(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag.trim().replaceAll("_", "-"));
  } catch {
    return undefined;
  }
}

/**
 * The texts for a BCP 47 tag: `de-AT` gets German, `zh-TW` Chinese, what is unknown or no tag gets English. Its `lang` is
 * the tag that was asked for, so that dates look as they do in that country, unless people there use other characters.
 * English comes without what the chat itself says, which `inFull()` of `en.ts` adds. Rejects when the texts cannot be
 * fetched.
 */
export async function loadLocale(tag: string): Promise<LauncherTexts> {
  const wanted = parse(tag);
  if (!wanted || !LANGUAGES.includes(wanted.language)) return enLauncher;
  const texts = (await LOADERS[wanted.language]?.())?.locale ?? enLauncher;
  const sameScript =
    wanted.maximize().script === new Intl.Locale(texts.lang).maximize().script;
  return wanted.region && sameScript
    ? { ...texts, lang: wanted.baseName }
    : texts;
}
