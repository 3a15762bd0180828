import type { Node as MarkdownNode } from "commonmark";
import type { InlineContext } from "./inline-view.ts";
import type { BlockStream } from "./block-stream.ts";
import type { CodeOptions } from "./code-view.ts";
import type { MarkdownStrings } from "./strings.ts";
import { CodeView } from "./code-view.ts";
import { InlineView } from "./inline-view.ts";
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
  readonly kind: string;
  readonly element: HTMLElement;
  settle(node: MarkdownNode): void;
  draw(node: MarkdownNode): void;
}

/** What decides whether a view can go on showing a node. */
export function kindOf(node: MarkdownNode): string {
  switch (node.type) {
    case "heading":
      return `heading ${node.level}`;
    case "list":
      return node._listData.type!;
    case "paragraph":
      return node._table ? "table" : "paragraph";
    default:
      return node.type;
  }
}

/** Whether parts of an open block can be final already. */
const hasParts = (node: MarkdownNode): boolean =>
  node.type === "list" ||
  node.type === "item" ||
  node.type === "block_quote" ||
  node._table !== undefined;

/** The headings of an answer lie below those of the page. */
const headingTag = (level: number) => `h${Math.min(level + 2, 6)}`;

export function createView(
  node: MarkdownNode,
  context: BlockContext,
): BlockView {
  const kind = kindOf(node);
  const make = (tag: string) => {
    const element = context.document.createElement(tag);
    element.setAttribute("dir", "auto");
    return element;
  };
  switch (kind) {
    case "block_quote":
      return new ContainerView(kind, make("blockquote"), context);
    case "bullet":
      return new ListView(kind, make("ul"), context);
    case "ordered":
      return new ListView(kind, make("ol"), context);
    case "item":
      return new ContainerView(kind, make("li"), context);
    case "thematic_break":
      return new RuleView(kind, context.document.createElement("hr"));
    case "code_block":
      return new CodeView(kind, context);
    case "html_block":
      return new RawView(kind, make("p"));
    case "table":
      return new TableView(kind, context);
    case "paragraph":
      return new TextView(kind, make("p"), context);
    default: {
      const element = make(headingTag(node.level));
      element.setAttribute("data-level", String(node.level));
      return new TextView(kind, element, context);
    }
  }
}

class RuleView implements BlockView {
  readonly kind: string;
  readonly element: HTMLElement;

  constructor(kind: string, element: HTMLElement) {
    this.kind = kind;
    this.element = element;
  }

  settle(): void {}
  draw(): void {}
}

/** Blocks inside a block. Those that are closed for good are drawn once and let go of. */
export class ContainerView implements BlockView {
  readonly kind: string;
  readonly element: HTMLElement;
  readonly #context: BlockContext;
  /** The views after the last settled block, in order. */
  #views: BlockView[] = [];
  #settled: MarkdownNode | null = null;

  constructor(kind: string, element: HTMLElement, context: BlockContext) {
    this.kind = kind;
    this.element = element;
    this.#context = context;
  }

  settle(node: MarkdownNode): void {
    let settled = 0;
    for (const [index, child] of this.#unsettled(node).entries()) {
      // What was shown of an open text may be more than what is certain, such as a table: it stays.
      if (child._open && !hasParts(child)) break;
      const view = this.#viewAt(index, child);
      view.settle(child);
      if (child._open) break;
      view.draw(child);
      this.#settled = child;
      settled++;
    }
    this.#views.splice(0, settled);
  }

  draw(node: MarkdownNode): void {
    const children = this.#unsettled(node);
    for (const [index, child] of children.entries())
      this.#viewAt(index, child).draw(child);
    for (const view of this.#views.splice(children.length))
      view.element.remove();
  }

  #unsettled(node: MarkdownNode): MarkdownNode[] {
    const children: MarkdownNode[] = [];
    let child = this.#settled ? this.#settled._next : node._firstChild;
    for (; child; child = child._next) children.push(child);
    return children;
  }

  #viewAt(index: number, node: MarkdownNode): BlockView {
    const old = this.#views[index];
    if (old?.kind === kindOf(node)) return old;
    const view = createView(node, this.#context);
    if (old) old.element.replaceWith(view.element);
    else this.element.appendChild(view.element);
    this.#views[index] = view;
    return view;
  }
}

class ListView extends ContainerView {
  override settle(node: MarkdownNode): void {
    this.#describe(node);
    super.settle(node);
  }

  override draw(node: MarkdownNode): void {
    this.#describe(node);
    super.draw(node);
  }

  /** Items always hold paragraphs, so that a list that turns out loose only changes its class. */
  #describe(node: MarkdownNode): void {
    const { start } = node._listData;
    this.element.classList.toggle("loose", node._loose === true);
    if (typeof start === "number" && start !== 1)
      this.element.setAttribute("start", String(start));
    else this.element.removeAttribute("start");
  }
}

const task = /^\[([ xX])\][ \t\n]+(?=\S)/;

/** A paragraph or heading. */
class TextView implements BlockView {
  readonly kind: string;
  readonly element: HTMLElement;
  readonly #context: BlockContext;
  #inline: InlineView;
  #checkbox: HTMLInputElement | undefined;

  constructor(kind: string, element: HTMLElement, context: BlockContext) {
    this.kind = kind;
    this.element = element;
    this.#context = context;
    this.#inline = new InlineView(element, context);
  }

  settle(): void {}

  draw(node: MarkdownNode): void {
    const { stream } = this.#context;
    const growing = this.#context.growing && node._open && stream.tip === node;
    let text = node._string_content!;
    if (growing && node.type === "paragraph") {
      text = text.slice(stream.definitionsLength(node));
      if (mayBeDefinition(text)) text = "";
    }
    if (growing && stream.lineIsOpen) text = withoutOpenEnding(text);
    text = text.replace(/^[ \t\n]+/, "").trimEnd();
    const parent = node._parent!;
    const box =
      parent.type === "item" && parent._firstChild === node && task.exec(text);
    this.#showCheckbox(box ? box[1] !== " " : undefined);
    if (box) text = text.slice(box[0].length);
    this.element.hidden = text === "" && node.type === "paragraph";
    this.#inline.update(text, { growing, cell: false });
  }

  #showCheckbox(checked: boolean | undefined): void {
    if ((this.#checkbox === undefined) !== (checked === undefined)) {
      const { document } = this.#context;
      this.element.replaceChildren();
      this.#checkbox = undefined;
      if (checked !== undefined) {
        this.#checkbox = document.createElement("input");
        this.#checkbox.setAttribute("type", "checkbox");
        this.#checkbox.setAttribute("disabled", "");
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
class RawView implements BlockView {
  readonly kind: string;
  readonly element: HTMLElement;
  readonly #text: Text;

  constructor(kind: string, element: HTMLElement) {
    this.kind = kind;
    this.element = element;
    this.element.setAttribute("class", "raw");
    this.#text = element.ownerDocument.createTextNode("");
    element.appendChild(this.#text);
  }

  settle(): void {}

  draw(node: MarkdownNode): void {
    const text = node._string_content!;
    setText(this.#text, text.endsWith("\n") ? text.slice(0, -1) : text);
  }
}
