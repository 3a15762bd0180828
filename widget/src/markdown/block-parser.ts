import type { Block } from "./block.ts";
import type { Context } from "./context.ts";
import { createBlock } from "./block.ts";
import { BlockLine } from "./block-line.ts";
import { matchAt } from "./match.ts";

/** Quotes and lists inside each other beyond this many blocks show their markers as text. */
const MAX_DEPTH = 96;

/** From this column on a line is code, if it can begin any. */
const CODE_INDENT = 4;

const heading = /^#{1,6}(?=[ \t]|$)/;
/** The closing run of a heading, and the space before it. Looks back, so as not to try a long run from every place in it. */
const closingRun = /(?:^|(?<![ \t])[ \t]+)#+$/;
const fence = /^(?:`{3,}(?!.*`)|~{3,})/;
const closingFence = /^(?:`+|~+)[ \t]*$/;
const underline = /^(?:=+|-+)[ \t]*$/;
const rule = /^([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const listMarker = /^(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|$)/;

const isText = ({ kind }: Block): boolean =>
  kind === "paragraph" || kind === "table";

const isVerbatim = ({ kind }: Block): boolean =>
  kind === "code" || kind === "html";

/** Whether a blank line may belong to it, for its marker or as one of its lines. */
const keepsBlankLines = ({ kind, fence }: Block): boolean =>
  kind === "quote" || kind === "html" || fence !== "";

const canHold = ({ kind }: Block, inner: Block["kind"]): boolean =>
  kind === "list"
    ? inner === "item"
    : kind === "document" || kind === "quote" || kind === "item";

/**
 * Reads the block structure of CommonMark and the tables of GFM, line by line. Nothing looks back over finished
 * text, so that a line costs the same however long its block is. Definitions count from the end of their paragraph
 * on, and a paragraph of nothing else stays in the tree, empty.
 */
export class BlockParser {
  readonly document = createBlock("document");
  /** The innermost open block. */
  tip = this.document;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Reads a line; `ending` is empty while the line is still being written. */
  read(text: string, ending: string): void {
    const line = new BlockLine(text);
    let container = this.document;
    /** The innermost block that has a part in this line even if the rest is blank. */
    let reached = container;
    for (;;) {
      const next = container.children.at(-1);
      if (!next?.open || !this.#goesOn(next, line)) break;
      container = next;
      if (keepsBlankLines(next)) reached = next;
    }
    while (!line.taken && !isVerbatim(container)) {
      const begun = this.#begin(container, line);
      if (!begun) break;
      container = reached = begun;
    }
    if (!line.taken)
      reached = this.#addLine(container, line, ending) ?? reached;
    const number = this.document.end + 1;
    for (let block: Block | undefined = reached; block; block = block.parent)
      block.end = number;
  }

  /** Closes the innermost block. */
  close(): void {
    const { tip } = this;
    if (tip.kind === "paragraph") this.#context.extras?.definitions.take(tip);
    tip.open = false;
    this.tip = tip.parent ?? tip;
  }

  /** Opens a block inside of the innermost one that can hold it. */
  open(kind: Block["kind"]): Block {
    while (!canHold(this.tip, kind)) this.close();
    const parent = this.tip;
    const block = createBlock(kind, parent);
    const previous = parent.children.at(-1);
    if (previous && previous.end < this.document.end) {
      parent.loose = true;
      if (parent.kind === "item") parent.parent!.loose = true;
    }
    parent.children.push(block);
    this.tip = block;
    return block;
  }

  /** Takes the markers off a line that an open block needs to go on; false when they are not there. */
  #goesOn(block: Block, line: BlockLine): boolean {
    const { kind, fence, lastLine } = block;
    const { isBlank } = line;
    switch (kind) {
      case "quote":
        return line.skipQuote();
      case "list":
        return true;
      case "item":
      case "code":
        if (fence !== "") this.#closeFence(fence, line);
        else if (
          isBlank
            ? kind === "item" && !block.children[0]
            : line.indent < block.indent
        )
          return false;
        line.skipSpace(block.indent);
        return true;
      case "html":
        return !isBlank || matchAt(lastLine!, "", 0) === undefined;
      default:
        return !isBlank && isText(block);
    }
  }

  #closeFence(fence: string, line: BlockLine): void {
    const { indent, text } = line;
    line.taken =
      indent < CODE_INDENT && text.startsWith(fence) && closingFence.test(text);
    if (line.taken) this.close();
  }

  /** The block that begins with what is left of a line, if that is any but a paragraph. */
  #begin(container: Block, line: BlockLine): Block | undefined {
    const { indent, text } = line;
    const open = (kind: Block["kind"], fields?: Partial<Block>) => {
      this.#closeDownTo(container);
      return Object.assign(this.open(kind), fields);
    };
    /** Of a block that takes all of the line. */
    const take = (kind: Block["kind"], fields?: Partial<Block>) => {
      line.taken = true;
      return open(kind, fields);
    };
    if (indent >= CODE_INDENT) {
      if (isText(this.tip) || text === "") return undefined;
      line.skipSpace(CODE_INDENT);
      return open("code", { indent: CODE_INDENT });
    }
    if (container.depth < MAX_DEPTH && line.skipQuote()) return open("quote");
    const level = heading.exec(text)?.[0].length;
    if (level) {
      const title = text.slice(level).trim().replace(closingRun, "");
      return take("heading", { level, text: title });
    }
    const [marks] = fence.exec(text) ?? [];
    if (marks) {
      const info = text.slice(marks.length);
      return take("code", { fence: marks, indent, info });
    }
    const lastLine = this.#context.extras?.endOfHtml(
      text,
      isText(container) || isText(this.tip),
    );
    if (lastLine) return open("html", { lastLine });
    if (container.kind === "paragraph" && underline.test(text)) {
      this.#context.extras?.definitions.take(container);
      if (container.text !== "") {
        line.taken = true;
        const level = text.startsWith("=") ? 1 : 2;
        return Object.assign(container, { kind: "heading" as const, level });
      }
    }
    return rule.test(text) ? take("rule") : this.#beginItem(container, line);
  }

  #beginItem(container: Block, line: BlockLine): Block | undefined {
    const { indent, text } = line;
    const found = listMarker.exec(text);
    if (!found || container.depth >= MAX_DEPTH) return undefined;
    const [{ length }, number] = found as unknown as [string, string?];
    const isEmpty = text.slice(length).trim() === "";
    // Only what is surely a list may cut a paragraph short.
    if (isText(container) && (isEmpty || (number && Number(number) !== 1)))
      return undefined;
    line.skipMarker(length);
    const space = line.indent;
    const padding = isEmpty || space > CODE_INDENT ? 1 : space;
    line.skipSpace(padding);
    const marker = text[length - 1]!;
    this.#closeDownTo(container);
    if (container.kind !== "list" || container.marker !== marker) {
      const start = number ? Number(number) : undefined;
      Object.assign(this.open("list"), { marker, start });
    }
    return Object.assign(this.open("item"), {
      indent: indent + length + padding,
    });
  }

  #closeDownTo(container: Block): void {
    while (this.tip !== container) this.close();
  }

  /** Adds what is left of a line to a text; gives the text, unless the rest is blank. */
  #addLine(
    container: Block,
    { isBlank, text, rest }: BlockLine,
    ending: string,
  ): Block | undefined {
    const { tip } = this;
    // A paragraph goes on even where the markers of the quotes and lists around it are left out.
    const isLazy = tip !== container && tip.kind === "paragraph" && !isBlank;
    if (!isLazy) {
      this.#closeDownTo(container);
      if (isVerbatim(container)) {
        container.text += rest + ending;
        const { lastLine } = container;
        if (lastLine && matchAt(lastLine, rest, 0) !== undefined) this.close();
        return isBlank ? undefined : container;
      }
      if (isBlank) return undefined;
      if (!isText(container)) this.open("paragraph");
      this.#context.extras?.takeTableLine(this, text);
    }
    this.tip.text += text + ending;
    return this.tip;
  }
}
