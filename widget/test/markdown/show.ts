import { namesLoader } from "../../src/markdown/entities.ts";
import * as extras from "../../src/markdown/extras.ts";
import { extrasLoader } from "../../src/markdown/load-extras.ts";
import { Loader } from "../../src/markdown/loader.ts";
import { MarkdownView } from "../../src/markdown/markdown-view.ts";
import { createHost } from "./mini-dom.ts";
import { markdownOptions } from "./options.ts";
import type { MiniElement } from "./mini-dom.ts";

await Promise.all([extrasLoader.load(), namesLoader.load()]);

/** Pictures of the page itself may load here, so that those of the examples are pictures. */
const options = {
  ...markdownOptions,
  imageOrigins: ["https://page.example"],
};

/** Shows, with all that is loaded later, a text that grows in the given steps, the last of which is all of it. */
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

/**
 * Shows a text that grows in the given steps while the extras come behind the step with the number `at`; the last step is
 * all of the text.
 */
export async function showLate(
  steps: readonly string[],
  at: number,
): Promise<MiniElement> {
  const { host, root } = createHost();
  let arrive!: (loaded: typeof extras) => void;
  const loader = new Loader<typeof extras>(
    () =>
      new Promise((resolve) => {
        arrive = resolve;
      }),
  );
  const view = new MarkdownView(host, options, loader);
  for (const [index, text] of steps.entries()) {
    view.update(text, index === steps.length - 1);
    if (index !== at) continue;
    const loading = loader.load();
    arrive(extras);
    await loading;
  }
  return root;
}
