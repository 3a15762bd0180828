import type { Block } from "./block.ts";
import type { Context } from "./context.ts";
import { LONG_LINE } from "./load-extras.ts";
import { containers } from "./tail.ts";

const containerPrefix = new RegExp(`^${containers}`);

/** Blocks that depend on all of their line, or whose text is taken from it at once. */
const wholeLineBlock = /^(?:#{1,6}(?:[ \t]|$)|`{3}|~{3}|<)/;

/** Text that no rule, underline or row of dashes begins with. */
const textStart = /^[-=*_|:+ \t]{0,200}[^-=*_|:+\s]/;

/** Whether no character that follows can change what kind of block a long line belongs to. */
function keepsItsMeaning(line: string): boolean {
  // WebKit gives up on a prefix of very many markers.
  const text = line.slice(containerPrefix.exec(line)?.[0].length);
  return !wholeLineBlock.test(text) && textStart.test(text);
}

/** An unfinished line that is long and whose kind is certain is taken in for good as it comes, not anew each time. */
export class LongLine {
  readonly #context: Context;
  /** The open leaf that it goes to, and how much of it the leaf has. */
  #leaf: Block | undefined;
  #taken = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Whether a line is taken in so from now on. */
  begins(line: string): boolean {
    return (
      line.length > LONG_LINE &&
      keepsItsMeaning(line) &&
      this.#context.stream.tip.kind !== "html"
    );
  }

  /** Notes that the innermost block has taken in a line so far. */
  begin(line: string): void {
    this.#leaf = this.#context.stream.tip;
    this.#taken = line.length;
  }

  /** Adds what is new of the line to its block, if there is such a line; `ends` says that nothing more will come. */
  extend(line: string, ends = false): boolean {
    const leaf = this.#leaf;
    if (!leaf) return false;
    const added = line.slice(this.#taken);
    this.#context.parsedCharacters += added.length;
    this.#taken = line.length;
    leaf.text += added;
    if (ends) this.#leaf = undefined;
    return true;
  }
}
