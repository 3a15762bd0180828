import type { Wanted, WantedElement } from "./inline-nodes.ts";

/** Whether a text begins with another. Compares whole strings: `startsWith` goes character by character. */
export const continues = (text: string, beginning: string): boolean =>
  text.length >= beginning.length &&
  text.slice(0, beginning.length) === beginning;

/** Makes a text node hold `text`, touching only what differs: a selection in the rest stays. */
export function setText(node: Text, text: string): void {
  const old = node.data;
  if (old === text) return;
  if (continues(text, old)) {
    node.appendData(text.slice(old.length));
    return;
  }
  let same = 0;
  while (same < text.length && text[same] === old[same]) same++;
  node.replaceData(same, old.length - same, text.slice(same));
}

/** Gives an element these attributes, and no others. */
export function setAttributes(
  element: Element,
  wanted: WantedElement["attributes"],
): void {
  for (const name of element.getAttributeNames())
    if (!Object.hasOwn(wanted, name)) element.removeAttribute(name);
  for (const [name, value] of Object.entries(wanted))
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

const TEXT = 3;

const fits = (node: Node, wanted: Wanted): boolean =>
  typeof wanted === "string"
    ? node.nodeType === TEXT
    : (node as Partial<Element>).localName === wanted.tag;

/**
 * Makes the nodes after `after` (all, when null) be what is wanted, reusing those that are there. Gives the
 * last of them; what follows it is left alone.
 */
export function patch(
  parent: Element,
  after: ChildNode | null,
  wanted: readonly Wanted[],
): ChildNode | null {
  let last = after;
  for (const item of wanted) {
    let node = last ? last.nextSibling : parent.firstChild;
    // One node that went away need not cost those behind it.
    if (
      node &&
      !fits(node, item) &&
      node.nextSibling &&
      fits(node.nextSibling, item)
    ) {
      const { nextSibling } = node;
      node.remove();
      node = nextSibling;
    }
    if (!node || !fits(node, item)) {
      const { ownerDocument: document } = parent;
      const made =
        typeof item === "string"
          ? document.createTextNode(item)
          : document.createElement(item.tag);
      parent.insertBefore(made, node);
      node = made;
    }
    if (typeof item === "string") setText(node as Text, item);
    else {
      const element = node as Element;
      setAttributes(element, item.attributes);
      removeAfter(element, patch(element, null, item.children));
    }
    last = node;
  }
  return last;
}

/** Removes the children after `last`, all when null. */
export function removeAfter(parent: Element, last: ChildNode | null): void {
  for (;;) {
    const node = last ? last.nextSibling : parent.firstChild;
    if (!node) return;
    node.remove();
  }
}
