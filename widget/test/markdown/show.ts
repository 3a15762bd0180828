import { MarkdownView } from "../../src/markdown/markdown-view.ts";
import { createHost } from "./mini-dom.ts";
import type { MiniElement } from "./mini-dom.ts";

/** Pictures of the page itself may load here, so that those of the examples are pictures. */
const options = {
  imageOrigins: ["https://page.example"],
  colour: () => Promise.resolve(),
};

/** Shows a text that grows in the given steps, the last of which is all of it. */
export function show(...steps: readonly string[]): MiniElement {
  const { host, root } = createHost();
  const view = new MarkdownView(host, options);
  for (const text of steps.slice(0, -1)) view.update(text, false);
  view.update(steps.at(-1)!, true);
  return root;
}

/** A text as it is when each of its characters has come. */
export const characterByCharacter = (text: string): string[] =>
  Array.from({ length: text.length + 1 }, (_, end) => text.slice(0, end));
