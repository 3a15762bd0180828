import type { MiniElement } from "./mini-dom.ts";

/**
 * Brings the HTML of a specification and the DOM of a view to one form, in which what the widget adds on purpose
 * (its classes, roles and attributes, paragraphs in tight lists, lower headings) and white space that does not
 * show make no difference.
 */

interface Shape {
  readonly tag: string;
  readonly attributes: Record<string, string>;
  readonly children: (Shape | string)[];
}

/** A heading of an answer lies two levels lower on the page, where the last three are one. */
const LOWEST_HEADING = "h4";

const blockTags =
  /^(?:root|p|h[1-6]|ul|ol|li|blockquote|hr|pre|table|thead|tbody|tr|th|td)$/;
const voidTags = /^(?:br|hr|img|input)$/;
const keptAttributes = [
  "href",
  "src",
  "alt",
  "title",
  "start",
  "class",
  "align",
  "type",
  "disabled",
  "checked",
];

const decode = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

/** Reads the well-formed HTML that the specifications' programs write. */
export function parseHtml(html: string): Shape {
  const root: Shape = { tag: "root", attributes: {}, children: [] };
  const stack = [root];
  for (const [token, close, open, attributes] of html.matchAll(
    /<\/([a-z0-9]+)>|<([a-z0-9]+)((?:\s+[a-z-]+="[^"]*")*)\s*\/?>|[^<]+|</g,
  )) {
    const parent = stack.at(-1)!;
    if (close && stack.length > 1) stack.pop();
    else if (open) {
      const element: Shape = {
        tag: open.replace(/^h[56]$/, LOWEST_HEADING),
        attributes: Object.fromEntries(
          [...attributes!.matchAll(/([a-z-]+)="([^"]*)"/g)].map(
            ([, name, value]) => [name!, decode(value!)],
          ),
        ),
        children: [],
      };
      parent.children.push(element);
      if (!voidTags.test(open)) stack.push(element);
    } else parent.children.push(decode(token));
  }
  return root;
}

/** The shape of what a view made. */
export function shapeOf(element: MiniElement, isRoot = true): Shape {
  const attributes = Object.fromEntries(element.attributes);
  const children = element.childNodes.flatMap((node): (Shape | string)[] => {
    if (!("localName" in node)) return [node.textContent];
    const child = node as MiniElement;
    if (child.hidden) return [];
    const name = child.getAttribute("class");
    if (name === "code" || name === "table")
      return [shapeOf(child.lastChild as MiniElement, false)];
    // Raw HTML stands by itself in the expected HTML.
    if (name === "raw") return [child.textContent];
    // An address that may not be followed is no link.
    if (child.localName === "a" && !child.attributes.has("href"))
      return shapeOf(child, false).children;
    const inTightItem =
      element.localName === "li" &&
      !element.parentNode!.getAttribute("class")?.includes("loose");
    if (inTightItem && child.localName === "p")
      return ["\n", ...shapeOf(child, false).children, "\n"];
    return [shapeOf(child, false)];
  });
  if (element.localName !== "code") delete attributes.class;
  const tag = element.localName.replace(
    /^h([3-6])$/,
    (_, level) => `h${Number(level) - 2}`,
  );
  return { tag: isRoot ? "root" : tag, attributes, children };
}

const escape = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** Where relative addresses of pictures lead in these tests. */
const base = "https://page.example/help/";

function writeAttributes({ attributes }: Shape): string {
  return keptAttributes
    .filter((name) => attributes[name] !== undefined)
    .map((name) => {
      const value =
        name === "src"
          ? new URL(attributes.src!, base).href
          : attributes[name]!;
      return ` ${name}="${escape(value)}"`;
    })
    .join("");
}

function writeShape(shape: Shape, pre: boolean): string {
  const inPre = pre || shape.tag === "pre";
  const inner = shape.children
    .map((child) => {
      if (typeof child !== "string") return writeShape(child, inPre);
      return escape(inPre ? child : child.replace(/\s+/g, " "));
    })
    .join("");
  const open = `<${shape.tag}${writeAttributes(shape)}`;
  const written = voidTags.test(shape.tag)
    ? `${open} />`
    : `${open}>${inner}</${shape.tag}>`;
  return blockTags.test(shape.tag)
    ? `\n${written.replace(/^<[^>]*>|<\/[a-z0-9]+>$/g, "\n$&\n")}\n`
    : written;
}

/** A shape as HTML, without the white space that does not show. */
export const write = (shape: Shape): string =>
  writeShape(shape, false)
    .replace(/ *\n */g, "\n")
    .replace(/(<br \/>|<input[^>]*>) +/g, "$1")
    .replace(/\n+/g, "\n")
    .trim();

/** HTML with nothing escaped and no white space: raw HTML and the same characters as text look alike. */
export const asText = (html: string): string =>
  decode(html.replace(/<\/?root>/g, "")).replace(/\s+/g, "");

/** HTML with its links left out, but not their text, for which `keep` is false. */
export const withoutLinks = (
  html: string,
  keep: (href: string) => boolean,
): string =>
  html.replace(
    /<a href="([^"]*)"[^>]*>(.*?)<\/a>/gs,
    (link, href: string, text: string) => (keep(decode(href)) ? link : text),
  );

/** Every node with its attributes, text nodes apart: what "the same DOM" means. */
export function exactly(element: MiniElement): unknown {
  return [
    element.localName,
    Object.fromEntries([...element.attributes].sort()),
    ...element.childNodes.map((node) =>
      "localName" in node ? exactly(node as MiniElement) : node.textContent,
    ),
  ];
}
