import type { Node as MarkdownNode } from "commonmark";
import { splitMailAddresses } from "./autolinks.ts";
import {
  safeHref,
  safeImage,
  withoutOverrides,
  withVisibleOverrides,
} from "./urls.ts";

/** Emphasis, links and pictures inside each other beyond this show their text only. */
const MAX_DEPTH = 48;

export interface WantedElement {
  readonly tag: "a" | "br" | "code" | "del" | "em" | "img" | "strong";
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

const emphasis = { emph: "em", strong: "strong", del: "del" } as const;

/** The text of a tree, however deep it is. */
function textOf(root: MarkdownNode): string {
  let text = "";
  let node: MarkdownNode | null = root._firstChild;
  while (node && node !== root) {
    if (node.type === "softbreak" || node.type === "linebreak") text += "\n";
    else text += node._literal ?? "";
    if (node._firstChild) node = node._firstChild;
    else {
      while (node && node !== root && !node._next) node = node._parent;
      if (!node || node === root) break;
      node = node._next;
    }
  }
  return withoutOverrides(text);
}

const element = (
  tag: WantedElement["tag"],
  attributes: Record<string, string> = {},
  children: readonly Wanted[] = [],
): WantedElement => ({ tag, attributes, children });

function titled(
  attributes: Record<string, string>,
  title: string | null,
): Record<string, string> {
  return title ? { ...attributes, title: withoutOverrides(title) } : attributes;
}

/** Attributes of a link; none when it may not lead anywhere, or does not know yet where to. */
function linkAttributes(node: MarkdownNode): Record<string, string> {
  const href =
    node._destination === null ? undefined : safeHref(node._destination);
  if (href === undefined) return {};
  return titled(
    { href, target: "_blank", rel: "noopener noreferrer" },
    node._title,
  );
}

function picture(
  node: MarkdownNode,
  policy: ImagePolicy,
  inLink: boolean,
): Wanted {
  const alt = textOf(node);
  const destination = node._destination;
  const src =
    destination === null
      ? undefined
      : safeImage(destination, policy.origins, policy.base);
  if (src !== undefined)
    return element(
      "img",
      titled(
        {
          src,
          alt,
          loading: "lazy",
          decoding: "async",
          referrerpolicy: "no-referrer",
        },
        node._title,
      ),
    );
  const label = alt || withoutOverrides(destination ?? "");
  return inLink ? label : element("a", linkAttributes(node), [label]);
}

/** What the children of a Markdown node should look like on the page. */
export function wantedOf(
  parent: MarkdownNode,
  policy: ImagePolicy,
  depth = 0,
  inLink = false,
): Wanted[] {
  if (depth > MAX_DEPTH) return [textOf(parent)];
  const wanted: Wanted[] = [];
  let text = "";
  const flush = () => {
    if (text === "") return;
    const clean = withoutOverrides(text);
    text = "";
    const pieces = inLink ? undefined : splitMailAddresses(clean);
    if (!pieces) wanted.push(clean);
    else
      for (const piece of pieces)
        if (piece !== "")
          wanted.push(
            typeof piece === "string"
              ? piece
              : element("a", linkAttributes(piece), [textOf(piece)]),
          );
  };
  const add = (item: Wanted) => {
    if (typeof item === "string") text += item;
    else {
      flush();
      wanted.push(item);
    }
  };
  for (let node = parent._firstChild; node; node = node._next) {
    const inside = (link = inLink) => wantedOf(node, policy, depth + 1, link);
    switch (node.type) {
      case "softbreak":
        text += "\n";
        break;
      case "linebreak":
        add(element("br"));
        break;
      case "code":
        add(element("code", {}, [withVisibleOverrides(node._literal!)]));
        break;
      case "emph":
      case "strong":
      case "del":
        add(element(emphasis[node.type], {}, inside()));
        break;
      case "link":
        add(element("a", linkAttributes(node), inside(true)));
        break;
      case "image":
        add(picture(node, policy, inLink));
        break;
      default:
        // Text, and raw HTML, which is text here.
        text += node._literal ?? "";
    }
  }
  flush();
  return wanted;
}
