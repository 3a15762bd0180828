import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTime, plural } from "./format.ts";
import { en, inFull } from "./en.ts";
import { enLauncher } from "./en-launcher.ts";
import { LANGUAGES, loadLocale } from "./load-locale.ts";
import type { Locale } from "./locale.ts";

const locales = (await Promise.all(LANGUAGES.map(loadLocale))).map((texts) =>
  inFull(texts),
);

/** Words that are the same in English. */
const SAME_AS_ENGLISH: Readonly<Record<string, readonly string[]>> = {
  de: ["heading", "code"],
  es: ["heading"],
  fr: ["heading", "conversation", "assistant"],
  it: ["heading"],
  nl: ["heading"],
  pt: ["heading"],
};

/** A character of the script that a language is written in. */
const SCRIPTS: Readonly<Record<string, RegExp>> = {
  ar: /\p{Script=Arabic}/u,
  he: /\p{Script=Hebrew}/u,
  hi: /\p{Script=Devanagari}/u,
  ja: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
  ko: /\p{Script=Hangul}/u,
  "zh-Hans": /\p{Script=Han}/u,
};

const textsOf = ({ errors, ...rest }: Locale): [string, unknown][] => [
  ...Object.entries(rest),
  ...Object.entries(errors).map(([code, text]): [string, unknown] => [
    `errors.${code}`,
    text,
  ]),
];
const keysOf = (locale: Locale): string[] =>
  textsOf(locale)
    .map(([key, text]) => `${key}: ${typeof text}`)
    .sort();

/** Numbers of every plural category that any of the languages has. */
const COUNTS = [0, 1, 2, 3, 5, 11, 21, 22, 100, 1_234, 1_000_000];
const COUNTING = ["unread", "newAnswers", "charactersLeft", "tooLong"] as const;
const NAMING = ["code", "transcript", "requestId"] as const;

/** What every sentence of a locale looks like, with samples in place of what is put in. */
const sentences = (locale: Locale): [string, string][] =>
  textsOf(locale).flatMap(([key, text]): [string, string][] => {
    if (key === "lang" || key === "dir") return [];
    if (typeof text === "string") return [[key, text]];
    const say = text as (value: number | string) => string;
    return [[key, say((NAMING as readonly string[]).includes(key) ? "7" : 5)]];
  });

test("there are fifteen languages", () => {
  assert.equal(
    LANGUAGES.toSorted().join(" "),
    "ar de en es fr he hi it ja ko nl pl pt tr zh",
  );
});

