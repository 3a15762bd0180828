import type { Found } from "./inline-nodes.ts";
import { linkTo } from "./autolinks.ts";
import { sections, tag } from "./html.ts";
import { lineBreak } from "./inline-nodes.ts";
import { matchAt } from "./match.ts";

const lineBreakTag = /<br[ \t]*\/?>/iy;
const mailInBrackets =
  /<[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*>/iy;
const addressInBrackets = /<[a-z][a-z\d.+-]{1,31}:[^<>\0- ]*>/iy;

/**
 * What begins with the `<` at `position`: an address, a line break in a table's `cell`, or raw HTML, which is shown as the
 * text it is. The ends of sections that are `absent` are looked for once only: many beginnings without one would each
 * search all the text.
 */
export function readAngle(
  text: string,
  position: number,
  cell: boolean,
  absent: Set<RegExp>,
): Found | undefined {
  const match = (pattern: RegExp) => matchAt(pattern, text, position);
  const mail = match(mailInBrackets);
  const address = mail ?? match(addressInBrackets);
  if (address) {
    const inside = address.slice(1, -1);
    const part = linkTo(mail ? `mailto:${inside}` : inside, inside);
    return { part, length: address.length };
  }
  const written = cell && match(lineBreakTag);
  if (written) return { part: lineBreak, length: written.length };
  const html = match(tag) ?? sectionAt(text, position, absent);
  return html === undefined ? undefined : { part: html, length: html.length };
}

function sectionAt(
  text: string,
  position: number,
  absent: Set<RegExp>,
): string | undefined {
  const end = sections.find(([begin]) => matchAt(begin, text, position))?.[1];
  if (!end || absent.has(end)) return undefined;
  if (matchAt(end, text, position + 2))
    return text.slice(position, end.lastIndex);
  absent.add(end);
  return undefined;
}
