import type { BlockParser, Node, References } from "commonmark";
import { Parser } from "commonmark";
import { installBlockRules } from "./block-rules.ts";
import { InlineReader } from "./inline-reader.ts";
import { presumeTable } from "./tables.ts";
import { isUndecided, keepsItsMeaning } from "./tail.ts";

declare module "commonmark" {
  interface Node {
    /** How much of an open paragraph was read as definitions for good. */
    _definitions?: number;
  }
}

/** An unfinished line longer than this whose kind is certain is taken in as it comes, not anew each time. */
const LONG_LINE = 1_024;

/** A node as it was before the unfinished line was tried on it. */
interface Saved {
  readonly node: Node;
  readonly fields: Partial<Node>;
  readonly position: Node["_sourcepos"];
  readonly rows: number;
}

/**
 * Markdown's block structure, line by line as it arrives. Complete lines are taken in for good and never
 * looked at again. The last, unfinished line is taken in for show: `withdraw()` undoes it before more text
 * comes, which touches only the blocks that are still open, and those are a bounded number.
 */
export class BlockStream {
  readonly inlines = new InlineReader();
  /** Characters handed to the block parser so far, each time counted again. */
  parsedCharacters = 0;
  /** Whether the innermost block ends with a line that is still being written. */
  lineIsOpen = false;
  #parser: BlockParser = new Parser();
  #saved: Saved[] = [];
  #before: Pick<BlockParser, "tip" | "lineNumber"> | undefined;
  #references = Object.create(null) as References;
  /** The open leaf that a long unfinished line goes to, and how much of the line it has. */
  #longLine: { readonly leaf: Node; taken: number } | undefined;

  constructor() {
    const parser = this.#parser;
    parser.tip = parser.doc;
    parser.inlineParser = this.inlines.parser;
    this.#useReferences(this.#references);
    installBlockRules(parser);
  }

  get document(): Node {
    return this.#parser.doc;
  }

  /** The innermost open block: only its text can still change. */
  get tip(): Node {
    return this.#parser.tip;
  }

  /**
   * How much of the open paragraph's text is definitions so far. All but the last one are read only once; the
   * last may still get a title.
   */
  definitionsLength(paragraph: Node): number {
    const text = paragraph._string_content!;
    const { parser, defined } = this.inlines;
    const scratch = Object.create(null) as References;
    const before = defined.length;
    let end = paragraph._definitions ?? 0;
    let length;
    while (
      text[end] === "[" &&
      (length = parser.parseReference(text.slice(end), scratch))
    ) {
      paragraph._definitions = end;
      end += length;
    }
    defined.length = before;
    return end;
  }

  /** Takes in a complete line, without its line ending. */
  line(text: string): void {
    this.lineIsOpen = false;
    if (this.#longLine) {
      this.#extend(`${text}\n`);
      this.#longLine = undefined;
    } else {
      this.parsedCharacters += text.length;
      this.#parser.incorporateLine(text);
    }
  }

  /** Shows what the unfinished line looks like so far; what may still become anything is held back. */
  preview(text: string): void {
    if (this.#longLine) {
      this.#extend(text);
      return;
    }
    const long =
      text.length > LONG_LINE &&
      keepsItsMeaning(text) &&
      this.#parser.tip.type !== "html_block";
    if (!long) this.#save();
    this.lineIsOpen = !isUndecided(text);
    if (this.lineIsOpen) {
      this.parsedCharacters += text.length;
      this.#parser.incorporateLine(text);
      this.#dropLineEnding();
    }
    if (long) this.#longLine = { leaf: this.#parser.tip, taken: text.length };
    else presumeTable(this.#parser);
  }

  /** Undoes `preview()`; a long line that was taken in for good stays. */
  withdraw(): void {
    if (this.#saved.length === 0) return;
    this.lineIsOpen = false;
    for (const { node, fields, position, rows } of this.#saved) {
      const { _definitions } = node;
      Object.assign(node, fields, { _definitions });
      node._sourcepos = position;
      if (node._table) node._table.rows.length = rows;
    }
    this.#saved = [];
    Object.assign(this.#parser, this.#before);
    this.#useReferences(this.#references);
  }

  /** Closes every block: the text is complete. */
  end(): void {
    const { doc, lineNumber } = this.#parser;
    while (doc._open) this.#parser.finalize(this.#parser.tip, lineNumber);
  }

  #save(): void {
    const keep = (node: Node | null) => {
      if (!node) return;
      this.#saved.push({
        node,
        // The fields of ours may be missing and have to go again.
        fields: {
          _table: undefined,
          _loose: false,
          _lastText: 0,
          ...(node as Partial<Node>),
        },
        position: [node._sourcepos[0], node._sourcepos[1]],
        rows: node._table?.rows.length ?? 0,
      });
    };
    for (
      let node: Node | null = this.#parser.doc;
      node;
      node = node._open ? node._lastChild : null
    ) {
      keep(node._prev);
      keep(node);
    }
    this.#before = {
      tip: this.#parser.tip,
      lineNumber: this.#parser.lineNumber,
    };
    this.#useReferences(Object.create(this.#references) as References);
  }

  #useReferences(references: References): void {
    this.#parser.refmap = references;
    this.inlines.parser.refmap = references;
  }

  #dropLineEnding(): void {
    const { tip } = this.#parser;
    if (tip._string_content?.endsWith("\n"))
      tip._string_content = tip._string_content.slice(0, -1);
  }

  /** Adds what is new of the long line to its block. */
  #extend(line: string): void {
    const { leaf, taken } = this.#longLine!;
    const added = line.slice(taken).replaceAll("\0", "\ufffd");
    this.parsedCharacters += added.length;
    this.#longLine!.taken = line.length;
    if (leaf._table) {
      const { rows } = leaf._table;
      rows.push(rows.pop()! + added);
    } else leaf._string_content += added;
  }
}
