import type { Context } from "./context.ts";
import { make } from "./make.ts";

/** What the page's own renderer makes of a finished block of code, if it has one for the language. */
export function renderCustom(
  { document, options }: Context,
  code: string,
  language: string,
): HTMLElement | undefined {
  const { renderers, renderTemplate, onError } = options;
  if (!Object.hasOwn(renderers, language)) return undefined;
  const container = make(document, "div", { class: "rendered" });
  try {
    const shown = renderers[language]!(code, language);
    if (shown === undefined || shown === null) return undefined;
    if (typeof shown === "string")
      container.appendChild(document.createTextNode(shown));
    else if (typeof shown === "object" && "nodeType" in shown)
      container.appendChild(shown as Node);
    else renderTemplate(shown, container);
    return container;
  } catch (error) {
    // The page's mistake; the code itself is still worth showing.
    onError(error);
    return undefined;
  }
}
