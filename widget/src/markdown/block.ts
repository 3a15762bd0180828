/** A block of Markdown. Only open blocks, each the last child of the one before, ever change. */
export interface Block {
  kind:
    | "document"
    | "quote"
    | "list"
    | "item"
    | "paragraph"
    | "heading"
    | "code"
    | "html"
    | "table"
    | "rule";
  readonly parent: Block | undefined;
  readonly children: Block[];
  /** How many blocks there are from the document to this one. */
  readonly depth: number;
  open: boolean;
  /** The number of the last line that belongs to it. */
  end: number;
  /** What a leaf holds, each complete line with its ending; of a table, all its lines. */
  text: string;
  /** Of a heading. */
  level: number;
  /** The character that all items of a list are marked with. */
  marker: string;
  /** The first number of an ordered list. */
  start: number | undefined;
  /** Whether a blank line stands between a list's items or inside of one. */
  loose: boolean;
  /** How far the lines of an item or of code are moved in. */
  indent: number;
  /** What fenced code was opened with; empty when code is indented. */
  fence: string;
  /** What stands behind the fence. */
  info: string;
  /** The last line of raw HTML that does not end with a blank line. */
  lastLine: RegExp | undefined;
}

export function createBlock(kind: Block["kind"], parent?: Block): Block {
  return {
    kind,
    parent,
    children: [],
    depth: (parent?.depth ?? 0) + 1,
    open: true,
    end: 0,
    text: "",
    level: 0,
    marker: "",
    start: undefined,
    loose: false,
    indent: 0,
    fence: "",
    info: "",
    lastLine: undefined,
  };
}
