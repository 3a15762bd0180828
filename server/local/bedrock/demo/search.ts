/** Full-text search over the documentation. */
import MiniSearch from "minisearch";
import type { Section } from "./documentation.ts";

const STOP_WORDS = new Set(
  (
    "a about also am an and any are as at be been but by can could did do does for from get give had has have how i if in " +
    "into is it its just let like list make me more my no not now of off on or our out please project say shall she should show so some " +
    "tell than that the their them then there these they this those to too up us use used very want was we were what when " +
    "where which who why will with work works would yes you your"
  ).split(" "),
);

/** A word as it is searched: plural and singular are one. Undefined for words that say nothing. */
export function searchTerm(word: string): string | undefined {
  const lower = word.toLowerCase();
  if (STOP_WORDS.has(lower) || lower.length < 2) return undefined;
  if (lower.length > 4 && lower.endsWith("ies"))
    return `${lower.slice(0, -3)}y`;
  if (lower.length > 3 && lower.endsWith("s") && !lower.endsWith("ss"))
    return lower.slice(0, -1);
  return lower;
}

/** The words of a question that say what it is about. */
export const searchTerms = (text: string): string[] => [
  ...new Set(
    text.split(/[\s\p{P}\p{S}]+/u).flatMap((word) => searchTerm(word) ?? []),
  ),
];

/** Says how many of a question's words a text has. */
export function matchCounter(query: string): (text: string) => number {
  const asked = searchTerms(query);
  return (text) => {
    const has = new Set(searchTerms(text));
    return asked.filter((term) => has.has(term)).length;
  };
}

/** Part of a question's words that a section must have. */
const LEAST_MATCH = 0.34;
/** How much more a section counts that is called just what was asked for. */
const TITLE_BOOST = 3;
/** Score, against the best one's, from which another section is worth a mention. */
const LEAST_SCORE = 0.3;

export interface DocumentationSearch {
  readonly sections: readonly Section[];
  /** Sections that fit, best first; none when nothing is close. */
  find(query: string): Section[];
}

export function createSearch(
  sections: readonly Section[],
): DocumentationSearch {
  const index = new MiniSearch<Section>({
    fields: ["title", "trail", "file", "text"],
    extractField: (section, field) =>
      field === "trail"
        ? section.trail.join(" ")
        : section[field as "id" | "title" | "file" | "text"],
    tokenize: (text) => text.split(/[\s\p{P}\p{S}]+/u),
    processTerm: (word) => searchTerm(word) ?? null,
    searchOptions: {
      boost: { title: 4, trail: 1.5, file: 1.5 },
      prefix: (term) => term.length >= 4,
      fuzzy: (term) => (term.length >= 6 ? 0.2 : false),
      weights: { prefix: 0.5, fuzzy: 0.2 },
    },
  });
  index.addAll(sections);
  const byId = new Map(sections.map((section) => [section.id, section]));
  return {
    sections,
    find(query) {
      const asked = searchTerms(query);
      if (asked.length === 0) return [];
      const isAskedFor = (title: string): boolean => {
        const terms = searchTerms(title);
        return (
          terms.length === asked.length &&
          terms.every((term) => asked.includes(term))
        );
      };
      const hits = index.search(query, {
        boostDocument: (id) =>
          isAskedFor(byId.get(id as string)!.title) ? TITLE_BOOST : 1,
      });
      const best = hits[0]?.score ?? 0;
      return hits
        .filter(
          ({ queryTerms, score }) =>
            queryTerms.length / asked.length >= LEAST_MATCH &&
            score >= best * LEAST_SCORE,
        )
        .flatMap(({ id }) => byId.get(id as string) ?? []);
    },
  };
}
