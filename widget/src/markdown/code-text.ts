import { continues } from "./patch.ts";
import { withVisibleOverrides } from "./urls.ts";

/** A text node ends at the first line end after this many characters: adding to a long one gets slow. */
const TEXT_LENGTH = 4_096;

/** The text of a code block, which grows at its end. */
export class CodeText {
  readonly element: HTMLElement;
  #text = "";
  #last: Text | undefined;

  constructor(element: HTMLElement) {
    this.element = element;
  }

  update(text: string): void {
    if (text === this.#text) return;
    if (!continues(text, this.#text)) {
      this.element.replaceChildren();
      this.#last = undefined;
      this.#text = "";
    }
    let rest = withVisibleOverrides(text.slice(this.#text.length));
    this.#text = text;
    while (rest !== "") rest = this.#append(rest);
  }

  /** Adds to the last text node as much as it takes; gives the rest. */
  #append(text: string): string {
    const { ownerDocument: document } = this.element;
    if (!this.#last) {
      this.#last = document.createTextNode("");
      this.element.appendChild(this.#last);
    }
    const full = Math.max(TEXT_LENGTH - this.#last.length, 0);
    const lineEnd = text.indexOf("\n", full);
    const end = lineEnd < 0 ? text.length : lineEnd + 1;
    this.#last.appendData(text.slice(0, end));
    if (lineEnd >= 0) this.#last = undefined;
    return text.slice(end);
  }
}
