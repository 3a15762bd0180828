import { Loader } from "./loader.ts";

/**
 * Character references. The names that prose uses most are here; the other two thousand are a chunk of their own, loaded
 * when a text first holds a name that is not among these.
 */
const common: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  copy: "©",
  hellip: "…",
  mdash: "—",
  ndash: "–",
  rarr: "→",
};

/** Loads every name of HTML. */
export const namesLoader = new Loader(() => import("character-entities"));

/**
 * What a whole reference such as `&amp;` or `&#x27;` stands for; undefined when the name is unknown, which is final only when
 * every name is loaded.
 */
export function decodeEntity(reference: string): string | undefined {
  const name = reference.slice(1, -1);
  if (name.startsWith("#")) {
    const code = Number(name.slice(1).replace(/^x/i, "0x"));
    const isCharacter =
      code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : "\ufffd";
  }
  for (const names of [common, namesLoader.loaded?.characterEntities])
    if (names && Object.hasOwn(names, name)) return names[name];
  return undefined;
}
