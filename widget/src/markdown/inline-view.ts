import type { InlineReader, ReadOptions } from "./inline-reader.ts";
import type { ImagePolicy } from "./inline-nodes.ts";
import { wantedOf } from "./inline-nodes.ts";
import { continues, patch, removeAfter } from "./patch.ts";

/** Growing text in which nothing ever closes is read again only when it has grown by a quarter. */
const LONG_TAIL = 8_192;

/** How often a finished text is read again for new definitions before the whole answer is there. */
const MAX_REREADS = 8;

/** What all views of one answer share. */
export interface InlineContext {
  readonly reader: InlineReader;
  readonly images: ImagePolicy;
  /** The texts that have a label without a definition, by label. */
  readonly waiting: Map<string, Set<InlineView>>;
  /** The texts that have a character reference whose name was not known. */
  readonly missed: Set<InlineView>;
}

/** Shows inline text in an element. Its finished pieces are neither read nor touched again. */
export class InlineView {
  readonly #element: Element;
  readonly #context: InlineContext;
  #text = "";
  #options: ReadOptions = { growing: false, cell: false };
  /** Where the first unfinished piece begins, in the text and in the element. */
  #from = 0;
  #kept: ChildNode | null = null;
  /** How long the text was when it was last read. */
  #read = 0;
  #rereads = 0;
  readonly #first: ChildNode | null;

  /** `first` is a node of the element that is not part of the text. */
  constructor(
    element: Element,
    context: InlineContext,
    first: ChildNode | null = null,
  ) {
    this.#element = element;
    this.#context = context;
    this.#first = first;
    this.#kept = first;
  }

  update(text: string, options: ReadOptions): void {
    if (!continues(text, this.#text.slice(0, this.#from))) this.#restart();
    const tail = text.length - this.#from;
    const grown = text.length - this.#read >= tail / 4;
    if (options.growing && tail > LONG_TAIL && !grown && this.#read > 0) return;
    this.#text = text;
    this.#options = options;
    this.#show();
  }

  /** Reads the text again, since a definition or a name has come; false when it is put off to the end. */
  reread(final: boolean): boolean {
    if (!final && ++this.#rereads > MAX_REREADS) return false;
    this.#restart();
    this.#show();
    return true;
  }

  #restart(): void {
    this.#from = 0;
    this.#kept = this.#first;
  }

  #show(): void {
    const { reader, images, missed, waiting } = this.#context;
    reader.unresolved.clear();
    reader.missedEntity = false;
    let last: ChildNode | null;
    for (;;) {
      const piece = reader.read(this.#text, this.#from, this.#options);
      last = patch(this.#element, this.#kept, wantedOf(piece.parts, images));
      if (piece.end >= this.#text.length) break;
      this.#from = piece.end;
      this.#kept = last;
    }
    removeAfter(this.#element, last);
    this.#read = this.#text.length;
    if (reader.missedEntity) missed.add(this);
    for (const label of reader.unresolved) {
      const views = waiting.get(label);
      if (views) views.add(this);
      else waiting.set(label, new Set([this]));
    }
  }
}
