import type * as extras from "./extras.ts";

/** Loads what not every answer needs, once for all answers. */
export class ExtrasLoader {
  /** The class of what was loaded. */
  Extras: typeof extras.Extras | undefined;
  readonly #fetch: () => Promise<typeof extras>;
  #loading: Promise<void> | undefined;

  constructor(fetch = () => import("./extras.ts")) {
    this.#fetch = fetch;
  }

  /** A second call waits for the first. Rejects when the extras cannot be had, and the next call tries again. */
  load(): Promise<void> {
    return (this.#loading ??= this.#fetch().then(
      ({ Extras }) => {
        this.Extras = Extras;
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    ));
  }
}

/** What all chats of a page share. */
export const extrasLoader = new ExtrasLoader();

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
