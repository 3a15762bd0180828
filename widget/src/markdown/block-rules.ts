import type { BlockParser, BlockStart, Node } from "commonmark";
import { takeTableLine } from "./tables.ts";

declare module "commonmark" {
  interface Node {
    /** Whether a blank line stands between a list's items or inside of one. */
    _loose?: boolean;
    /** The last line of an indented code block that is not blank. */
    _lastText?: number;
  }
}

/** Quotes and lists inside each other beyond this many nodes show their markers as text. */
const MAX_DEPTH = 96;

function depthOf(node: Node): number {
  let depth = 0;
  for (let at: Node | null = node; at; at = at._parent) depth++;
  return depth;
}

const bounded =
  (start: BlockStart): BlockStart =>
  (parser, container) =>
    depthOf(container) >= MAX_DEPTH ? 0 : start(parser, container);

/** The closing run of `#` and the space before it removed, without a pattern that backtracks over space. */
function headingText(line: string): string {
  const text = line.trim();
  let end = text.length;
  while (text[end - 1] === "#") end--;
  if (end > 0 && !/[ \t]/.test(text[end - 1]!)) return text;
  return text.slice(0, end).trim();
}

const heading: BlockStart = (parser) => {
  if (parser.indented) return 0;
  const line = parser.currentLine.slice(parser.nextNonspace);
  const marker = /^#{1,6}(?=[ \t]|$)/.exec(line)?.[0];
  if (!marker) return 0;
  parser.advanceNextNonspace();
  parser.closeUnmatchedBlocks();
  const node = parser.addChild("heading", parser.nextNonspace);
  node.level = marker.length;
  node._string_content = headingText(line.slice(marker.length));
  parser.advanceOffset(parser.currentLine.length - parser.offset);
  return 2;
};

/** Takes the definitions off a paragraph's beginning; what remains may be nothing. */
function takeDefinitions(parser: BlockParser, paragraph: Node): void {
  let text = paragraph._string_content!;
  let length;
  while (
    text.startsWith("[") &&
    (length = parser.inlineParser.parseReference(text, parser.refmap))
  )
    text = text.slice(length);
  paragraph._string_content = text;
}

/** Notes that a list is loose when a blank line stands between a new block and the one before it. */
function noteBlankLine(block: Node, line: number): void {
  const previous = block._prev;
  if (!previous || previous._sourcepos[1][0] === line - 1) return;
  const parent = block._parent!;
  if (parent.type === "list") parent._loose = true;
  else if (parent.type === "item") parent._parent!._loose = true;
}

/**
 * Replaces the rules that look back over finished text: what those find at the end is noted here while lines
 * come, so that closing a block costs the same however long it is. Definitions count from the end of their
 * paragraph on, and a paragraph of nothing else stays in the tree, empty.
 */
export function installBlockRules(parser: BlockParser): void {
  const { blocks, blockStarts, addChild, addLine } = parser;
  const ignore = () => {};

  parser.blocks = {
    ...blocks,
    document: { ...blocks.document!, finalize: ignore },
    list: {
      ...blocks.list!,
      finalize(_, list) {
        list._sourcepos[1] = list._lastChild!._sourcepos[1];
      },
    },
    code_block: {
      ...blocks.code_block!,
      finalize(_, code) {
        if (!code._isFenced) code._sourcepos[1] = [code._lastText!, 0];
      },
    },
    html_block: { ...blocks.html_block!, finalize: ignore },
    paragraph: {
      ...blocks.paragraph!,
      finalize(_, paragraph) {
        if (!paragraph._table) takeDefinitions(parser, paragraph);
      },
    },
  };

  const [quote, , fence, html, setext, rule, list, indented] = blockStarts;
  parser.blockStarts = [
    bounded(quote!),
    heading,
    fence!,
    html!,
    (_, container) => (container._table ? 0 : setext!(parser, container)),
    rule!,
    bounded(list!),
    indented!,
  ];

  parser.addChild = (type, offset) => {
    const block = addChild.call(parser, type, offset);
    noteBlankLine(block, parser.lineNumber);
    return block;
  };

  parser.addLine = () => {
    // A line that only lazily continues a quoted table is a paragraph of its own.
    if (parser.tip._table && !parser.allClosed) {
      parser.closeUnmatchedBlocks();
      parser.addChild("paragraph", parser.offset);
    }
    const { tip } = parser;
    if (tip.type === "paragraph" && parser.allClosed && takeTableLine(parser))
      return;
    if (tip.type === "code_block" && !parser.blank)
      tip._lastText = parser.lineNumber;
    addLine.call(parser);
  };
}
