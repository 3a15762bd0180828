import type { InlineParser } from "commonmark";
import { Node, Parser } from "commonmark";
import { autolinkAt, findAutolink } from "./autolinks.ts";
import { closeOpenEmphasis, processEmphasis, TILDE } from "./emphasis.ts";
import { decodeEntity, knowsAllEntities } from "./entities.ts";
import { installLinkRules, showOpenLinks } from "./inline-links.ts";

/** A piece of text this long ends at the next space where nothing is open, and is never read again. */
const PIECE = 2_048;

/** Ordinary text is read in steps of at most this length. */
const STEP = 1_024;

const reference = /&(?:#x[a-f0-9]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,31});/iy;
const escapedOrReference =
  /\\[!-/:-@[-`{-~]|&(?:#x[a-f0-9]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,31});/gi;
const plain = new RegExp(`[^\\n\`[\\]\\\\!<&*_~]{1,${STEP}}`, "y");
const tilde = /~+/y;
const lineBreakTag = /<br[ \t]*\/?>/iy;

/** How raw HTML other than tags begins, and what it needs to end. */
const htmlSections: readonly (readonly [RegExp, string])[] = [
  [/<!--/y, "-->"],
  [/<!\[CDATA\[/y, "]]>"],
  [/<\?/y, "?>"],
  [/<![a-z]/iy, ">"],
];

export interface ReadOptions {
  /** More text is expected: open markers are shown as if they were closed. */
  readonly growing: boolean;
  /** The text is a table's cell, where `<br>` is the only way to break a line. */
  readonly cell: boolean;
}

/** What was read: a tree under `root`, up to `end`. */
export interface Piece {
  readonly root: Node;
  /** Less than the text's length when this piece is complete and the next one begins there. */
  readonly end: number;
}

/**
 * commonmark.js's inline parser with GFM's additions, made to read in pieces, to show text whose end is yet
 * to come, and to take time in proportion to the text however hostile that is.
 */
export class InlineReader {
  /** The parser itself, for the block parser, which reads definitions with it. */
  readonly parser: InlineParser = new Parser().inlineParser;
  /** Normalised labels in brackets for which there was no definition. The owner empties it. */
  readonly unresolved = new Set<string>();
  /** Normalised labels that definitions were read for. The owner empties it. */
  readonly defined: string[] = [];
  /** Whether a character reference was left as it is because not all names are known yet. */
  missedEntity = false;
  /** Characters read so far, each time counted again. */
  parsedCharacters = 0;
  growing = false;
  #cell = false;
  #start = 0;
  #end = 0;
  /** Where the piece may end at the earliest. */
  #nextTry = 0;
  /** A run of backticks without a partner so far: more text may make code of what follows it. */
  #codeMayBeOpen = false;
  /** Where the runs of backticks of each length stand, once one was met. */
  #runs: Map<number, number[]> | undefined;
  /** Ends of HTML sections that do not come any more. */
  readonly #absent = new Set<string>();

  constructor() {
    const { parser } = this;
    const { parseHtmlTag, parseInline } = parser;
    parser.processEmphasis = (bottom) => {
      processEmphasis(parser, bottom);
      while (parser.delimiters && parser.delimiters !== bottom)
        parser.removeDelimiter(parser.delimiters);
    };
    parser.parseInline = (block) =>
      this.#parseTildes(block) || parseInline.call(parser, block);
    parser.parseHtmlTag = (block) =>
      this.#parseLineBreak(block) ||
      (this.#mayBeHtml() && parseHtmlTag.call(parser, block));
    parser.parseBackticks = (block) => this.#parseBackticks(block);
    parser.parseEntity = (block) => this.#parseEntity(block);
    parser.parseString = (block) => this.#parseText(block);
    installLinkRules(this);
  }

  /** Reads one piece of `text` from `from` on. */
  read(text: string, from: number, { growing, cell }: ReadOptions): Piece {
    const { parser } = this;
    const root = new Node("paragraph");
    this.growing = growing;
    this.#cell = cell;
    this.#start = from;
    this.#end = text.length;
    this.#nextTry = from + PIECE;
    this.#codeMayBeOpen = false;
    this.#runs = undefined;
    this.#absent.clear();
    parser.subject = text;
    parser.pos = from;
    parser.delimiters = null;
    parser.brackets = null;
    while (parser.pos < this.#end) parser.parseInline(root);
    if (growing && this.#end === text.length) {
      showOpenLinks(this, root);
      processEmphasis(parser, null);
      closeOpenEmphasis(parser, from);
    } else processEmphasis(parser, null);
    this.parsedCharacters += parser.pos - from;
    return { root, end: parser.pos };
  }

  /** Text with its backslash escapes and character references replaced. */
  unescape(text: string): string {
    return text.replace(escapedOrReference, (part) =>
      part.startsWith("\\") ? part.slice(1) : this.#decode(part),
    );
  }

  #decode(entity: string): string {
    const text = decodeEntity(entity);
    if (text === undefined && !knowsAllEntities()) this.missedEntity = true;
    return text ?? entity;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.parser.pos;
    return pattern.exec(this.parser.subject)?.[0];
  }

  #append(block: Node, type: string, literal: string, length: number): true {
    const node = new Node(type);
    node._literal = literal;
    block.appendChild(node);
    this.parser.pos += length;
    return true;
  }

  #parseEntity(block: Node): boolean {
    const entity = this.#match(reference);
    if (!entity) return false;
    return this.#append(block, "text", this.#decode(entity), entity.length);
  }

  /** GFM: one or two tildes strike through, more are text. */
  #parseTildes(block: Node): boolean {
    const run = this.#match(tilde);
    if (!run) return false;
    if (run.length <= 2) return this.parser.handleDelim(TILDE, block);
    return this.#append(block, "text", run, run.length);
  }

  #parseLineBreak(block: Node): boolean {
    const tag = this.#cell && this.#match(lineBreakTag);
    return tag ? this.#append(block, "linebreak", "", tag.length) : false;
  }

  /** Looks for a section's end once only: many beginnings without one would each search all the text. */
  #mayBeHtml(): boolean {
    const { subject, pos } = this.parser;
    const end = htmlSections.find(([begin]) => this.#match(begin))?.[1];
    if (end === undefined) return true;
    if (!this.#absent.has(end) && !subject.includes(end, pos))
      this.#absent.add(end);
    return !this.#absent.has(end);
  }

  #findRuns(): Map<number, number[]> {
    const runs = new Map<number, number[]>();
    const ticks = /`+/g;
    ticks.lastIndex = this.parser.pos;
    for (let run; (run = ticks.exec(this.parser.subject));) {
      const positions = runs.get(run[0].length);
      if (positions) positions.push(run.index);
      else runs.set(run[0].length, [run.index]);
    }
    // The next one is taken from the end.
    for (const positions of runs.values()) positions.reverse();
    return runs;
  }

  #parseBackticks(block: Node): boolean {
    const { parser } = this;
    this.#runs ??= this.#findRuns();
    const { length } = this.#match(/`+/y)!;
    const begin = parser.pos + length;
    const positions = this.#runs.get(length) ?? [];
    while (positions.length > 0 && positions.at(-1)! < begin) positions.pop();
    const end = positions.at(-1);
    if (end !== undefined) {
      const code = parser.subject.slice(begin, end).replaceAll("\n", " ");
      const padded = /^ .* $/.test(code) && /[^ ]/.test(code);
      const literal = padded ? code.slice(1, -1) : code;
      return this.#append(block, "code", literal, end + length - parser.pos);
    }
    this.#codeMayBeOpen = true;
    if (this.growing && !parser.subject.includes("\n", begin)) {
      const code = parser.subject.slice(begin).replace(/^ (?=[^ ])/, "");
      return this.#append(
        block,
        "code",
        code,
        parser.subject.length - parser.pos,
      );
    }
    return this.#append(block, "text", "`".repeat(length), length);
  }

  /**
   * Whether a piece may end here: nothing before can be changed by what comes later. Pairs of markers are
   * resolved to find out, which later text cannot undo; when some stay open, the next try is twice as far on.
   */
  #nothingIsOpen(): boolean {
    const { parser } = this;
    if (parser.pos < this.#nextTry || this.#codeMayBeOpen || parser.brackets)
      return false;
    processEmphasis(parser, null);
    for (let at = parser.delimiters; at; at = at.previous)
      if (at.can_open) {
        this.#nextTry = 2 * parser.pos - this.#start;
        return false;
      }
    return true;
  }

  /** Ordinary text up to the next special character, address or end of the piece. */
  #parseText(block: Node): boolean {
    const { parser } = this;
    const run = this.#match(plain);
    if (!run) return false;
    let length = run.length;
    const address = findAutolink(run, 0);
    if (address === 0) {
      const link = autolinkAt(parser.subject, parser.pos);
      if (link && !parser.brackets) {
        block.appendChild(link.node);
        parser.pos += link.length;
        return true;
      }
      const next = findAutolink(run, 1);
      if (next > 0) length = next;
    } else if (address > 0) length = address;
    if (this.#nothingIsOpen()) {
      const word = /^[^ ]* (?=[^ ])/.exec(run)?.[0].length;
      if (word !== undefined && word <= length) {
        length = word;
        this.#end = parser.pos + word;
      }
    }
    return this.#append(block, "text", run.slice(0, length), length);
  }
}
