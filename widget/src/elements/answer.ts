import { nothing } from "lit/html.js";
import {
  Directive,
  directive,
  type ElementPart,
  type PartInfo,
} from "lit/directive.js";

/** Shows a growing text inside an element. What is finished is never touched again. */
export interface TextView {
  update(text: string, done: boolean): void;
}

/** Paragraphs of plain text. */
class ParagraphView implements TextView {
  readonly #container: Element;
  #shown = "";
  #last?: Text;

  constructor(container: Element) {
    this.#container = container;
  }

  update(text: string): void {
    if (!text.startsWith(this.#shown)) {
      this.#container.replaceChildren();
      this.#last = undefined;
      this.#shown = "";
    }
    const [first = "", ...others] = text
      .slice(this.#shown.length)
      .split(/\n{2,}/);
    this.#shown = text;
    if (this.#last) this.#last.appendData(first);
    else this.#begin(first);
    for (const paragraph of others) this.#begin(paragraph);
  }

  #begin(text: string): void {
    const paragraph = document.createElement("p");
    this.#last = document.createTextNode(text);
    paragraph.append(this.#last);
    this.#container.append(paragraph);
  }
}

class AnswerDirective extends Directive {
  #view?: TextView;

  constructor(part: PartInfo) {
    super(part);
  }

  override update(
    part: ElementPart,
    [text, done]: [text: string, done: boolean],
  ): typeof nothing {
    this.#view ??= new ParagraphView(part.element);
    this.#view.update(text, done);
    return nothing;
  }

  // Its parameters are those of the directive; drawing is update's.
  render(...drawn: [text: string, done: boolean]): typeof nothing {
    void drawn;
    return nothing;
  }
}

/** Fills the element that it stands on with an answer as far as it is written. */
export const answer = directive(AnswerDirective);
