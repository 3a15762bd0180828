import type { MarkdownOptions } from "./context.ts";
import { ContainerView } from "./block-views.ts";
import { Context } from "./context.ts";
import { extrasLoader, needsExtras } from "./load-extras.ts";
import { continues } from "./patch.ts";

export type { MarkdownOptions } from "./context.ts";

/** A growing answer whose extras do not come goes on without them when this much waits for them. */
const LONGEST_WAIT = 16_384;

/**
 * Shows Markdown in an element while it is being written. What is complete is neither parsed nor touched
 * again, but for a block with a label whose definition comes later. Nodes are built one by one; no text is
 * ever taken for HTML.
 */
export class MarkdownView {
  readonly #container: HTMLElement;
  readonly #options: MarkdownOptions;
  readonly #loader: typeof extrasLoader;
  #context!: Context;
  #root!: ContainerView;
  #text = "";
  #done = false;
  /** Where the first line begins that is not taken in for good. */
  #start = 0;
  /** Whose extras are on their way. */
  #waiting: Context | undefined;

  /** The container belongs to the view: what is in it goes. */
  constructor(
    container: HTMLElement,
    options: MarkdownOptions,
    loader = extrasLoader,
  ) {
    this.#container = container;
    this.#options = options;
    this.#loader = loader;
    this.#reset();
  }

  /** Characters that were parsed since it was last shown anew, blocks and inline text added up, each time counted again. */
  get parsedCharacters(): number {
    return this.#context.parsedCharacters;
  }

  /**
   * Shows `text`, of which everything shown before is the beginning; a text that begins otherwise is shown
   * anew. `done` says that nothing will follow.
   */
  update(text: string, done: boolean): void {
    const plain = text
      .replaceAll("\r\n", "\n")
      .replaceAll("\r", "\n")
      .replaceAll("\0", "\ufffd");
    if (plain === this.#text && done === this.#done) return;
    if (this.#done || !continues(plain, this.#text)) this.#reset();
    this.#text = plain;
    this.#done = done;
    this.#context.growing = !done;
    this.#show();
  }

  #reset(): void {
    this.#context = new Context(this.#container.ownerDocument, this.#options);
    this.#container.replaceChildren();
    this.#root = new ContainerView(this.#container, this.#context);
    this.#text = "";
    this.#done = false;
    this.#start = 0;
  }

  /**
   * Takes in the lines that are complete, and the others for show: the unfinished one, and everything from the first line on
   * that needs the extras as long as they are on their way.
   */
  #show(): void {
    const context = this.#context;
    const { stream } = context;
    const { loaded } = this.#loader;
    if (loaded) context.extras ??= new loaded.Extras(context);
    stream.withdraw();
    const lines = this.#text.slice(this.#start).split("\n");
    const last = lines.pop()!;
    const unfinished = this.#done ? undefined : last;
    if (this.#done && last !== "") lines.push(last);
    let taken = 0;
    for (const line of lines) {
      if (this.#lacksExtras(`${line}\n`)) break;
      stream.line(line);
      this.#start += line.length + 1;
      taken++;
    }
    const isComplete = this.#done && taken === lines.length;
    if (isComplete) stream.end();
    this.#root.settle(stream.document);
    if (unfinished) this.#lacksExtras(unfinished);
    if (!isComplete) stream.preview(lines.slice(taken), unfinished);
    this.#root.draw(stream.document);
    context.extras?.definitions.resolve(isComplete);
  }

  /** Whether a line needs the extras, which are not here; then they are fetched, and what waits for them is shown anew. */
  #lacksExtras(line: string): boolean {
    const context = this.#context;
    const { stream, options } = context;
    if (context.extras !== undefined) return false;
    // Nothing but a renderer changes what code looks like.
    const isCode = stream.tip.fence !== "" && stream.tip.depth === 2;
    const hasRenderers = Object.keys(options.renderers).length > 0;
    if (!hasRenderers && !needsExtras(line, isCode)) return false;
    if (!this.#done && this.#text.length - this.#start > LONGEST_WAIT) {
      context.extras = null;
      return false;
    }
    if (this.#waiting !== context) {
      this.#waiting = context;
      const show = () => {
        if (context === this.#context) this.#show();
      };
      this.#loader.load().then(show, () => {
        context.extras = null;
        show();
      });
    }
    return true;
  }
}
