import type { CodeToken } from "./highlight.ts";
import { colourStyles } from "./colour.styles.ts";
import { highlight } from "./highlight.ts";

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

type Ends = Pick<
  Selection,
  "anchorNode" | "anchorOffset" | "focusNode" | "focusOffset"
>;

/** Where a selection begins and ends. Safari says so of a shadow tree only when it is asked for that tree. */
function ends(selection: Selection, root: Partial<Document>): Ends {
  if (root.getSelection || !(root instanceof ShadowRoot)) return selection;
  const [range] = selection.getComposedRanges?.({ shadowRoots: [root] }) ?? [];
  return range
    ? {
        anchorNode: range.startContainer,
        anchorOffset: range.startOffset,
        focusNode: range.endContainer,
        focusOffset: range.endOffset,
      }
    : selection;
}

/** Gives a function that selects again what is selected inside an element now. */
function rememberSelection(element: Element): () => void {
  // Only some browsers tell what is selected in a shadow tree from the tree itself; the others from the document.
  const root = element.getRootNode() as Partial<Document>;
  const selection =
    root.getSelection?.() ?? element.ownerDocument.getSelection?.();
  if (!selection) return () => {};
  const { anchorNode, anchorOffset, focusNode, focusOffset } = ends(
    selection,
    root,
  );
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

function spansOf(
  document: Document,
  tokens: readonly CodeToken[],
): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const { text, kind } of tokens) {
    const node = document.createTextNode(text);
    if (kind === undefined) fragment.append(node);
    else {
      const span = document.createElement("span");
      span.setAttribute("class", kind);
      span.append(node);
      fragment.append(span);
    }
  }
  return fragment;
}

let sheet: CSSStyleSheet | undefined;

/** Gives the tree that an element is in the colours of code. */
function adoptStyles(element: Element): void {
  const root = element.getRootNode() as Partial<DocumentOrShadowRoot>;
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(colourStyles);
  }
  if (root.adoptedStyleSheets && !root.adoptedStyleSheets.includes(sheet))
    root.adoptedStyleSheets.push(sheet);
}

/** Splits the text of finished code into spans by kind, keeping what the visitor has selected in it. */
export function colourCode(element: HTMLElement, language: string): void {
  const tokens = highlight(element.textContent, language);
  if (!tokens) return;
  adoptStyles(element);
  const restore = rememberSelection(element);
  element.replaceChildren(spansOf(element.ownerDocument, tokens));
  restore();
}
