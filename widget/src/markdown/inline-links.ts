import type { Bracket, InlineParser } from "commonmark";
import { Node } from "commonmark";
import type { InlineReader } from "./inline-reader.ts";
import { encodeAddress } from "./urls.ts";

declare module "commonmark" {
  interface Bracket {
    /** How many are open, this one included. */
    depth?: number;
  }
}

/** Brackets open at one time; more are text. It bounds what each closing bracket has to look at. */
const MAX_BRACKETS = 256;

/** Parentheses inside each other in an address, as many as cmark allows. */
const MAX_PARENTHESES = 32;

/** A link's text that is still open further back than this is more likely a lone bracket. */
const LONGEST_OPEN = 200;

/** What may follow a link's text while its address is being written. */
const unfinishedAddress =
  /^(?:\[[^[\]]{0,200}|\(\s*(?:<[^<>\n]*>?|[^\s<]\S*)?(?:\s+(?:"[^"]*"?|'[^']*'?|\([^()]*\)?)?)?\s*)?$/;

const whitespace = /[ \t\n\v\f\r]/;
const escapable = /[!-/:-@[-`{-~]/;

/** As CommonMark compares labels: case folded, spaces collapsed. */
const normalizeLabel = (label: string): string =>
  label
    .slice(1, -1)
    .trim()
    .replace(/[ \t\r\n]+/g, " ")
    .toLowerCase()
    .toUpperCase();

/** An address without angle brackets ends at a space, or at a parenthesis that was not opened in it. */
function bareDestination(text: string, from: number): number | undefined {
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
  const balanced = depth === 0 || (depth === -1 && text[at] === ")");
  return balanced && (at > from || text[at] === ")") ? at : undefined;
}

/** The end of a title that begins at `from`, or undefined. */
function titleEnd(text: string, from: number): number | undefined {
  const opener = text[from];
  if (opener !== '"' && opener !== "'" && opener !== "(") return undefined;
  const closer = opener === "(" ? ")" : opener;
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === closer) return at + 1;
    else if (text[at] === "(" && opener === "(") return undefined;
  }
  return undefined;
}

/** Makes a link or picture of what follows an opening bracket. */
function linkAfter(
  parser: InlineParser,
  block: Node,
  { node: opener, image, previousDelimiter }: Bracket,
): void {
  const link = new Node(image ? "image" : "link");
  for (let inner = opener._next; inner;) {
    const next: Node | null = inner._next;
    link.appendChild(inner);
    inner = next;
  }
  block.appendChild(link);
  parser.processEmphasis(previousDelimiter);
  opener.unlink();
}

/** While text is coming: a link whose text is not closed yet shows its text, without the bracket. */
export function showOpenLinks({ parser }: InlineReader, root: Node): void {
  for (let shown = 0; parser.brackets && shown < 2; shown++) {
    const bracket = parser.brackets;
    const text = parser.subject.slice(bracket.index);
    if (text.length > LONGEST_OPEN || text.includes("\n")) return;
    parser.removeBracket();
    if (bracket.active) linkAfter(parser, root, bracket);
  }
}

/** Makes links and definitions read in linear time, and notes the labels that wait for a definition. */
export function installLinkRules(reader: InlineReader): void {
  const { parser } = reader;
  const { addBracket, parseCloseBracket, parseReference } = parser;

  parser.parseLinkDestination = () => {
    const { subject, pos } = parser;
    if (subject[pos] === "<") {
      const braced = parser.match(/^<(?:[^<>\n\\\0]|\\.)*>/);
      return braced && encodeAddress(reader.unescape(braced.slice(1, -1)));
    }
    const end = bareDestination(subject, pos);
    if (end === undefined) return null;
    parser.pos = end;
    return encodeAddress(reader.unescape(subject.slice(pos, end)));
  };

  parser.parseLinkTitle = () => {
    const { subject, pos } = parser;
    const end = titleEnd(subject, pos);
    if (end === undefined) return null;
    parser.pos = end;
    return reader.unescape(subject.slice(pos + 1, end - 1));
  };

  parser.parseReference = (text, references) => {
    const length = parseReference.call(parser, text, references);
    if (length > 0) {
      const label = /^\[(?:[^\\[\]]|\\.)*\]/s.exec(text)![0];
      reader.defined.push(normalizeLabel(label));
    }
    return length;
  };

  parser.addBracket = (node, index, image) => {
    const depth = (parser.brackets?.depth ?? 0) + 1;
    if (depth > MAX_BRACKETS) return;
    addBracket.call(parser, node, index, image);
    parser.brackets!.depth = depth;
  };

  parser.parseCloseBracket = (block) => {
    const bracket = parser.brackets;
    parseCloseBracket.call(parser, block);
    const literal = block._lastChild!;
    if (!bracket?.active || literal.type !== "text") return true;
    const { subject, pos } = parser;
    const isOpenEnded =
      reader.growing && unfinishedAddress.test(subject.slice(pos, pos + 2_048));
    if (isOpenEnded) {
      literal.unlink();
      linkAfter(parser, block, bracket);
      parser.pos = subject.length;
      return true;
    }
    const length = parser.parseLinkLabel();
    parser.pos = pos;
    if (length > 2)
      reader.unresolved.add(normalizeLabel(subject.slice(pos, pos + length)));
    else if (!bracket.bracketAfter)
      reader.unresolved.add(normalizeLabel(subject.slice(bracket.index, pos)));
    return true;
  };
}
