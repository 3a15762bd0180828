/**
 * As much of the DOM as the Markdown view uses, for tests without a browser. It counts the operations that
 * change it, and takes the same nodes into account that a browser would keep.
 */

export interface Counters {
  /** Nodes made, moved or removed, and attributes and text changed. */
  operations: number;
}

class MiniNode {
  parentNode: MiniElement | null = null;
  readonly ownerDocument: MiniDocument;
  readonly nodeType: number;

  constructor(document: MiniDocument, nodeType: number) {
    this.ownerDocument = document;
    this.nodeType = nodeType;
  }

  // Siblings are linked, so that walking along a long list of children costs what it does in a browser.
  nextSibling: MiniNode | null = null;
  previousSibling: MiniNode | null = null;

  remove(): void {
    const parent = this.parentNode;
    if (!parent) return;
    this.ownerDocument.counters.operations++;
    if (this.previousSibling)
      this.previousSibling.nextSibling = this.nextSibling;
    else parent.firstChild = this.nextSibling;
    if (this.nextSibling)
      this.nextSibling.previousSibling = this.previousSibling;
    else parent.lastChild = this.previousSibling;
    this.parentNode = this.nextSibling = this.previousSibling = null;
  }

  replaceWith(other: MiniNode): void {
    this.parentNode!.insertBefore(other, this);
    this.remove();
  }

  get textContent(): string {
    return "";
  }
}

export class MiniText extends MiniNode {
  #data: string;

  constructor(document: MiniDocument, data: string) {
    super(document, 3);
    this.#data = data;
  }

  get data(): string {
    return this.#data;
  }

  get length(): number {
    return this.#data.length;
  }

  appendData(data: string): void {
    this.ownerDocument.counters.operations++;
    this.#data += data;
  }

  replaceData(offset: number, count: number, data: string): void {
    this.ownerDocument.counters.operations++;
    this.#data =
      this.#data.slice(0, offset) + data + this.#data.slice(offset + count);
  }

  override get textContent(): string {
    return this.#data;
  }
}

export class MiniElement extends MiniNode {
  readonly localName: string;
  readonly attributes = new Map<string, string>();
  firstChild: MiniNode | null = null;
  lastChild: MiniNode | null = null;

  constructor(document: MiniDocument, localName: string) {
    super(document, 1);
    this.localName = localName;
  }

  get childNodes(): MiniNode[] {
    const nodes: MiniNode[] = [];
    for (let node = this.firstChild; node; node = node.nextSibling)
      nodes.push(node);
    return nodes;
  }

  appendChild(node: MiniNode): void {
    this.insertBefore(node, null);
  }

  insertBefore(node: MiniNode, before: MiniNode | null): void {
    if (node instanceof MiniFragment) {
      for (const child of node.childNodes) this.insertBefore(child, before);
      return;
    }
    node.remove();
    this.ownerDocument.counters.operations++;
    const previous = before ? before.previousSibling : this.lastChild;
    node.parentNode = this;
    node.previousSibling = previous;
    node.nextSibling = before;
    if (previous) previous.nextSibling = node;
    else this.firstChild = node;
    if (before) before.previousSibling = node;
    else this.lastChild = node;
  }

  replaceChildren(...nodes: MiniNode[]): void {
    while (this.firstChild) this.firstChild.remove();
    for (const node of nodes) this.appendChild(node);
  }

  getAttributeNames(): string[] {
    return [...this.attributes.keys()];
  }

  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  setAttribute(name: string, value: string): void {
    this.ownerDocument.counters.operations++;
    this.attributes.set(name, value);
  }

  removeAttribute(name: string): void {
    if (this.attributes.delete(name)) this.ownerDocument.counters.operations++;
  }

  toggleAttribute(name: string, force?: boolean): void {
    const wanted = force ?? !this.attributes.has(name);
    if (wanted === this.attributes.has(name)) return;
    if (wanted) this.setAttribute(name, "");
    else this.removeAttribute(name);
  }

  get hidden(): boolean {
    return this.attributes.has("hidden");
  }

  set hidden(value: boolean) {
    this.toggleAttribute("hidden", value);
  }

  readonly classList = {
    toggle: (name: string, force: boolean): void => {
      const names = new Set(
        (this.getAttribute("class") ?? "").split(" ").filter(Boolean),
      );
      if (names.has(name) === force) return;
      if (force) names.add(name);
      else names.delete(name);
      if (names.size > 0) this.setAttribute("class", [...names].join(" "));
      else this.removeAttribute("class");
    },
  };

  override get textContent(): string {
    return this.childNodes.map((node) => node.textContent).join("");
  }

  override set textContent(text: string) {
    this.replaceChildren();
    if (text !== "") this.appendChild(this.ownerDocument.createTextNode(text));
  }

  readonly listeners = new Map<string, () => void>();

  addEventListener(type: string, listener: () => void): void {
    this.listeners.set(type, listener);
  }

  contains(): boolean {
    return false;
  }

  getRootNode(): object {
    return {};
  }
}

class MiniFragment extends MiniElement {
  constructor(document: MiniDocument) {
    super(document, "#fragment");
  }
}

export class MiniDocument {
  readonly counters: Counters = { operations: 0 };
  readonly baseURI = "https://page.example/help/";

  createElement(name: string): MiniElement {
    this.counters.operations++;
    return new MiniElement(this, name);
  }

  createTextNode(data: string): MiniText {
    this.counters.operations++;
    return new MiniText(this, data);
  }

  createDocumentFragment(): MiniFragment {
    return new MiniFragment(this);
  }
}

/** A container for a view, as the type that the view takes. */
export function createHost(document = new MiniDocument()): {
  readonly host: HTMLElement;
  readonly root: MiniElement;
  readonly counters: Counters;
} {
  const root = document.createElement("div");
  return {
    host: root as unknown as HTMLElement,
    root,
    counters: document.counters,
  };
}
