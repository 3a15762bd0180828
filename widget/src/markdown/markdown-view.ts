import type { BlockContext } from "./block-views.ts";
import type { CodeOptions } from "./code-view.ts";
import type { InlineView } from "./inline-view.ts";
import type { MarkdownStrings } from "./strings.ts";
import { BlockStream } from "./block-stream.ts";
import { ContainerView } from "./block-views.ts";
import { loadEntities } from "./entities.ts";
import { InlineReader } from "./inline-reader.ts";
import { continues } from "./patch.ts";
import { englishMarkdownStrings } from "./strings.ts";

export interface MarkdownOptions extends Partial<CodeOptions> {
  /** Origins that pictures may come from, such as `https://cdn.example.com`; other pictures are links. */
  readonly imageOrigins?: readonly string[] | undefined;
  readonly strings?: MarkdownStrings | undefined;
}

/** Loads the highlighter when the first block of code is complete. */
const colour: CodeOptions["colour"] = async (element, language) => {
  const { colourCode } = await import("./colour.ts");
  colourCode(element, language);
};

const codeDefaults: CodeOptions = {
  renderers: {},
  renderTemplate: () => {
    throw new Error(
      "A renderer gave something that is neither text nor a node.",
    );
  },
  colour,
  copy: (code) => navigator.clipboard.writeText(code),
  onError: (error) => reportError(error),
};

const lineEnd = /\r\n|\n|\r/g;

/**
 * Shows Markdown in an element while it is being written. What is complete is neither parsed nor touched
 * again, but for a block with a label whose definition comes later. Nodes are built one by one; no text is
 * ever taken for HTML.
 */
export class MarkdownView {
  readonly #container: HTMLElement | DocumentFragment;
  readonly #options: MarkdownOptions;
  #context!: BlockContext;
  #root!: ContainerView;
  #text = "";
  #done = false;
  /** Where the first line begins that is not complete, and how far line ends were looked for. */
  #lineStart = 0;
  #scanned = 0;
  #late = new Set<InlineView>();
  #readBefore = 0;

  /** The container belongs to the view: what is in it goes. */
  constructor(
    container: HTMLElement | DocumentFragment,
    options: MarkdownOptions = {},
  ) {
    this.#container = container;
    this.#options = options;
    this.#reset();
  }

  /** Characters that were parsed so far, blocks and inline text added up, each time counted again. */
  get parsedCharacters(): number {
    const { reader, stream } = this.#context;
    return this.#readBefore + reader.parsedCharacters + stream.parsedCharacters;
  }

  /**
   * Shows `text`, of which everything shown before is the beginning; a text that begins otherwise is shown
   * anew. `done` says that nothing will follow.
   */
  update(text: string, done: boolean): void {
    if (text === this.#text && done === this.#done) return;
    if (this.#done || !continues(text, this.#text)) this.#reset();
    this.#text = text;
    this.#done = done;
    this.#context.growing = !done;
    const { stream } = this.#context;
    const { added } = stream.definitions;
    stream.withdraw();
    this.#takeLines(text, done);
    const defined = added.splice(0);
    this.#root.settle(stream.document);
    this.#resolve(defined, done);
    if (!done) {
      stream.preview(this.#openLine(text));
      this.#root.draw(stream.document);
      added.length = 0;
    } else this.#root.draw(stream.document);
    this.#loadMissedNames();
  }

  #reset(): void {
    const { strings, imageOrigins, ...code } = this.#options;
    if (this.#context as BlockContext | undefined)
      this.#readBefore = this.parsedCharacters;
    const document = this.#container.ownerDocument;
    const stream = new BlockStream();
    this.#context = {
      document,
      stream,
      reader: new InlineReader(stream.definitions),
      images: { origins: imageOrigins ?? [], base: document.baseURI },
      strings: strings ?? englishMarkdownStrings,
      code: { ...codeDefaults, ...code },
      growing: true,
      waiting: new Map(),
      missed: new Set(),
    };
    this.#container.replaceChildren();
    this.#root = new ContainerView(
      this.#container as HTMLElement,
      this.#context,
    );
    this.#text = "";
    this.#done = false;
    this.#lineStart = 0;
    this.#scanned = 0;
    this.#late = new Set();
  }

  #takeLines(text: string, done: boolean): void {
    const { stream } = this.#context;
    lineEnd.lastIndex = this.#scanned;
    for (let end; (end = lineEnd.exec(text));) {
      const next = end.index + end[0].length;
      // A carriage return at the end may be half a line end.
      if (end[0] === "\r" && next === text.length && !done) break;
      stream.line(text.slice(this.#lineStart, end.index));
      this.#lineStart = next;
    }
    this.#scanned = Math.max(this.#lineStart, text.length - 1);
    if (!done) return;
    if (this.#lineStart < text.length) stream.line(text.slice(this.#lineStart));
    stream.end();
  }

  #openLine(text: string): string {
    const line = text.slice(this.#lineStart);
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }

  /** Reads those texts again that waited for one of the definitions. */
  #resolve(labels: readonly string[], done: boolean): void {
    const { waiting } = this.#context;
    const views = new Set<InlineView>();
    for (const label of labels) {
      for (const view of waiting.get(label) ?? []) views.add(view);
      waiting.delete(label);
    }
    if (done) for (const view of this.#late) views.add(view);
    for (const view of views) if (!view.reread(done)) this.#late.add(view);
  }

  #loadMissedNames(): void {
    const context = this.#context;
    if (context.missed.size === 0) return;
    loadEntities().then(
      () => {
        if (context !== this.#context) return;
        const views = [...context.missed];
        context.missed.clear();
        for (const view of views) view.reread(true);
      },
      // The references stay as they are written, which is how an unknown name looks too.
      () => {},
    );
  }
}
