import type { Block } from "./block.ts";
import type { BlockView } from "./block-views.ts";
import type { Context } from "./context.ts";
import type { Alignment } from "./tables.ts";
import { InlineView } from "./inline-view.ts";
import { make } from "./make.ts";
import { setAttributes } from "./patch.ts";
import { alignmentsOf, cellsOf } from "./tables.ts";
import { withoutOpenEnding } from "./tail.ts";

/** Missing cells that are filled in for one table; a row of two characters must not cost hundreds of cells. */
const MAX_FILLED = 10_000;

/** A cell's text, in which `<br>` is the only way to break a line. */
export class CellView extends InlineView {}

/** One row's cells. */
class RowView {
  readonly element: HTMLElement;
  readonly #tag: "th" | "td";
  readonly #context: Context;
  readonly #cells: CellView[] = [];

  constructor(tag: "th" | "td", context: Context) {
    this.#tag = tag;
    this.#context = context;
    this.element = make(context.document, "tr");
  }

  draw(
    texts: readonly string[],
    alignments: readonly Alignment[],
    growing: boolean,
  ): void {
    for (const [index, text] of texts.entries()) {
      const cell = (this.#cells[index] ??= this.#addCell());
      const alignment = alignments[index];
      setAttributes(cell.element, {
        dir: "auto",
        ...(this.#tag === "th" && { scope: "col" }),
        ...(alignment && { align: alignment }),
      });
      const open = growing && index === texts.length - 1;
      cell.update(open ? withoutOpenEnding(text).trimEnd() : text, open);
    }
    for (const { element } of this.#cells.splice(texts.length))
      element.remove();
  }

  #addCell(): CellView {
    const element = make(this.#context.document, this.#tag);
    this.element.appendChild(element);
    return new CellView(element, this.#context);
  }
}

/** A table, in a region that scrolls and can be reached by keyboard. Complete rows are drawn once. */
export class TableView implements BlockView {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #table: HTMLElement;
  readonly #head: RowView;
  #body: HTMLElement | undefined;
  #alignments: readonly Alignment[] = [];
  /** Where the first row begins that is not settled; 0 while the head is not. */
  #from = 0;
  /** The row that is still being written. */
  #open: RowView | undefined;
  #filled = 0;

  constructor(context: Context) {
    const { document, options } = context;
    this.#context = context;
    this.#head = new RowView("th", context);
    const head = make(document, "thead", {}, this.#head.element);
    this.#table = make(document, "table", {}, head);
    this.element = make(
      document,
      "div",
      {
        class: "table",
        role: "region",
        tabindex: "0",
        "aria-label": options.strings.table,
      },
      this.#table,
    );
  }

  settle({ text }: Block): void {
    if (this.#from === 0) {
      this.#drawHead(text, false);
      this.#from = text.indexOf("\n", text.indexOf("\n") + 1) + 1;
    }
    for (let end; (end = text.indexOf("\n", this.#from)) >= 0;) {
      this.#drawRow(text.slice(this.#from, end), false);
      this.#open = undefined;
      this.#from = end + 1;
    }
  }

  draw(block: Block): void {
    const { stream, growing: expected } = this.#context;
    const { text } = block;
    const growing = expected && stream.tip === block && stream.lineIsOpen;
    if (this.#from === 0) this.#drawHead(text, growing && !text.includes("\n"));
    else if (this.#from < text.length)
      this.#drawRow(text.slice(this.#from), growing);
    else {
      this.#open?.element.remove();
      this.#open = undefined;
    }
  }

  /** The head, and below it the row of dashes as far as it is there. */
  #drawHead(text: string, growing: boolean): void {
    const [head, dashes = ""] = text.split("\n", 2) as [string, string?];
    const cells = cellsOf(head);
    const alignments = alignmentsOf(dashes);
    this.#alignments = alignments?.length === cells.length ? alignments : [];
    this.#head.draw(cells, this.#alignments, growing);
  }

  #drawRow(text: string, growing: boolean): void {
    const row = (this.#open ??= this.#addRow());
    const columns = this.#alignments.length;
    const cells = cellsOf(text).slice(0, columns);
    const missing = columns - cells.length;
    if (!growing && this.#filled + missing <= MAX_FILLED) {
      this.#filled += missing;
      cells.push(...new Array<string>(missing).fill(""));
    }
    row.draw(cells, this.#alignments, growing);
  }

  #addRow(): RowView {
    const { document } = this.#context;
    if (!this.#body) {
      this.#body = make(document, "tbody");
      this.#table.appendChild(this.#body);
    }
    const row = new RowView("td", this.#context);
    this.#body.appendChild(row.element);
    return row;
  }
}
