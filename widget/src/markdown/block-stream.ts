import type { Block } from "./block.ts";
import type { Context } from "./context.ts";
import { BlockParser } from "./block-parser.ts";
import { isUndecided } from "./tail.ts";

/** A block as it was before the unfinished line was tried on it. */
interface Saved {
  readonly block: Block;
  readonly fields: Block;
  readonly children: number;
}

/**
 * Markdown's block structure, line by line as it arrives. Complete lines are taken in for good and never
 * looked at again. The last, unfinished line is taken in for show: `withdraw()` undoes it before more text
 * comes, which touches only the blocks that are still open, and those are a bounded number.
 */
export class BlockStream {
  /** Whether the innermost block ends with a line that is still being written. */
  lineIsOpen = false;
  readonly #context: Context;
  readonly #parser: BlockParser;
  #saved: Saved[] = [];

  constructor(context: Context) {
    this.#context = context;
    this.#parser = new BlockParser(context);
  }

  get document(): Block {
    return this.#parser.document;
  }

  /** The innermost open block: only its text can still change. */
  get tip(): Block {
    return this.#parser.tip;
  }

  /** Takes in a complete line, without its line ending. */
  line(text: string): void {
    this.lineIsOpen = false;
    if (!this.#context.extras?.longLine.extend(`${text}\n`, true))
      this.#read(text, "\n");
  }

  /**
   * Shows for now what some lines and the unfinished one behind them look like, if there is one; what may still become
   * anything is held back.
   */
  preview(lines: readonly string[], unfinished: string | undefined): void {
    const { extras } = this.#context;
    const line = unfinished ?? "";
    if (extras?.longLine.extend(line)) return;
    const isLong = extras?.longLine.begins(line);
    if (!isLong) this.#save();
    for (const complete of lines) this.#read(complete, "\n");
    if (unfinished === undefined) return;
    this.lineIsOpen = !isUndecided(line);
    if (this.lineIsOpen) this.#read(line, "");
    if (isLong) extras!.longLine.begin(line);
    else extras?.presumeTable(this.#parser);
  }

  /** Undoes `preview()`; a long line that was taken in for good stays. */
  withdraw(): void {
    if (this.#saved.length === 0) return;
    this.lineIsOpen = false;
    for (const { block, fields, children } of this.#saved) {
      Object.assign(block, fields);
      block.children.length = children;
    }
    this.#parser.tip = this.#saved.at(-1)!.block;
    this.#saved = [];
  }

  /** Closes every block: the text is complete. */
  end(): void {
    while (this.document.open) this.#parser.close();
  }

  #read(text: string, ending: string): void {
    this.#context.parsedCharacters += text.length;
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
      });
  }
}
