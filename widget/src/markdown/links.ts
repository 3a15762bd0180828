import { matchAt } from "./match.ts";

/** Where a link leads, with the escapes and references as they are written. */
export interface Target {
  readonly destination: string;
  readonly title: string;
}

/** Parentheses inside each other in an address, as many as cmark allows. */
const MAX_PARENTHESES = 32;

const braced = /<(?:[^<>\n\\\0]|\\.)*>/y;
const title =
  /"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|\([^()\\]*(?:\\.[^()\\]*)*\)/sy;
const space = /[ \t]*(?:\n[ \t]*)?/y;
const whitespace = /[ \t\n\v\f\r]/;
export const escapable = /[!-/:-@[-`{-~]/;

/** An address without angle brackets ends at a space, or at a parenthesis that was not opened in it. */
function endOfBare(text: string, from: number): number | undefined {
  let depth = 0;
  let at = from;
  for (; at < text.length; at++) {
    const character = text[at]!;
    if (character === "\\" && escapable.test(text[at + 1] ?? "")) at++;
    else if (character === "(") {
      if (++depth > MAX_PARENTHESES) return undefined;
    } else if (character === ")") {
      if (--depth < 0) break;
    } else if (whitespace.test(character)) break;
  }
  return depth <= 0 && (at > from || text[at] === ")") ? at : undefined;
}

/** The end of an address that begins at `from`, or undefined. */
function endOfAddress(text: string, from: number): number | undefined {
  if (text[from] !== "<") return endOfBare(text, from);
  const length = matchAt(braced, text, from)?.length;
  return length && from + length;
}

const afterSpace = (text: string, from: number): number =>
  from + matchAt(space, text, from)!.length;

/** A target that was found in a text, where it ends. */
export type FoundTarget = Target & { readonly end: number };

/** An address and perhaps a title that `ending` follows. */
export function targetAt(
  text: string,
  from: number,
  ending: RegExp,
): FoundTarget | undefined {
  const ends = (at: number) => matchAt(ending, text, at) !== undefined;
  const begin = afterSpace(text, from);
  const afterAddress = endOfAddress(text, begin);
  if (afterAddress === undefined) return undefined;
  const address = text.slice(begin, afterAddress);
  const destination = address.startsWith("<") ? address.slice(1, -1) : address;
  const titleBegin = afterSpace(text, afterAddress);
  const written = titleBegin > afterAddress && matchAt(title, text, titleBegin);
  const found = (title: string) => ({
    destination,
    title,
    end: ending.lastIndex,
  });
  if (written && ends(titleBegin + written.length))
    return found(written.slice(1, -1));
  return ends(afterAddress) ? found("") : undefined;
}

const closing = /[ \t]*(?:\n[ \t]*)?\)/y;

/** The address in parentheses that follows a link's text. */
export const inlineTargetAt = (text: string, from: number) =>
  text[from] === "(" ? targetAt(text, from + 1, closing) : undefined;
