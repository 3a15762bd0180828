import type { Delimiter } from "./emphasis.ts";
import type { Target } from "./links.ts";
import { splitMailAddresses } from "./autolinks.ts";
import {
  safeHref,
  safeImage,
  withoutOverrides,
  withVisibleOverrides,
} from "./urls.ts";

/** Emphasis, links and pictures inside each other beyond this show their text only. */
const MAX_DEPTH = 48;

type Tag = "a" | "br" | "code" | "del" | "em" | "img" | "strong";

/** Inline text as it was read: text, a marker that may yet become one, or an element. */
export type Part = string | Delimiter | InlineElement;

export interface InlineElement {
  readonly tag: Tag;
  readonly children: readonly Part[];
  /** Of a link or a picture; missing while it is not known yet. */
  readonly target?: Target | undefined;
}

export interface WantedElement {
  readonly tag: Tag;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Wanted[];
}

/** What the page should hold: text, or an element. */
export type Wanted = string | WantedElement;

export interface ImagePolicy {
  readonly origins: readonly string[];
  /** What relative addresses are relative to. */
  readonly base: string;
}

const isElement = (part: Part): part is InlineElement =>
  typeof part === "object" && "tag" in part;

const literal = (part: string | Delimiter): string =>
  typeof part === "string" ? part : part.character.repeat(part.count);

/** The text of some parts, however deep they are. */
function textOf(parts: readonly Part[]): string {
  let text = "";
  const waiting: Part[] = [];
  const wait = (more: readonly Part[]) => {
    for (let at = more.length - 1; at >= 0; at--) waiting.push(more[at]!);
  };
  wait(parts);
  for (let part; (part = waiting.pop()) !== undefined;)
    if (!isElement(part)) text += literal(part);
    else if (part.tag === "br") text += "\\n";
    else wait(part.children);
  return withoutOverrides(text);
}

const titled = (
  attributes: Record<string, string>,
  title: string,
): Record<string, string> =>
  title ? { ...attributes, title: withoutOverrides(title) } : attributes;

/** Attributes of a link; none when it may not lead anywhere, or does not know yet where to. */
function linkAttributes(target: Target | undefined): Record<string, string> {
  const href = target && safeHref(target.destination);
  if (href === undefined) return {};
  return titled(
    { href, target: "_blank", rel: "noopener noreferrer" },
    target!.title,
  );
}

function picture(
  { children, target }: InlineElement,
  { origins, base }: ImagePolicy,
  inLink: boolean,
): Wanted {
  const alt = textOf(children);
  const src = target && safeImage(target.destination, origins, base);
  if (src !== undefined) {
    const attributes = {
      src,
      alt,
      loading: "lazy",
      decoding: "async",
      referrerpolicy: "no-referrer",
    };
    return {
      tag: "img",
      attributes: titled(attributes, target!.title),
      children: [],
    };
  }
  const label = alt || withoutOverrides(target?.destination ?? "");
  if (inLink) return label;
  return { tag: "a", attributes: linkAttributes(target), children: [label] };
}

function wantedElement(
  element: InlineElement,
  policy: ImagePolicy,
  depth: number,
  inLink: boolean,
): Wanted {
  const { tag, children, target } = element;
  if (tag === "img") return picture(element, policy, inLink);
  return {
    tag,
    attributes: linkAttributes(target),
    children:
      tag === "code"
        ? [withVisibleOverrides(children[0] as string)]
        : wantedOf(children, policy, depth + 1, inLink || tag === "a"),
  };
}

/** What parts should look like on the page. */
export function wantedOf(
  parts: readonly Part[],
  policy: ImagePolicy,
  depth = 0,
  inLink = false,
): Wanted[] {
  if (depth > MAX_DEPTH) return [textOf(parts)];
  const wanted: Wanted[] = [];
  let text = "";
  const flush = () => {
    const clean = withoutOverrides(text);
    text = "";
    for (const piece of inLink ? [clean] : splitMailAddresses(clean))
      if (typeof piece !== "string")
        wanted.push(wantedElement(piece, policy, depth, inLink));
      else if (piece !== "") wanted.push(piece);
  };
  for (const part of parts) {
    const shown = isElement(part)
      ? wantedElement(part, policy, depth, inLink)
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
