/**
 * The inside of commonmark.js as far as it is used here; the package brings no types. Its parsers are plain
 * objects whose methods may be replaced. A file that keeps a field of its own in a node declares it there.
 */
declare module "commonmark" {
  export type Position = [line: number, column: number];

  export interface ListData {
    type?: "bullet" | "ordered" | null;
    tight?: boolean;
    bulletChar?: string | null;
    start?: number | null;
    delimiter?: string | null;
    padding?: number | null;
    markerOffset?: number;
  }

  export class Node {
    constructor(type: string, sourcepos?: [Position, Position]);
    readonly type: string;
    readonly isContainer: boolean;
    level: number;
    _type: string;
    _parent: Node | null;
    _firstChild: Node | null;
    _lastChild: Node | null;
    _prev: Node | null;
    _next: Node | null;
    _sourcepos: [Position, Position];
    _open: boolean;
    _string_content: string | null;
    _literal: string | null;
    _listData: ListData;
    _info: string | null;
    _destination: string | null;
    _title: string | null;
    _isFenced: boolean;
    _fenceChar: string | null;
    _fenceLength: number;
    _fenceOffset: number | null;
    _level: number | null;
    _htmlBlockType?: number;
    appendChild(child: Node): void;
    prependChild(child: Node): void;
    insertAfter(sibling: Node): void;
    insertBefore(sibling: Node): void;
    unlink(): void;
  }

  export interface Reference {
    destination: string;
    title: string | null;
  }
  export type References = Record<string, Reference>;

  export interface Delimiter {
    cc: number;
    numdelims: number;
    origdelims: number;
    node: Node;
    previous: Delimiter | null;
    next: Delimiter | null;
    can_open: boolean;
    can_close: boolean;
  }

  export interface Bracket {
    node: Node;
    previous: Bracket | null;
    previousDelimiter: Delimiter | null;
    index: number;
    image: boolean;
    active: boolean;
    bracketAfter?: boolean;
  }

  export interface InlineParser {
    subject: string;
    pos: number;
    delimiters: Delimiter | null;
    brackets: Bracket | null;
    refmap: References;
    options: object;
    match(pattern: RegExp): string | null;
    peek(): number;
    spnl(): boolean;
    parseBackticks(block: Node): boolean;
    parseBackslash(block: Node): boolean;
    parseAutolink(block: Node): boolean;
    parseHtmlTag(block: Node): boolean;
    scanDelims(
      cc: number,
    ): { numdelims: number; can_open: boolean; can_close: boolean } | null;
    handleDelim(cc: number, block: Node): boolean;
    parseLinkTitle(): string | null;
    parseLinkDestination(): string | null;
    parseLinkLabel(): number;
    parseOpenBracket(block: Node): boolean;
    parseBang(block: Node): boolean;
    parseCloseBracket(block: Node): boolean;
    addBracket(node: Node, index: number, image: boolean): void;
    removeBracket(): void;
    parseEntity(block: Node): boolean;
    parseString(block: Node): boolean;
    parseNewline(block: Node): boolean;
    parseReference(text: string, refmap: References): number;
    parseInline(block: Node): boolean;
    processEmphasis(bottom: Delimiter | null): void;
    removeDelimiter(delimiter: Delimiter): void;
    parse(block: Node): void;
  }

  export interface BlockRule {
    continue(parser: BlockParser, container: Node): number;
    finalize(parser: BlockParser, block: Node): void;
    canContain(type: string): boolean;
    acceptsLines: boolean;
  }

  /** 0: no match, 1: a container, 2: a leaf. */
  export type BlockStart = (parser: BlockParser, container: Node) => number;

  export interface BlockParser {
    doc: Node;
    tip: Node;
    oldtip: Node;
    blocks: Record<string, BlockRule>;
    blockStarts: BlockStart[];
    currentLine: string;
    lineNumber: number;
    offset: number;
    column: number;
    nextNonspace: number;
    nextNonspaceColumn: number;
    indent: number;
    indented: boolean;
    blank: boolean;
    allClosed: boolean;
    refmap: References;
    inlineParser: InlineParser;
    advanceOffset(count: number, columns?: boolean): void;
    advanceNextNonspace(): void;
    closeUnmatchedBlocks(): void;
    addLine(): void;
    addChild(type: string, offset: number): Node;
    incorporateLine(line: string): void;
    finalize(block: Node, lineNumber: number): void;
    processInlines(block: Node): void;
    parse(text: string): Node;
  }

  export const Parser: new (options?: object) => BlockParser;
}
