import type { CodeOptions } from "./code-view.ts";
import type { Extras } from "./extras.ts";
import type { MarkdownStrings } from "./strings.ts";
import { BlockStream } from "./block-stream.ts";
import { InlineReader } from "./inline-reader.ts";

export interface MarkdownOptions extends CodeOptions {
  /** Origins that pictures may come from, such as `https://cdn.example.com`; other pictures are links. */
  readonly imageOrigins?: readonly string[] | undefined;
  readonly strings: MarkdownStrings;
}

/** What all that reads or shows one answer shares. */
export class Context {
  readonly document: Document;
  readonly options: MarkdownOptions;
  readonly stream = new BlockStream(this);
  readonly reader = new InlineReader(this);
  /** Undefined as long as nothing needed them, null when they cannot be had. */
  extras: Extras | null | undefined;
  /** Whether more text is expected. */
  growing = true;
  /** Characters that were parsed so far, blocks and inline text added up, each time counted again. */
  parsedCharacters = 0;

  constructor(document: Document, options: MarkdownOptions) {
    this.document = document;
    this.options = options;
  }
}
