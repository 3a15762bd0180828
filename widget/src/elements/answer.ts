import { render } from "lit/html.js";
import { logError } from "../log.ts";
import { make } from "../markdown/make.ts";
import { MarkdownView } from "../markdown/markdown-view.ts";
import type { PanelHost } from "./panel-host.ts";
import { Reveal } from "./reveal.ts";

/** An answer in Markdown, shown as far as it is written. */
export class Answer {
  readonly element = make(document, "div", {
    class: "bubble",
    part: "bubble",
    dir: "auto",
  });
  readonly #reveal = new Reveal();
  readonly #view: MarkdownView;
  #text = "";
  #frame = 0;

  constructor({ chat, locale }: PanelHost) {
    const { imageOrigins, renderers } = chat;
    this.#view = new MarkdownView(this.element, {
      strings: locale,
      imageOrigins,
      renderers,
      renderTemplate: (template, element) => render(template, element),
      onError: (cause) => logError("A part of an answer failed.", cause),
    });
  }

  /** Shows `text`, or what is new in it bit by bit unless it is `done`. */
  update(text: string, done: boolean): void {
    this.#text = text;
    if (done || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#view.update(text, done);
    } else {
      this.#reveal.arrive(text.length, performance.now());
      this.#frame ||= requestAnimationFrame(this.#step);
    }
  }

  #step = (): void => {
    this.#frame = 0;
    if (!this.element.isConnected) return;
    let shown = this.#reveal.advance(performance.now());
    // Half of a pair would be drawn as a box.
    if ((this.#text.charCodeAt(shown) & 0xfc00) === 0xdc00) shown++;
    this.#view.update(this.#text.slice(0, shown), false);
    if (shown < this.#text.length)
      this.#frame = requestAnimationFrame(this.#step);
  };
}
