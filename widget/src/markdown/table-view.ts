import type { Block } from "./block.ts";
import type { BlockContext, BlockView } from "./block-views.ts";
import type { Alignment } from "./tables.ts";
import { InlineView } from "./inline-view.ts";
import { make } from "./make.ts";
import { cellsOf } from "./tables.ts";
import { withoutOpenEnding } from "./tail.ts";

/** Missing cells that are filled in for one table; a row of two characters must not cost hundreds of cells. */
const MAX_FILLED = 10_000;

/** One row's cells. */
class RowView {
  readonly element: HTMLElement;
  readonly #tag: "th" | "td";
  readonly #context: BlockContext;
  readonly #cells: {
    readonly element: Element;
    readonly inline: InlineView;
  }[] = [];

  constructor(tag: "th" | "td", context: BlockContext) {
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
      const open = growing && index === texts.length - 1;
      const { inline } = this.#cellAt(index, alignments[index]);
      inline.update(open ? withoutOpenEnding(text).trimEnd() : text, {
        growing: open,
        cell: true,
      });
    }
    for (const cell of this.#cells.splice(texts.length)) cell.element.remove();
  }

  #cellAt(index: number, alignment: Alignment) {
    let cell = this.#cells[index];
    if (!cell) {
      const element = make(this.#context.document, this.#tag, {
        dir: "auto",
        ...(this.#tag === "th" && { scope: "col" }),
      });
      this.element.appendChild(element);
      cell = { element, inline: new InlineView(element, this.#context) };
      this.#cells.push(cell);
    }
    if (alignment) cell.element.setAttribute("data-align", alignment);
    else cell.element.removeAttribute("data-align");
    return cell;
  }
}

/** A table, in a region that scrolls and can be reached by keyboard. Complete rows are drawn once. */
export class TableView implements BlockView {
  readonly element: HTMLElement;
  readonly #context: BlockContext;
  readonly #table: HTMLElement;
  readonly #head: RowView;
  #body: HTMLElement | undefined;
  #settledHead = false;
  #settledRows = 0;
  /** The row that is still being written. */
  #open: RowView | undefined;
  #filled = 0;

  constructor(context: BlockContext) {
    const { document, strings } = context;
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
        "aria-label": strings.table,
      },
      this.#table,
    );
  }

  settle(block: Block): void {
    const { rows } = block.table!;
    this.#drawHead(block, false);
    this.#settledHead = true;
    const complete = rows.length - (this.#context.stream.lineIsOpen ? 1 : 0);
    for (; this.#settledRows < complete; this.#settledRows++) {
      const row = this.#open ?? this.#addRow();
      this.#open = undefined;
      this.#drawRow(block, row, rows[this.#settledRows]!, false);
    }
  }

  draw(block: Block): void {
    const { stream, growing: expected } = this.#context;
    const growing = expected && stream.tip === block && stream.lineIsOpen;
    const row = block.table!.rows[this.#settledRows];
    this.#drawHead(block, growing && block.table!.rows.length === 0);
    if (row !== undefined) {
      this.#open ??= this.#addRow();
      this.#drawRow(block, this.#open, row, growing);
    } else if (this.#open) {
      this.#open.element.remove();
      this.#open = undefined;
    }
    if (this.#body && this.#settledRows === 0 && !this.#open) {
      this.#body.remove();
      this.#body = undefined;
    }
  }

  #drawHead(block: Block, growing: boolean): void {
    if (this.#settledHead) return;
    const { head, alignments } = block.table!;
    this.#head.draw(cellsOf(head), alignments, growing);
  }

  #drawRow(block: Block, row: RowView, text: string, growing: boolean): void {
    const { alignments } = block.table!;
    const cells = cellsOf(text).slice(0, alignments.length);
    const missing = alignments.length - cells.length;
    if (growing) row.draw(cells, alignments, true);
    else if (this.#filled + missing <= MAX_FILLED) {
      this.#filled += missing;
      row.draw(
        [...cells, ...new Array<string>(missing).fill("")],
        alignments,
        false,
      );
    } else row.draw(cells, alignments, false);
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
