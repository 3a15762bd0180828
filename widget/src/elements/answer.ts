import { nothing } from "lit/html.js";
import { Directive, directive, type ElementPart } from "lit/directive.js";
import { Reveal } from "./reveal.ts";

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

  update(written: string): void {
    // Whether a line break at the end ends the paragraph is not known yet.
    const text = written.trimEnd();
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
  readonly #reveal = new Reveal();
  #view?: TextView;
  #element?: Element;
  #text = "";
  #frame = 0;

  override update(
    { element }: ElementPart,
    [text, done]: [text: string, done: boolean],
  ): typeof nothing {
    this.#element = element;
    this.#view ??= new ParagraphView(element);
    this.#text = text;
    const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (done || reduced) {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#view.update(text, done);
    } else {
      this.#reveal.arrive(text.length, performance.now());
      this.#frame ||= requestAnimationFrame(this.#step);
    }
    return nothing;
  }

  #step = (): void => {
    this.#frame = 0;
    if (!this.#element!.isConnected) return;
    let shown = this.#reveal.advance(performance.now());
    // Half of a pair would be drawn as a box.
    if ((this.#text.charCodeAt(shown) & 0xfc00) === 0xdc00) shown++;
    this.#view!.update(this.#text.slice(0, shown), false);
    if (shown < this.#text.length)
      this.#frame = requestAnimationFrame(this.#step);
  };

  // Its parameters are those of the directive; drawing is update's.
  render(...drawn: [text: string, done: boolean]): typeof nothing {
    void drawn;
    return nothing;
  }
}

/** Fills the element that it stands on with an answer as far as it is written. */
export const answer = directive(AnswerDirective);
