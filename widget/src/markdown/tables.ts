import type { BlockParser } from "./block-parser.ts";

export type Alignment = "left" | "center" | "right" | undefined;

/** A table's parts as text; the rows after `head` come one by one. */
export interface Table {
  readonly alignments: readonly Alignment[];
  readonly head: string;
  readonly rows: string[];
}

/** Wider tables stay text: nobody can read them, and each short row would cost as many cells. */
export const MAX_COLUMNS = 256;

/** The cells of a row as inline text: pipes split, unless escaped. */
export function cellsOf(row: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let from = 0;
  const text = row.trim();
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") {
      // Only a pipe loses its backslash here; the rest is for the inline parser.
      if (text[i + 1] === "|") {
        cell += text.slice(from, i);
        from = i + 1;
      }
      i++;
    } else if (text[i] === "|") {
      cells.push((cell + text.slice(from, i)).trim());
      cell = "";
      from = i + 1;
    }
  }
  const last = cell + text.slice(from);
  if (last !== "" || cells.length === 0) cells.push(last.trim());
  if (text.startsWith("|")) cells.shift();
  return cells;
}

const onlyDelimiters = /^[|:\- \t]+$/;

function alignmentsOf(row: string): Alignment[] | undefined {
  if (!/[|:]/.test(row) || !onlyDelimiters.test(row)) return undefined;
  const cells = cellsOf(row);
  if (cells.length === 0 || !cells.every((cell) => /^:?-+:?$/.test(cell)))
    return undefined;
  return cells.map((cell) => {
    const left = cell.startsWith(":");
    const right = cell.endsWith(":");
    if (left && right) return "center";
    return right ? "right" : left ? "left" : undefined;
  });
}

/** Splits a paragraph's text into its last line and what comes before. */
function splitLastLine(text: string): [before: string, last: string] {
  const complete = text.endsWith("\n") ? text.slice(0, -1) : text;
  const at = complete.lastIndexOf("\n") + 1;
  return [complete.slice(0, at), complete.slice(at)];
}

/**
 * Turns the open paragraph, whose last line is `head`, into a table; earlier lines stay a paragraph. A table goes on
 * until a paragraph would be interrupted, as GFM asks.
 */
function becomeTable(parser: BlockParser, before: string, table: Table): void {
  if (before === "") parser.tip.kind = "table";
  else {
    parser.tip.text = before;
    parser.close();
    parser.open("table");
  }
  parser.tip.text = "";
  parser.tip.table = table;
}

/**
 * Takes a line into the open text as a part of a table: as the row below the head, which makes the table, or as
 * one more row. False when the line is ordinary text.
 */
export function takeTableLine(parser: BlockParser, line: string): boolean {
  const { table, text } = parser.tip;
  if (table) {
    table.rows.push(line);
    return true;
  }
  const alignments = text && alignmentsOf(line);
  if (!alignments || alignments.length > MAX_COLUMNS) return false;
  const [before, head] = splitLastLine(text);
  if (cellsOf(head).length !== alignments.length) return false;
  becomeTable(parser, before, { alignments, head, rows: [] });
  return true;
}

/**
 * For show only: a last line that begins with a pipe is taken for the head of a table whose second line is
 * yet to come, or is coming.
 */
export function presumeTable(parser: BlockParser): void {
  const { kind, open, text } = parser.tip;
  if (!open || kind !== "paragraph") return;
  let [before, head] = splitLastLine(text);
  // A second line on its way; a complete one that did not make a table never will.
  if (onlyDelimiters.test(head) && !text.endsWith("\n"))
    [before, head] = splitLastLine(before);
  if (!head.startsWith("|") || !/[^|:\- \t]/.test(head)) return;
  const { length } = cellsOf(head);
  if (length > MAX_COLUMNS) return;
  const alignments = new Array<Alignment>(length).fill(undefined);
  becomeTable(parser, before, { alignments, head, rows: [] });
}
