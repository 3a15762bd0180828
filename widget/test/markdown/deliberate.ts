/** Where the widget differs from the examples of CommonMark and GFM on purpose, by example number. */

/** Raw HTML is shown as the text it is. */
export const rawHtml: readonly number[] = [
  21, 31, 148, 149, 150, 153, 154, 155, 159, 160, 161, 162, 164, 166, 167, 168,
  169, 170, 171, 172, 173, 174, 175, 176, 178, 184, 185, 186, 187, 188, 189,
  190, 191, 201, 344, 475, 476, 477, 494, 524, 536, 613, 614, 615, 616, 623,
  630, 631, 642, 643,
];

/** An address with another scheme than `https`, `http`, `mailto` and `tel` is no link, only its text. */
export const otherSchemes: readonly number[] = [500, 596, 598, 599, 601];

/** Bare addresses are links, as GFM has it. */
export const bareAddresses: readonly number[] = [606, 608, 611, 612];

/**
 * The same of what GFM adds: `ftp` is no scheme of a link here; behind a bare `mailto:` or `xmpp:` (newer than the parsers
 * that people know) only the address itself is a link; raw HTML is text, and not only nine tags of it.
 */
export const gfmDifferences: Readonly<Record<number, string>> = {
  629: "other schemes",
  633: "bare addresses",
  634: "bare addresses",
  635: "bare addresses",
  657: "raw HTML",
};
