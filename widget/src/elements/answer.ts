import { nothing } from "lit/html.js";
import { Directive, directive, type ElementPart } from "lit/directive.js";
import {
  MarkdownView,
  type MarkdownOptions,
} from "../markdown/markdown-view.ts";
import { Reveal } from "./reveal.ts";

class AnswerDirective extends Directive {
  readonly #reveal = new Reveal();
  #view?: MarkdownView;
  #element?: Element;
  #text = "";
  #frame = 0;

  override update(
    { element }: ElementPart,
    [text, done, options]: Parameters<this["render"]>,
  ): typeof nothing {
    this.#element = element;
    this.#view ??= new MarkdownView(element as HTMLElement, options);
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
  render(
    ...drawn: [text: string, done: boolean, options: MarkdownOptions]
  ): typeof nothing {
    void drawn;
    return nothing;
  }
}

/** Fills the element that it stands on with an answer in Markdown, as far as it is written. */
export const answer = directive(AnswerDirective);
