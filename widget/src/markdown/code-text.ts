import type { CodeToken } from "./code-view.ts";
import { continues } from "./patch.ts";
import { withVisibleOverrides } from "./urls.ts";

/** A text node ends at the first line end after this many characters: adding to a long one gets slow. */
const TEXT_LENGTH = 4_096;

/** The text of a code block, which grows at its end and gets its colours when it is complete. */
export class CodeText {
  readonly element: HTMLElement;
  #text = "";
  #last: Text | undefined;

  constructor(element: HTMLElement) {
    this.element = element;
  }

  update(text: string): void {
    if (text === this.#text) return;
    if (!continues(text, this.#text)) {
      this.element.replaceChildren();
      this.#last = undefined;
      this.#text = "";
    }
    let rest = withVisibleOverrides(text.slice(this.#text.length));
    this.#text = text;
    while (rest !== "") rest = this.#append(rest);
  }

  /** Splits the text into spans by kind, keeping what the visitor has selected in it. */
  highlight(tokens: readonly CodeToken[]): void {
    const restore = rememberSelection(this.element);
    const { ownerDocument: document } = this.element;
    const fragment = document.createDocumentFragment();
    for (const { text, kind } of tokens) {
      const node = document.createTextNode(text);
      if (kind === undefined) fragment.appendChild(node);
      else {
        const span = document.createElement("span");
        span.setAttribute("class", kind);
        span.appendChild(node);
        fragment.appendChild(span);
      }
    }
    this.element.replaceChildren(fragment);
    restore();
  }

  /** Adds to the last text node as much as it takes; gives the rest. */
  #append(text: string): string {
    const { ownerDocument: document } = this.element;
    if (!this.#last) {
      this.#last = document.createTextNode("");
      this.element.appendChild(this.#last);
    }
    const full = Math.max(TEXT_LENGTH - this.#last.length, 0);
    const lineEnd = text.indexOf("\n", full);
    const end = lineEnd < 0 ? text.length : lineEnd + 1;
    this.#last.appendData(text.slice(0, end));
    if (lineEnd >= 0) this.#last = undefined;
    return text.slice(end);
  }
}

/** Where a point of the page lies in an element's text; undefined when it lies outside. */
function offsetIn(
  element: Element,
  node: Node | null,
  offset: number,
): number | undefined {
  if (!node || !element.contains(node)) return undefined;
  const range = element.ownerDocument.createRange();
  range.setStart(element, 0);
  range.setEnd(node, offset);
  return range.toString().length;
}

function pointAt(element: Element, offset: number): [Node, number] {
  const walker = element.ownerDocument.createTreeWalker(element, 4);
  let rest = offset;
  for (let node = walker.nextNode() as Text | null; node;) {
    if (rest <= node.length) return [node, rest];
    rest -= node.length;
    node = walker.nextNode() as Text | null;
  }
  return [element, element.childNodes.length];
}

/** Gives a function that selects again what is selected inside an element now. */
function rememberSelection(element: Element): () => void {
  // Only some browsers tell what is selected in a shadow tree from the tree itself; the others from the document.
  const root = element.getRootNode() as Partial<Document>;
  const selection =
    root.getSelection?.() ?? element.ownerDocument.getSelection?.();
  if (!selection) return () => {};
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  const anchor = offsetIn(element, anchorNode, anchorOffset);
  const focus = offsetIn(element, focusNode, focusOffset);
  return () => {
    const from = anchor === undefined ? anchorNode : pointAt(element, anchor);
    const to = focus === undefined ? focusNode : pointAt(element, focus);
    if ((anchor === undefined && focus === undefined) || !from || !to) return;
    selection.setBaseAndExtent(
      ...(Array.isArray(from) ? from : ([from, anchorOffset] as const)),
      ...(Array.isArray(to) ? to : ([to, focusOffset] as const)),
    );
  };
}
