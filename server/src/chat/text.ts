import { utf8Length } from "bedrock-chat-widget/protocol";

/** UTF-8 bytes of `value` as JSON. */
export const jsonBytes = (value: unknown): number =>
  utf8Length(JSON.stringify(value));

/** UTF-8 bytes that one code point takes inside a JSON string. */
function jsonBytesOf(codePoint: number): number {
  if (codePoint === 0x22 || codePoint === 0x5c) return 2;
  // \b \t \n \f \r have short escapes, the other control characters long ones.
  if (codePoint < 0x20)
    return codePoint >= 0x08 && codePoint <= 0x0d && codePoint !== 0x0b ? 2 : 6;
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  // A lone surrogate is written as an escape.
  if (codePoint >= 0xd800 && codePoint < 0xe000) return 6;
  return codePoint < 0x10000 ? 3 : 4;
}

const utf8BytesOf = (codePoint: number): number =>
  codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;

/** Index at which `text` has to be cut so that what comes before takes at most `budget`, never inside a code point. */
function cutIndex(
  text: string,
  budget: number,
  cost: (codePoint: number) => number,
): number {
  let left = budget;
  let index = 0;
  while (index < text.length) {
    const codePoint = text.codePointAt(index) ?? 0;
    left -= cost(codePoint);
    if (left < 0) break;
    index += codePoint > 0xffff ? 2 : 1;
  }
  return index;
}

/** The longest beginning of `text` that takes at most `bytes` as JSON, quotes apart. */
export const headByJsonBytes = (text: string, bytes: number): string =>
  text.slice(0, cutIndex(text, bytes, jsonBytesOf));

/** The longest beginning of `text` that takes at most `bytes` in UTF-8. */
export const headByBytes = (text: string, bytes: number): string =>
  text.slice(0, cutIndex(text, bytes, utf8BytesOf));

/** `text` in pieces of at most `bytes` as JSON, none of them ending inside a code point. */
export function piecesByJsonBytes(text: string, bytes: number): string[] {
  const pieces: string[] = [];
  for (let rest = text; rest !== "";) {
    // One code point takes more than a tiny budget: it goes out nevertheless, or this would never end.
    const piece =
      headByJsonBytes(rest, bytes) ||
      String.fromCodePoint(rest.codePointAt(0) ?? 0);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return pieces;
}

/** Whether `text` ends with the first half of a surrogate pair. */
export const endsInsidePair = (text: string): boolean =>
  (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
