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

/** What the next character decides about, behind an even number of backslashes. */
const openEnding = new RegExp(
  `(?<=(?<!\\\\)(?:\\\\\\\\)*)(?:${[
    String.raw`!?\[[\^\dxX ]{0,4}\]?`, // a note, a task's box, a link
    String.raw`<\/?[a-zA-Z!?]?[^\s<>]{0,200}`,
    String.raw`&#?[a-zA-Z0-9]{0,31}`,
    "[*_~`!]+",
    String.raw`\\`,
  ].join("|")})$`,
);

/** Inline text without the markers at its end that are not decided yet. */
export function withoutOpenEnding(text: string): string {
  let end = text.length;
  const from = Math.max(0, end - REACH);
  for (let at; (at = text.slice(from, end).search(openEnding)) >= 0;)
    end = from + at;
  return text.slice(0, end);
}
