import {
  asText,
  parseHtml,
  shapeOf,
  withoutLinks,
  write,
} from "./normalize.ts";
import { show } from "./show.ts";

const isAllowed = (href: string) =>
  /^(?:https?:|mailto:|tel:|[^:]*$)/i.test(href.replace(/[/?#].*/s, ""));

/** How an example of a specification compares with what the widget shows: the deliberate differences have names. */
export function compare(
  markdown: string,
  html: string,
): "same" | "raw HTML" | "other schemes" | "bare addresses" | undefined {
  const shown = write(shapeOf(show(markdown)));
  const expected = write(parseHtml(html));
  if (shown === expected) return "same";
  if (asText(shown) === asText(html)) return "raw HTML";
  if (shown === withoutLinks(expected, isAllowed)) return "other schemes";
  if (withoutLinks(shown, () => false) === withoutLinks(expected, () => false))
    return "bare addresses";
  return undefined;
}
