import type { Delimiter } from "./emphasis.ts";
import type { Context } from "./context.ts";
import type { Target } from "./links.ts";
import { safeHref, withoutOverrides, withVisibleOverrides } from "./urls.ts";

/** Emphasis, links and pictures inside each other beyond this show their text only. */
const MAX_DEPTH = 48;

type Tag = "a" | "br" | "code" | "del" | "em" | "img" | "input" | "strong";

/** Inline text as it was read: text, a marker that may yet become one, or an element. */
export type Part = string | Delimiter | InlineElement;

export interface InlineElement {
  readonly tag: Tag;
  readonly children: readonly Part[];
  /** Of a link or a picture; missing while it is not known yet. */
  readonly target?: Target | undefined;
  /** Of a task's box. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface WantedElement {
  readonly tag: Tag;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Wanted[];
}

/** What the page should hold: text, or an element. */
export type Wanted = string | WantedElement;

export const lineBreak: InlineElement = { tag: "br", children: [] };

/** What was found at a place of a text, and how much of the text it is. */
export interface Found {
  readonly part: Part;
  readonly length: number;
}

const isElement = (part: Part): part is InlineElement =>
  typeof part === "object" && "tag" in part;

const literal = (part: string | Delimiter): string =>
  typeof part === "string" ? part : part.character.repeat(part.count);

/** The text of some parts, however deep they are. */
export function textOf(parts: readonly Part[]): string {
  let text = "";
  const waiting: Part[] = [];
  const wait = (more: readonly Part[]) => {
    for (let at = more.length - 1; at >= 0; at--) waiting.push(more[at]!);
  };
  wait(parts);
  for (let part; (part = waiting.pop()) !== undefined;)
    if (!isElement(part)) text += literal(part);
    else if (part.tag === "br") text += "\n";
    else wait(part.children);
  return withoutOverrides(text);
}

export const titled = (title: string): Record<string, string> =>
  title ? { title: withoutOverrides(title) } : {};

/** Attributes of a link; none when it may not lead anywhere, or does not know yet where to. */
export function linkAttributes(
  target: Target | undefined,
): Record<string, string> {
  const href = target && safeHref(target.destination);
  if (href === undefined) return {};
  return {
    href,
    target: "_blank",
    rel: "noopener noreferrer",
    ...titled(target!.title),
  };
}

function wantedElement(
  element: InlineElement,
  context: Context,
  depth: number,
  inLink: boolean,
): Wanted {
  const { tag, children, target, attributes } = element;
  if (tag === "img") return context.extras!.picture(element, context, inLink);
  return {
    tag,
    attributes: attributes ?? linkAttributes(target),
    children:
      tag === "code"
        ? [withVisibleOverrides(children[0] as string)]
        : wantedOf(children, context, depth + 1, inLink || tag === "a"),
  };
}

/** What parts should look like on the page. */
export function wantedOf(
  parts: readonly Part[],
  context: Context,
  depth = 0,
  inLink = false,
): Wanted[] {
  if (depth > MAX_DEPTH) return [textOf(parts)];
  const wanted: Wanted[] = [];
  let text = "";
  const flush = () => {
    const clean = withoutOverrides(text);
    const { extras } = context;
    const isPlain = inLink || !extras;
    text = "";
    for (const piece of isPlain ? [clean] : extras.splitMailAddresses(clean))
      if (typeof piece !== "string")
        wanted.push(wantedElement(piece, context, depth, inLink));
      else if (piece !== "") wanted.push(piece);
  };
  for (const part of parts) {
    const shown = isElement(part)
      ? wantedElement(part, context, depth, inLink)
      : literal(part);
    if (typeof shown === "string") text += shown;
    else {
      flush();
      wanted.push(shown);
    }
  }
  flush();
  return wanted;
}