for (const locale of locales)
  describe(locale.lang, () => {
    test("has every text and no other", async () => {
      const own = await loadLocale(locale.lang);
      const expected = locale.lang === "en" ? enLauncher : en;
      assert.deepEqual(Object.keys(own).sort(), Object.keys(expected).sort());
      assert.deepEqual(keysOf(locale), keysOf(en));
    });

    test("has no empty text and no stray space", () => {
      for (const [key, text] of sentences(locale)) {
        assert.notEqual(text, "", key);
        assert.equal(text, text.trim(), key);
        assert.doesNotMatch(text, / {2}|undefined|\[object|[#{}]/, key);
      }
    });

    test("counts", () => {
      const digits = new Intl.NumberFormat(locale.lang);
      for (const key of COUNTING)
        for (const count of COUNTS) {
          const text = locale[key](count);
          assert.notEqual(text, "", `${key} ${count}`);
          assert.doesNotMatch(text, /#/);
          // One and two may be words, and so may none.
          if (count > 2) assert.ok(text.includes(digits.format(count)), text);
        }
    });

    test("names what it is given", () => {
      for (const key of NAMING)
        assert.match(locale[key]("«x-1»"), /«x-1»/, key);
    });

    test("says when to try again", () => {
      for (const seconds of [1, 5, 90, 91, 3_600, 86_400, 200_000])
        assert.ok(
          locale.tryAgainIn(seconds).includes(inTime(locale.lang, seconds)),
        );
      assert.notEqual(locale.tryAgainIn(5), locale.tryAgainIn(6));
    });

    if (locale.lang !== "en")
      test("has no English left", () => {
        const english = new Map(sentences(en));
        const same = sentences(locale)
          .filter(([key, text]) => english.get(key) === text)
          .map(([key]) => key);
        assert.deepEqual(same, SAME_AS_ENGLISH[locale.lang] ?? []);
      });

    test("is written in its own script", () => {
      const script = SCRIPTS[locale.lang] ?? /\p{Script=Latin}/u;
      for (const [key, text] of sentences(locale))
        assert.match(text, script, key);
    });

    test("runs in the direction of its script", () => {
      assert.equal(
        locale.dir,
        ["ar", "he"].includes(locale.lang) ? "rtl" : "ltr",
      );
    });
  });

test("plurals follow the rules of the language", async () => {
  const say = async (tag: string, count: number) =>
    inFull(await loadLocale(tag)).newAnswers(count);
  assert.equal(await say("en", 1), "1 new answer");
  assert.equal(await say("en", 0), "0 new answers");
  assert.equal(await say("fr", 0), "0 nouvelle réponse");
  assert.equal(await say("de", 1_234), "1.234 neue Antworten");
  assert.equal(await say("pl", 1), "1 nowa odpowiedź");
  assert.equal(await say("pl", 3), "3 nowe odpowiedzi");
  assert.equal(await say("pl", 5), "5 nowych odpowiedzi");
  assert.equal(await say("pl", 22), "22 nowe odpowiedzi");
  assert.equal(await say("ar", 2), "إجابتان جديدتان");
  assert.equal(await say("ar", 3), "3 إجابات جديدة");
  assert.equal(await say("ar", 11), "11 إجابة جديدة");
  assert.equal(await say("he", 2), "שתי תשובות חדשות");
  assert.equal(await say("ja", 3), "新しい回答 3 件");
});

test("a form that is missing is the general one", () => {
  assert.equal(plural("pl", { other: "#!" })(3), "3!");
});

test("times to come are in the unit that tells most", () => {
  const cases: readonly [number, string][] = [
    [0, "in 1 second"],
    [0.2, "in 1 second"],
    [1, "in 1 second"],
    [59.1, "in 60 seconds"],
    [90, "in 90 seconds"],
    [91, "in 2 minutes"],
    [3_600, "in 60 minutes"],
    [5_401, "in 2 hours"],
    [86_400, "in 24 hours"],
    [200_000, "in 3 days"],
  ];
  for (const [seconds, text] of cases)
    assert.equal(inTime("en", seconds), text);
  assert.equal(inTime("de", 5), "in 5 Sekunden");
});

describe("loadLocale", () => {
  const cases: readonly [tag: string, greets: string, lang: string][] = [
    ["de", "de", "de"],
    ["de-AT", "de", "de-AT"],
    ["DE-ch", "de", "de-CH"],
    ["de_AT", "de", "de-AT"],
    ["de-Latn-AT-1996", "de", "de-Latn-AT-1996"],
    ["pt-PT", "pt", "pt-PT"],
    ["es-419", "es", "es-419"],
    ["iw-IL", "he", "he-IL"],
    ["zh", "zh", "zh-Hans"],
    ["zh-CN", "zh", "zh-CN"],
    ["zh-Hans", "zh", "zh-Hans"],
    ["zh-Hans-SG", "zh", "zh-Hans-SG"],
    ["zh-TW", "zh", "zh-Hans"],
    ["zh-Hant-HK", "zh", "zh-Hans"],
    ["en-GB", "en", "en-GB"],
    ["en", "en", "en"],
    ["fi", "en", "en"],
    ["tlh", "en", "en"],
    ["", "en", "en"],
    ["not a tag", "en", "en"],
    ["constructor", "en", "en"],
    ["__proto__", "en", "en"],
  ];
  for (const [tag, language, lang] of cases)
    test(`${JSON.stringify(tag)} is ${language}`, async () => {
      const locale = inFull(await loadLocale(tag));
      const expected = locales[LANGUAGES.indexOf(language)];
      assert.equal(locale.greeting, expected?.greeting);
      assert.equal(locale.lang, lang);
    });
});

test("strings of the page replace single texts and errors", () => {
  const changed = inFull(enLauncher, {
    greeting: "Ahoy!",
    errors: { busy: "One at a time." },
  });
  assert.equal(changed.greeting, "Ahoy!");
  assert.equal(changed.errors.busy, "One at a time.");
  assert.equal(changed.errors.timeout, en.errors.timeout);
  assert.equal(changed.send, en.send);
  assert.deepEqual(inFull(enLauncher), en);
});
