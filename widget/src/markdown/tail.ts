/**
 * What to show of text whose end has not come yet. A character that may still turn out to be a marker is held
 * back until the next one decides, so that no marker flashes up and goes away again.
 */

/** How much of a line or of an ending is looked at. */
const REACH = 256;

/** Quote and list markers with something after them: what comes then is a line of its own. */
export const containers = String.raw`(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t])))*[ \t]*`;

const undecided = new RegExp(
  `^${containers}(?:${[
    String.raw`[-+*]`, // a list item, a rule, an underline, emphasis
    String.raw`\d{1,9}[.)]?`,
    String.raw`#{1,6}`,
    String.raw`=+`,
    String.raw`(?:[-*_][ \t]*)+`,
    String.raw`[|:-][|:\- \t]*`, // the line below a table's head
    "`{1,2}|`{3,}[^`]*", // a fence says its language before it is one
    String.raw`~{1,2}|~{3,}.*`,
    String.raw`<\/?[a-zA-Z!?]?[^\s<>]{0,60}`, // raw HTML or an address
  ].join("|")})?[ \\t]*$`,
);

/** Whether an unfinished line may still become anything, so that none of it can be shown. */
export const isUndecided = (line: string): boolean =>
  line.length <= REACH && undecided.test(line);

/** Endings that the next character decides about, longest reach first. */
const openEndings: readonly RegExp[] = [
  /!?\[[\^\dxX ]{0,4}\]?$/, // a note, a task's box, a link
  /<\/?[a-zA-Z!?]?[^\s<>]{0,200}$/,
  /&#?[a-zA-Z0-9]{0,31}$/,
  /[*_~`]+$/,
  /!$/,
];

/** Inline text without the markers at its end that are not decided yet. */
export function withoutOpenEnding(text: string): string {
  let end = text.length;
  for (let round = 0; round < 4; round++) {
    const before = end;
    for (const pattern of openEndings) {
      const from = Math.max(0, end - REACH);
      const found = pattern.exec(text.slice(from, end));
      if (found && !isEscaped(text, from + found.index))
        end = from + found.index;
    }
    if (text[end - 1] === "\\" && !isEscaped(text, end - 1)) end--;
    if (end === before) break;
  }
  return text.slice(0, end);
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text[index - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}
