import type { Delimiter, InlineParser } from "commonmark";
import { Node } from "commonmark";

export const TILDE = 126;

/** Emphasis that is still open further back than this is more likely a lone asterisk. */
const LONGEST_OPEN = 1_000;

function matches(opener: Delimiter, closer: Delimiter): boolean {
  if (opener.cc !== closer.cc || !opener.can_open) return false;
  if (closer.cc === TILDE) return opener.origdelims === closer.origdelims;
  return !(
    (closer.can_open || opener.can_close) &&
    closer.origdelims % 3 !== 0 &&
    (opener.origdelims + closer.origdelims) % 3 === 0
  );
}

/** Closers of one kind never find an opener below the place where another one found none. */
const kindOf = ({ cc, can_open, origdelims }: Delimiter): number =>
  cc * 8 + (can_open ? 4 : 0) + (origdelims % 3);

function nodeFor(cc: number, count: number): Node {
  if (cc === TILDE) return new Node("del");
  return new Node(count === 2 ? "strong" : "emph");
}

/** Moves what stands between two markers into a new node after the first one. */
function wrap(opener: Node, closer: Node | null, node: Node): void {
  let inner = opener._next;
  while (inner && inner !== closer) {
    const next = inner._next;
    node.appendChild(inner);
    inner = next;
  }
  opener.insertAfter(node);
}

function spend(delimiter: Delimiter, count: number): void {
  delimiter.numdelims -= count;
  delimiter.node._literal = delimiter.node._literal!.slice(count);
}

/** Makes one pair of markers into emphasis; the closer that is to be looked at next. */
function pair(
  parser: InlineParser,
  opener: Delimiter,
  closer: Delimiter,
): Delimiter | null {
  const count =
    closer.cc === TILDE
      ? closer.numdelims
      : closer.numdelims >= 2 && opener.numdelims >= 2
        ? 2
        : 1;
  spend(opener, count);
  spend(closer, count);
  wrap(opener.node, closer.node, nodeFor(closer.cc, count));
  if (opener.next !== closer) {
    opener.next = closer;
    closer.previous = opener;
  }
  if (opener.numdelims === 0) {
    opener.node.unlink();
    parser.removeDelimiter(opener);
  }
  if (closer.numdelims > 0) return closer;
  const { next } = closer;
  closer.node.unlink();
  parser.removeDelimiter(closer);
  return next;
}

/**
 * Resolves the delimiters above `bottom`: CommonMark's emphasis and GFM's strikethrough in one pass, so that
 * they nest in each other.
 */
export function processEmphasis(
  parser: InlineParser,
  bottom: Delimiter | null,
): void {
  const floors = new Map<number, Delimiter | null>();
  let closer: Delimiter | null = null;
  for (let at = parser.delimiters; at && at !== bottom; at = at.previous)
    closer = at;
  while (closer) {
    if (!closer.can_close) {
      closer = closer.next;
      continue;
    }
    const kind = kindOf(closer);
    const floor = floors.has(kind) ? floors.get(kind)! : bottom;
    let opener = closer.previous;
    while (opener && opener !== bottom && opener !== floor) {
      if (matches(opener, closer)) break;
      opener = opener.previous;
    }
    if (opener && opener !== bottom && opener !== floor) {
      closer = pair(parser, opener, closer);
      continue;
    }
    floors.set(kind, closer.previous);
    const { next, can_open: mayOpen } = closer;
    if (!mayOpen) parser.removeDelimiter(closer);
    closer = next;
  }
}

/**
 * While text is still coming: shows what follows an open marker as if it were closed already. Only markers
 * that can do nothing but open count: `5*3` keeps its asterisk.
 */
export function closeOpenEmphasis(parser: InlineParser, start: number): void {
  if (parser.subject.length - start > LONGEST_OPEN) return;
  for (let at = parser.delimiters; at; at = at.previous) {
    if (!at.can_open || at.can_close) continue;
    for (let levels = 0; at.numdelims > 0 && levels < 3; levels++) {
      const count = at.cc === TILDE ? at.numdelims : at.numdelims >= 2 ? 2 : 1;
      spend(at, count);
      wrap(at.node, null, nodeFor(at.cc, count));
    }
    if (at.numdelims === 0) at.node.unlink();
  }
}
