import type { Context } from "./context.ts";
import { wantedOf } from "./inline-nodes.ts";
import { continues, patch, removeAfter } from "./patch.ts";

/** Growing text in which nothing ever closes is read again only when it has grown by a quarter. */
const LONG_TAIL = 8_192;

/** Shows inline text in an element. Its finished pieces are neither read nor touched again. */
export class InlineView {
  readonly element: Element;
  /** Whether the text begins with the box of a task. */
  isTask: boolean | undefined;
  readonly #context: Context;
  #text = "";
  #growing = false;
  /** Where the first unfinished piece begins, in the text and in the element. */
  #from = 0;
  #kept: ChildNode | null = null;
  /** How long the text was when it was last read. */
  #read = 0;
  /** What it was last read with. */
  #extras: Context["extras"];

  constructor(element: Element, context: Context) {
    this.element = element;
    this.#context = context;
  }

  /** `growing` says that more text is expected. */
  update(text: string, growing: boolean): void {
    const { extras } = this.#context;
    const isNew =
      extras !== this.#extras ||
      !continues(text, this.#text.slice(0, this.#from));
    if (isNew) this.#restart();
    const tail = text.length - this.#from;
    const grown = text.length - this.#read >= tail / 4;
    if (growing && tail > LONG_TAIL && !grown && this.#read > 0) return;
    this.#extras = extras;
    this.#text = text;
    this.#growing = growing;
    this.#show();
  }

  /** Reads the text again, since a definition or a name has come. */
  reread(): void {
    this.#restart();
    this.#show();
  }

  #restart(): void {
    this.#from = 0;
    this.#kept = null;
  }

  #show(): void {
    const { reader, extras } = this.#context;
    extras?.read(this);
    let last: ChildNode | null;
    for (;;) {
      const piece = reader.read(this.#text, this.#from, this.#growing);
      const wanted = wantedOf(piece.parts, this.#context);
      last = patch(this.element, this.#kept, wanted);
      if (piece.end >= this.#text.length) break;
      this.#from = piece.end;
      this.#kept = last;
    }
    removeAfter(this.element, last);
    this.#read = this.#text.length;
  }
}
