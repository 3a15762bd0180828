/** What is left of a line while the markers at its beginning are taken off. Tabs reach to every fourth column. */
export class BlockLine {
  rest: string;
  /** Whether a block has taken all that was left. */
  taken = false;
  #column = 0;

  constructor(text: string) {
    this.rest = text;
  }

  /** The rest without the space before it. */
  get text(): string {
    return this.rest.replace(/^[ \t]+/, "");
  }

  get isBlank(): boolean {
    return this.text === "";
  }

  /** How many columns of space the rest begins with. */
  get indent(): number {
    let column = this.#column;
    for (const character of this.rest)
      if (character === " ") column++;
      else if (character === "\t") column += 4 - (column % 4);
      else break;
    return column - this.#column;
  }

  /** Takes off up to so many columns of space; what is left of a tab becomes spaces. */
  skipSpace(columns: number): void {
    for (let left = columns; left > 0 && /^[ \t]/.test(this.rest);) {
      const width = this.rest.startsWith("\t") ? 4 - (this.#column % 4) : 1;
      const skipped = Math.min(width, left);
      this.rest = " ".repeat(width - skipped) + this.rest.slice(1);
      this.#column += skipped;
      left -= skipped;
    }
  }

  /** Takes off the space at the beginning and a marker of `length` characters after it. */
  skipMarker(length: number): void {
    this.skipSpace(Infinity);
    this.rest = this.rest.slice(length);
    this.#column += length;
  }

  /** Takes off the marker of a quote; whether there was one. */
  skipQuote(): boolean {
    if (this.indent > 3 || !this.text.startsWith(">")) return false;
    this.skipMarker(1);
    this.skipSpace(1);
    return true;
  }
}
