/**
 * Shows that showing an answer while it streams costs the same for each of its characters, however long it is:
 * `node bench/markdown.ts`. The counts are exact and the same on every machine; the times are not.
 */
import { extrasLoader } from "../src/markdown/load-extras.ts";
import { MarkdownView } from "../src/markdown/markdown-view.ts";
import { createHost } from "../test/markdown/mini-dom.ts";
import { markdownOptions } from "../test/markdown/options.ts";
import { longBlocks, ordinaryAnswer } from "./answers.ts";

/** Characters that come at a time: about what a frame gets of a fast model. */
const STEP = 8;

await extrasLoader.load();

function measure(text: string) {
  const { host, counters } = createHost();
  const view = new MarkdownView(host, markdownOptions);
  const start = performance.now();
  for (let end = STEP; end < text.length; end += STEP)
    view.update(text.slice(0, end), false);
  view.update(text, true);
  return {
    parsed: view.parsedCharacters / text.length,
    operations: counters.operations / text.length,
    microseconds: ((performance.now() - start) * 1_000) / text.length,
  };
}

const kinds = { "ordinary answer": ordinaryAnswer, ...longBlocks };
const rows = Object.entries(kinds).flatMap(([kind, make]) =>
  [2_000, 8_000, 32_000, 128_000].map((length) => {
    const { parsed, operations, microseconds } = measure(make(length));
    return {
      text: kind,
      characters: length,
      "parsed per character": Number(parsed.toFixed(1)),
      "DOM operations per character": Number(operations.toFixed(2)),
      "µs per character": Number(microseconds.toFixed(1)),
    };
  }),
);
console.table(rows);
