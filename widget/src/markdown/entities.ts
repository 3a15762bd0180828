/**
 * Character references. The names that prose uses are here; the other two thousand are a chunk of their
 * own, fetched when a text first holds a name that is not among these.
 */
const common: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  copy: "©",
  reg: "®",
  trade: "™",
  hellip: "…",
  mdash: "—",
  ndash: "–",
  deg: "°",
  times: "×",
  larr: "←",
  rarr: "→",
  euro: "€",
};

let all: Readonly<Record<string, string>> | undefined;
let loading: Promise<void> | undefined;

/** Fetches every HTML name; a second call waits for the first. Rejects when the chunk cannot be had. */
export function loadEntities(): Promise<void> {
  loading ??= import("character-entities").then(
    ({ characterEntities }) => {
      all = characterEntities;
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** Whether every name is known by now. */
export const knowsAllEntities = (): boolean => all !== undefined;

/**
 * What a whole reference such as `&amp;` or `&#x27;` stands for; undefined when the name is unknown, which
 * is final only when `knowsAllEntities()`.
 */
export function decodeEntity(reference: string): string | undefined {
  const body = reference.slice(1, -1);
  if (body.startsWith("#")) {
    const hexadecimal = /^#x/i.test(body);
    const code = parseInt(
      body.slice(hexadecimal ? 2 : 1),
      hexadecimal ? 16 : 10,
    );
    const valid =
      code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return valid ? String.fromCodePoint(code) : "\ufffd";
  }
  for (const table of [common, all])
    if (table && Object.hasOwn(table, body)) return table[body];
  return undefined;
}
