import { Loader } from "./loader.ts";

/** Loads what not every answer needs, for all answers of a page. */
export const extrasLoader = new Loader(() => import("./extras.ts"));

/** A longer line is taken in piece by piece, which cannot be undone. */
export const LONG_LINE = 1_024;

/** A link that means the same without extras; at the end of a text, one whose address is still being written. */
const plainLink = /(?<![\\!])\[[^[\]\\`<&]*\](?:\([^\s()\\`<>&]*(?:\)|$)|$)/g;

/** What no text without extras holds outside of plain links. */
const special = new RegExp(
  [
    String.raw`^[\s>]*\|`, // a table's row
    String.raw`^[\s>-]*[|:][\s>|:-]*$`, // the line below a table's head
    String.raw`<\S`, // raw HTML, an address
    String.raw`&#?\w+;`,
    String.raw`https?://|www\.|mailto:|@`,
    String.raw`!\[|\]`, // a picture, a label, a task's box
  ].join("|"),
  "i",
);

/**
 * Whether a line, with its ending if it is complete, may mean something else with the extras than without, in code or
 * elsewhere.
 */
export const needsExtras = (line: string, isCode: boolean): boolean =>
  line.length > LONG_LINE ||
  (!isCode && special.test(line.replace(plainLink, "")));
