/** The pace of a language model: pieces of uneven length at uneven intervals, the same ones each time for the same text. */

/** A sequence of numbers from 0 to 1 that depends on `seed` alone. */
export function seededRandom(seed: string): () => number {
  let state = 2_166_136_261;
  for (let at = 0; at < seed.length; at++)
    state = Math.imul(state ^ seed.charCodeAt(at), 16_777_619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SHORTEST = 2;
const LONGEST = 16;

/** Cuts text into pieces of about nine characters, never inside of one. */
export function pieces(text: string, random: () => number): string[] {
  const cut: string[] = [];
  let piece = "";
  let length = 0;
  const next = (): void => {
    if (piece) cut.push(piece);
    piece = "";
    length = SHORTEST + Math.floor(random() * (LONGEST - SHORTEST + 1));
  };
  next();
  for (const character of text) {
    if (piece.length >= length) next();
    piece += character;
  }
  next();
  return cut;
}

const USUAL_MS = 32;
const MOST_MS = 10_000;

/** How long to wait before each piece: `overMs` in all, or a usual pace that ends long texts within ten seconds. */
export function intervals(
  count: number,
  random: () => number,
  overMs = Math.min(count * USUAL_MS, MOST_MS),
): number[] {
  const weights = Array.from({ length: count }, () => 0.3 + random() * 1.4);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => (weight / sum) * overMs);
}
