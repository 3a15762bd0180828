/** Where the widget differs from CommonMark's examples on purpose, by example number. */

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
