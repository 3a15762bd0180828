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
const kindOf = ({ kind, level, start }: Block): string =>
  [kind, level, start].join();

/** Whether parts of an open block can be final already. */
const hasParts = ({ kind }: Block): boolean =>
  kind === "list" || kind === "item" || kind === "quote" || kind === "table";

const tags: Partial<Record<Block["kind"], string>> = {
  quote: "blockquote",
  item: "li",
  paragraph: "p",
  rule: "hr",
};

/** The headings of an answer lie below those of the page. */
const tagOf = ({ kind, level, start }: Block): string =>
  kind === "heading"
    ? `h${Math.min(level + 2, 6)}`
    : kind === "list"
      ? start === undefined
        ? "ul"
        : "ol"
      : tags[kind]!;

function createView(block: Block, context: Context): BlockView {
  const { document, extras } = context;
  const { kind, start = 1 } = block;
  const special = extras?.createView(block);
  if (special) return special;
  if (kind === "code") return new CodeView(context);
  const element = make(document, tagOf(block), {
    dir: "auto",
    ...(start !== 1 && { start: String(start) }),
  });
  return kind === "heading" || kind === "paragraph"
    ? new TextView(element, context)
    : new ContainerView(element, context);
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
    this.#describe(block);
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
    this.#describe(block);
    const children = this.#unsettled(block);
    for (const [index, child] of children.entries())
      this.#viewAt(index, child).draw(child);
    for (const { view } of this.#views.splice(children.length))
      view.element.remove();
  }

  /** Items always hold paragraphs, so that a list that turns out loose only changes its class. */
  #describe({ kind, loose }: Block): void {
    this.element.classList.toggle("loose", kind === "list" && loose);
  }

  #unsettled({ children }: Block): Block[] {
    return children.slice(this.#settled);
  }

  #viewAt(index: number, block: Block): BlockView {
    const old = this.#views[index];
    const kind = kindOf(block);
    if (old?.kind === kind) return old.view;
    const view = createView(block, this.#context);
    if (old) old.view.element.replaceWith(view.element);
    else this.element.appendChild(view.element);
    this.#views[index] = { kind, view };
    return view;
  }
}

/** A paragraph or heading. */
class TextView implements BlockView {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #inline: InlineView;

  constructor(element: HTMLElement, context: Context) {
    this.element = element;
    this.#context = context;
    this.#inline = new InlineView(element, context);
  }

  settle(): void {}

  draw(block: Block): void {
    const { stream, growing: expected, extras } = this.#context;
    const growing = expected && block.open && stream.tip === block;
    const isParagraph = block.kind === "paragraph";
    let { text } = block;
    if (growing && isParagraph)
      text = extras?.definitions.without(block) ?? text;
    if (growing && stream.lineIsOpen) text = withoutOpenEnding(text);
    text = text.replace(/^[ \t\n]+/, "").trimEnd();
    this.element.hidden = text === "" && isParagraph;
    this.#inline.isTask = extras?.isTask(block);
    this.#inline.update(text, growing);
  }
}
