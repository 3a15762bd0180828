/** Marks CSS, for the formatter and for the build that minifies it. Holds no expressions. */
export const css = String.raw;

/** A style sheet that any number of shadow roots may adopt. */
export function styleSheet(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}
