import type { Block } from "./block.ts";
import type { Context } from "./context.ts";
import { CodeView } from "./code-view.ts";
import { InlineView } from "./inline-view.ts";
import { make } from "./make.ts";
import { withoutOpenEnding } from "./tail.ts";

/**
 * One block on the page. `settle` draws what complete lines have made final and is not drawn again; `draw`
 * draws everything, the unfinished line included.
 */
export interface BlockView {
  readonly element: HTMLElement;
  settle(block: Block): void;
  draw(block: Block): void;
}

/** What decides whether a view can go on showing a block. */
const kindOf = (block: Block, { extras }: Context): string =>
  [
    block.kind,
    block.level,
    block.start === undefined,
    extras?.isTask(block),
  ].join();

/** Whether parts of an open block can be final already. */
const hasParts = ({ kind }: Block): boolean =>
  kind === "list" || kind === "item" || kind === "quote" || kind === "table";

/** The headings of an answer lie below those of the page. */
const headingTag = (level: number) => `h${Math.min(level + 2, 6)}`;

function createView(block: Block, context: Context): BlockView {
  const { document, extras } = context;
  const { kind, level, start } = block;
  const makeText = (tag: string, attributes: Record<string, string> = {}) =>
    make(document, tag, { dir: "auto", ...attributes });
  const special = extras?.createView(block);
  if (special) return special;
  switch (kind) {
    case "list":
      return new ListView(makeText(start === undefined ? "ul" : "ol"), context);
    case "item":
      return new ContainerView(makeText("li"), context);
    case "rule":
      return { element: make(document, "hr"), settle() {}, draw() {} };
    case "code":
      return new CodeView(context);
    case "paragraph":
      return new TextView(makeText("p"), context);
    case "heading":
      return new TextView(
        makeText(headingTag(level), { "data-level": String(level) }),
        context,
      );
    default:
      return new ContainerView(makeText("blockquote"), context);
  }
}

/** Blocks inside a block. Those that are closed for good are drawn once and let go of. */
export class ContainerView implements BlockView {
  readonly element: HTMLElement;
  readonly #context: Context;
  /** The views after the last settled block, in order. */
  readonly #views: { readonly kind: string; readonly view: BlockView }[] = [];
  /** How many blocks are settled. */
  #settled = 0;

  constructor(element: HTMLElement, context: Context) {
    this.element = element;
    this.#context = context;
  }

  settle(block: Block): void {
    let settled = 0;
    for (const [index, child] of this.#unsettled(block).entries()) {
      // What was shown of an open text may be more than what is certain, such as a table: it stays.
      if (child.open && !hasParts(child)) break;
      const view = this.#viewAt(index, child);
      view.settle(child);
      if (child.open) break;
      view.draw(child);
      settled++;
    }
    this.#settled += settled;
    this.#views.splice(0, settled);
  }

  draw(block: Block): void {
    const children = this.#unsettled(block);
    for (const [index, child] of children.entries())
      this.#viewAt(index, child).draw(child);
    for (const { view } of this.#views.splice(children.length))
      view.element.remove();
  }

  #unsettled({ children }: Block): Block[] {
    return children.slice(this.#settled);
  }

  #viewAt(index: number, block: Block): BlockView {
    const old = this.#views[index];
    const kind = kindOf(block, this.#context);
    if (old?.kind === kind) return old.view;
    const view = createView(block, this.#context);
    if (old) old.view.element.replaceWith(view.element);
    else this.element.appendChild(view.element);
    this.#views[index] = { kind, view };
    return view;
  }
}

class ListView extends ContainerView {
  override settle(block: Block): void {
    this.#describe(block);
    super.settle(block);
  }

  override draw(block: Block): void {
    this.#describe(block);
    super.draw(block);
  }

  /** Items always hold paragraphs, so that a list that turns out loose only changes its class. */
  #describe({ loose, start = 1 }: Block): void {
    this.element.classList.toggle("loose", loose);
    if (start !== 1) this.element.setAttribute("start", String(start));
    else this.element.removeAttribute("start");
  }
}

/** A paragraph or heading. */
export class TextView implements BlockView {
  readonly element: HTMLElement;
  readonly context: Context;
  readonly #inline: InlineView;

  /** `first` is a node of the element that is not part of the text. */
  constructor(
    element: HTMLElement,
    context: Context,
    first: ChildNode | null = null,
  ) {
    this.element = element;
    this.context = context;
    this.#inline = new InlineView(element, context, first);
  }

  /** The part of a block's text that it shows. */
  textOf({ text }: Block): string {
    return text;
  }

  settle(): void {}

  draw(block: Block): void {
    const { stream, growing: expected, extras } = this.context;
    const growing = expected && block.open && stream.tip === block;
    const isParagraph = block.kind === "paragraph";
    let text = this.textOf(block);
    if (growing && isParagraph)
      text = extras?.definitions.without(block) ?? text;
    if (growing && stream.lineIsOpen) text = withoutOpenEnding(text);
    text = text.replace(/^[ \t\n]+/, "").trimEnd();
    this.element.hidden = text === "" && isParagraph;
    this.#inline.update(text, growing);
  }
}
