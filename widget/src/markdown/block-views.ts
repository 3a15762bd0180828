import type { Block } from "./block.ts";
import type { InlineContext } from "./inline-view.ts";
import type { BlockStream } from "./block-stream.ts";
import type { CodeOptions } from "./code-view.ts";
import type { MarkdownStrings } from "./strings.ts";
import { CodeView } from "./code-view.ts";
import { InlineView } from "./inline-view.ts";
import { make } from "./make.ts";
import { setText } from "./patch.ts";
import { TableView } from "./table-view.ts";
import { mayBeDefinition, withoutOpenEnding } from "./tail.ts";

/** What the views of all blocks share. */
export interface BlockContext extends InlineContext {
  readonly document: Document;
  readonly stream: BlockStream;
  readonly strings: MarkdownStrings;
  readonly code: CodeOptions;
  /** Whether more text is expected. */
  growing: boolean;
}

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
  kind === "heading" || kind === "list"
    ? `${kind} ${level || start === undefined}`
    : kind;

/** Whether parts of an open block can be final already. */
const hasParts = ({ kind }: Block): boolean =>
  kind === "list" || kind === "item" || kind === "quote" || kind === "table";

/** The headings of an answer lie below those of the page. */
const headingTag = (level: number) => `h${Math.min(level + 2, 6)}`;

function createView(
  { kind, level, start }: Block,
  context: BlockContext,
): BlockView {
  const { document } = context;
  const makeText = (tag: string, attributes: Record<string, string> = {}) =>
    make(document, tag, { dir: "auto", ...attributes });
  switch (kind) {
    case "list":
      return new ListView(makeText(start === undefined ? "ul" : "ol"), context);
    case "item":
      return new ContainerView(makeText("li"), context);
    case "rule":
      return { element: make(document, "hr"), settle() {}, draw() {} };
    case "code":
      return new CodeView(context);
    case "html":
      return rawView(makeText("p", { class: "raw" }));
    case "table":
      return new TableView(context);
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
  readonly #context: BlockContext;
  /** The views after the last settled block, in order. */
  readonly #views: { readonly kind: string; readonly view: BlockView }[] = [];
  /** How many blocks are settled. */
  #settled = 0;

  constructor(element: HTMLElement, context: BlockContext) {
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
    const kind = kindOf(block);
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

const task = /^\[([ xX])\][ \t\n]+(?=\S)/;

/** A paragraph or heading. */
class TextView implements BlockView {
  readonly element: HTMLElement;
  readonly #context: BlockContext;
  #inline: InlineView;
  #checkbox: HTMLElement | undefined;

  constructor(element: HTMLElement, context: BlockContext) {
    this.element = element;
    this.#context = context;
    this.#inline = new InlineView(element, context);
  }

  settle(): void {}

  draw(block: Block): void {
    const { stream } = this.#context;
    const growing = this.#context.growing && block.open && stream.tip === block;
    const isParagraph = block.kind === "paragraph";
    let { text } = block;
    if (growing && isParagraph) {
      text = text.slice(stream.definitionsLength(block));
      if (mayBeDefinition(text)) text = "";
    }
    if (growing && stream.lineIsOpen) text = withoutOpenEnding(text);
    text = text.replace(/^[ \t\n]+/, "").trimEnd();
    const { parent } = block;
    const box =
      parent?.kind === "item" &&
      parent.children[0] === block &&
      task.exec(text);
    this.#showCheckbox(box ? box[1] !== " " : undefined);
    if (box) text = text.slice(box[0].length);
    this.element.hidden = text === "" && isParagraph;
    this.#inline.update(text, { growing, cell: false });
  }

  #showCheckbox(checked: boolean | undefined): void {
    if ((this.#checkbox === undefined) !== (checked === undefined)) {
      const { document } = this.#context;
      this.element.replaceChildren();
      this.#checkbox = undefined;
      if (checked !== undefined) {
        this.#checkbox = make(document, "input", {
          type: "checkbox",
          disabled: "",
        });
        this.element.appendChild(this.#checkbox);
      }
      this.#inline = new InlineView(
        this.element,
        this.#context,
        this.#checkbox ?? null,
      );
    }
    if (!this.#checkbox) return;
    const { taskDone, taskOpen } = this.#context.strings;
    this.#checkbox.toggleAttribute("checked", checked);
    this.#checkbox.setAttribute("aria-label", checked ? taskDone : taskOpen);
  }
}

/** A block of raw HTML, which is text here. */
function rawView(element: HTMLElement): BlockView {
  const shown = element.ownerDocument.createTextNode("");
  element.appendChild(shown);
  return {
    element,
    settle() {},
    draw: ({ text }) =>
      setText(shown, text.endsWith("\n") ? text.slice(0, -1) : text),
  };
}
