import type { Context } from "./context.ts";
import type { InlineElement, Wanted } from "./inline-nodes.ts";
import { linkAttributes, textOf, titled } from "./inline-nodes.ts";
import { safeHref, withoutOverrides } from "./urls.ts";

/**
 * The address of a picture that may be loaded, or undefined: nothing outside `origins` is ever asked, since
 * an address is all it takes to carry a conversation away.
 */
function safeImage(
  destination: string,
  { document, options }: Context,
): string | undefined {
  const address = safeHref(destination);
  if (!address) return undefined;
  try {
    const url = new URL(address, document.baseURI);
    return options.imageOrigins?.includes(url.origin) ? url.href : undefined;
  } catch {
    return undefined; // It is none.
  }
}

/** A picture, or where it would be: a link to it, or only its text when it is in a link already. */
export function picture(
  { children, target }: InlineElement,
  context: Context,
  inLink: boolean,
): Wanted {
  const alt = textOf(children);
  const src = target && safeImage(target.destination, context);
  if (src !== undefined)
    return {
      tag: "img",
      attributes: {
        src,
        alt,
        loading: "lazy",
        decoding: "async",
        referrerpolicy: "no-referrer",
        ...titled(target!.title),
      },
      children: [],
    };
  const label = alt || withoutOverrides(target?.destination ?? "");
  if (inLink) return label;
  return { tag: "a", attributes: linkAttributes(target), children: [label] };
}
