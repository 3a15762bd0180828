import type { Block } from "./block.ts";
import { BlockParser } from "./block-parser.ts";
import { definitionAt, Definitions } from "./links.ts";
import { presumeTable } from "./tables.ts";
import { isUndecided, keepsItsMeaning } from "./tail.ts";

/** An unfinished line longer than this whose kind is certain is taken in as it comes, not anew each time. */
const LONG_LINE = 1_024;

/** A block as it was before the unfinished line was tried on it. */
interface Saved {
  readonly block: Block;
  readonly fields: Block;
  readonly children: number;
  readonly rows: number;
}

/**
 * Markdown's block structure, line by line as it arrives. Complete lines are taken in for good and never
 * looked at again. The last, unfinished line is taken in for show: `withdraw()` undoes it before more text
 * comes, which touches only the blocks that are still open, and those are a bounded number.
 */
export class BlockStream {
  readonly definitions = new Definitions();
  /** Characters handed to the block parser so far, each time counted again. */
  parsedCharacters = 0;
  /** Whether the innermost block ends with a line that is still being written. */
  lineIsOpen = false;
  readonly #parser = new BlockParser(this.definitions);
  #saved: Saved[] = [];
  #lines = 0;
  readonly #targets = this.definitions.targets;
  /** The open leaf that a long unfinished line goes to, and how much of the line it has. */
  #longLine: { readonly leaf: Block; taken: number } | undefined;
  /** The open paragraph, and how much of it was read as definitions for good. */
  #defining: { readonly paragraph: Block; end: number } | undefined;

  get document(): Block {
    return this.#parser.document;
  }

  /** The innermost open block: only its text can still change. */
  get tip(): Block {
    return this.#parser.tip;
  }

  /**
   * How much of the open paragraph's text is definitions so far. All but the last one are read only once; the
   * last may still get a title.
   */
  definitionsLength(paragraph: Block): number {
    if (this.#defining?.paragraph !== paragraph)
      this.#defining = { paragraph, end: 0 };
    let { end } = this.#defining;
    for (let found; (found = definitionAt(paragraph.text, end));) {
      this.#defining.end = end;
      ({ end } = found);
    }
    return end;
  }

  /** Takes in a complete line, without its line ending. */
  line(text: string): void {
    this.lineIsOpen = false;
    if (this.#longLine) {
      this.#extend(`${text}\n`);
      this.#longLine = undefined;
    } else this.#read(text, "\n");
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
      this.tip.kind !== "html";
    if (!long) this.#save();
    this.lineIsOpen = !isUndecided(text);
    if (this.lineIsOpen) this.#read(text, "");
    if (long) this.#longLine = { leaf: this.tip, taken: text.length };
    else presumeTable(this.#parser);
  }

  /** Undoes `preview()`; a long line that was taken in for good stays. */
  withdraw(): void {
    if (this.#saved.length === 0) return;
    this.lineIsOpen = false;
    for (const { block, fields, children, rows } of this.#saved) {
      Object.assign(block, fields);
      block.children.length = children;
      if (block.table) block.table.rows.length = rows;
    }
    this.#parser.tip = this.#saved.at(-1)!.block;
    this.#parser.lines = this.#lines;
    this.#saved = [];
    this.definitions.targets = this.#targets;
  }

  /** Closes every block: the text is complete. */
  end(): void {
    while (this.document.open) this.#parser.close();
  }

  #read(text: string, ending: string): void {
    this.parsedCharacters += text.length;
    this.#parser.read(text, ending);
  }

  #save(): void {
    for (
      let block: Block | undefined = this.document;
      block?.open;
      block = block.children.at(-1)
    )
      this.#saved.push({
        block,
        fields: { ...block },
        children: block.children.length,
        rows: block.table?.rows.length ?? 0,
      });
    this.#lines = this.#parser.lines;
    this.definitions.targets = Object.create(
      this.#targets,
    ) as typeof this.definitions.targets;
  }

  /** Adds what is new of the long line to its block. */
  #extend(line: string): void {
    const { leaf, taken } = this.#longLine!;
    const added = line.slice(taken).replaceAll("\0", "\ufffd");
    this.parsedCharacters += added.length;
    this.#longLine!.taken = line.length;
    if (leaf.table) {
      const { rows } = leaf.table;
      rows.push(rows.pop()! + added);
    } else leaf.text += added;
  }
}
