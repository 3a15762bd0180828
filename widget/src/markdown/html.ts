import type { BlockView } from "./block-views.ts";
import { make } from "./make.ts";
import { matchAt } from "./match.ts";
import { setText } from "./patch.ts";

/** How CommonMark tells raw HTML, which is shown as the text it is, from Markdown. */

const name = String.raw`[a-z][a-z\d-]*`;
const value = String.raw`\s*=\s*(?:[^"'=<>\u0060\0- ]+|'[^']*'|"[^"]*")`;
const attribute = String.raw`\s+[a-z_:][\w:.-]*(?:${value})?`;
const anyTag = String.raw`<${name}(?:${attribute})*\s*\/?>|<\/${name}\s*>`;

/** A tag at a place in a text. */
export const tag = new RegExp(anyTag, "iy");

/** Raw HTML other than tags: how it begins, and what ends it wherever that comes. */
export const sections: readonly (readonly [begin: RegExp, end: RegExp])[] = [
  [/<!--/y, /-->/g],
  [/<!\[CDATA\[/y, /\]\]>/g],
  [/<\?/y, /\?>/g],
  [/<![a-z]/iy, />/g],
];

const blockSections: typeof sections = [
  ...sections,
  [
    /<(?:script|pre|textarea|style)(?:\s|>|$)/iy,
    /<\/(?:script|pre|textarea|style)>/gi,
  ],
];

const blockTag =
  /^<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:\s|\/?>|$)/i;
const onlyTag = new RegExp(`^(?:${anyTag})\\s*$`, "i");
const blankLine = /^$/g;

/** What the last line of the raw HTML holds that begins with `line`; undefined when none does. */
export function endOfHtml(
  line: string,
  continuesText: boolean,
): RegExp | undefined {
  const section = blockSections.find(([begin]) => matchAt(begin, line, 0));
  if (section) return section[1];
  const isBlock = blockTag.test(line) || (!continuesText && onlyTag.test(line));
  return isBlock ? blankLine : undefined;
}

/** A block of raw HTML, which is text here. */
export function rawView(document: Document): BlockView {
  const shown = document.createTextNode("");
  return {
    element: make(document, "p", { class: "raw", dir: "auto" }, shown),
    settle() {},
    draw: ({ text }) =>
      setText(shown, text.endsWith("\n") ? text.slice(0, -1) : text),
  };
}
