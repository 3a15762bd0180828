import type { Part } from "./inline-nodes.ts";

/** A run of `*`, `_` or `~` that may open or close emphasis. */
export interface Delimiter {
  readonly character: string;
  /** How long the run is as it was written. */
  readonly length: number;
  /** How many of its characters are still text. */
  count: number;
  readonly opens: boolean;
  readonly closes: boolean;
}

export const isDelimiter = (part: Part): part is Delimiter =>
  typeof part === "object" && "character" in part;

/** Whether what comes later can still make emphasis with a part. */
export const isOpener = (part: Part): part is Delimiter =>
  isDelimiter(part) && part.opens && part.count > 0;

function matches(opener: Part, closer: Delimiter): opener is Delimiter {
  if (!isOpener(opener) || opener.character !== closer.character) return false;
  if (closer.character === "~") return opener.length === closer.length;
  return !(
    (closer.opens || opener.closes) &&
    closer.length % 3 !== 0 &&
    (opener.length + closer.length) % 3 === 0
  );
}

/** Closers of one kind never find an opener below the place where another one found none. */
const kindOf = ({ character, opens, length }: Delimiter): string =>
  character + opens + (length % 3);

/** Makes emphasis of all parts after the opener at `at`, whose closer has so many characters left. Gives how many it takes. */
function wrap(parts: Part[], at: number, left: number): number {
  const opener = parts[at] as Delimiter;
  const children = parts.splice(at + 1);
  const count = Math.min(opener.count, left, 2);
  opener.count -= count;
  const tag = opener.character === "~" ? "del" : count === 2 ? "strong" : "em";
  parts.push({ tag, children });
  return count;
}

/**
 * Resolves the markers among some parts: CommonMark's emphasis and GFM's strikethrough in one pass, so that they
 * nest in each other. What is left can still be paired with markers that come later.
 */
export function resolveEmphasis(parts: Part[]): void {
  const floors = new Map<string, number>();
  for (const part of parts.splice(0)) {
    if (isDelimiter(part) && part.closes) closePairs(parts, part, floors);
    parts.push(part);
  }
}

/** Pairs a marker with those before it. */
function closePairs(
  parts: Part[],
  closer: Delimiter,
  floors: Map<string, number>,
): void {
  const kind = kindOf(closer);
  while (closer.count > 0) {
    const floor = floors.get(kind) ?? 0;
    let at = parts.length - 1;
    while (at >= floor && !matches(parts[at]!, closer)) at--;
    if (at < floor) {
      floors.set(kind, parts.length);
      return;
    }
    closer.count -= wrap(parts, at, closer.count);
    for (const [other, height] of floors)
      floors.set(other, Math.min(height, parts.length));
  }
}

/**
 * While text is still coming: shows what follows an open marker as if it were closed already. Only markers
 * that can do nothing but open count: `5*3` keeps its asterisk.
 */
export function closeOpenEmphasis(parts: Part[]): void {
  for (let at = parts.length - 1; at >= 0; at--) {
    const part = parts[at]!;
    for (let levels = 0; levels < 3 && isOpener(part) && !part.closes; levels++)
      wrap(parts, at, part.count);
  }
}
