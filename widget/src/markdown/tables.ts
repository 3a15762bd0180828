import type { BlockParser } from "./block-parser.ts";

export type Alignment = "left" | "center" | "right" | undefined;

/** Wider tables stay text: nobody can read them, and each short row would cost as many cells. */
const MAX_COLUMNS = 256;

/** A cell, and the pipe behind it. */
const cell = /((?:[^\\|]+|\\.?)*)(?:\||$)/gs;

/** The cells of a row as inline text: pipes split, unless escaped. */
export function cellsOf(row: string): string[] {
  const text = row.trim();
  // Only a pipe loses its backslash here; the rest is for the inline reader.
  const cells = Array.from(text.matchAll(cell), ([, written]) =>
    written!.replaceAll("\\|", "|").trim(),
  );
  // There is an empty one at the end always, and one before the first pipe.
  return cells.slice(text.startsWith("|") ? 1 : 0, -1);
}

const onlyDelimiters = /^[|:\- \t]+$/;

/** How the columns are aligned whose row of dashes this is; undefined when it is none. */
export function alignmentsOf(row: string): Alignment[] | undefined {
  if (!/[|:]/.test(row) || !onlyDelimiters.test(row)) return undefined;
  const cells = cellsOf(row);
  if (!cells[0] || !cells.every((cell) => /^:?-+:?$/.test(cell)))
    return undefined;
  return cells.map((cell) => {
    const left = cell.startsWith(":") ? "left" : undefined;
    return !cell.endsWith(":") ? left : left ? "center" : "right";
  });
}

/** Splits a paragraph's text into its last line and what comes before. */
function splitLastLine(text: string): [before: string, last: string] {
  const complete = text.endsWith("\n") ? text.slice(0, -1) : text;
  const at = complete.lastIndexOf("\n") + 1;
  return [complete.slice(0, at), complete.slice(at)];
}

/**
 * Turns the open paragraph, whose text ends with the head of a table, into that table; earlier lines stay a paragraph. A
 * table goes on until a paragraph would be interrupted, as GFM asks. Its text is its lines.
 */
function becomeTable(parser: BlockParser, before: string): void {
  const { text } = parser.tip;
  if (before === "") parser.tip.kind = "table";
  else {
    parser.tip.text = before;
    parser.close();
    parser.open("table").text = text.slice(before.length);
  }
}

/** Makes a table of the open paragraph's last line when `line` is the row of dashes below it. */
export function takeTableLine(parser: BlockParser, line: string): void {
  const { kind, text } = parser.tip;
  const alignments = kind === "paragraph" && text && alignmentsOf(line);
  if (!alignments || alignments.length > MAX_COLUMNS) return;
  const [before, head] = splitLastLine(text);
  if (cellsOf(head).length === alignments.length) becomeTable(parser, before);
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
  if (cellsOf(head).length <= MAX_COLUMNS) becomeTable(parser, before);
}
