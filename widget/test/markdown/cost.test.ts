import assert from "node:assert/strict";
import test from "node:test";
import { longBlocks, ordinaryAnswer } from "../../bench/answers.ts";
import { extrasLoader } from "../../src/markdown/load-extras.ts";
import { MarkdownView } from "../../src/markdown/markdown-view.ts";
import type { MiniElement } from "./mini-dom.ts";
import { createHost } from "./mini-dom.ts";
import { markdownOptions } from "./options.ts";

await extrasLoader.load();

/** What it costs to show a text that comes in steps, for each of its characters. */
function costOf(text: string, step: number) {
  const { host, counters } = createHost();
  const view = new MarkdownView(host, markdownOptions);
  for (let end = step; end < text.length; end += step)
    view.update(text.slice(0, end), false);
  view.update(text, true);
  return {
    parsed: view.parsedCharacters / text.length,
    operations: counters.operations / text.length,
  };
}

for (const [name, make] of Object.entries({
  "an ordinary answer": ordinaryAnswer,
  ...longBlocks,
}))
  test(`${name} costs no more for each character when it is sixteen times as long`, () => {
    const short = costOf(make(4_000), 8);
    const long = costOf(make(64_000), 8);
    // A long block reaches the full length of what is read again only after a while.
    assert.ok(
      long.parsed < Math.max(short.parsed * 1.2, 600),
      `parsed ${short.parsed} and ${long.parsed}`,
    );
    assert.ok(
      long.operations < short.operations * 1.2 + 0.1,
      `operations ${short.operations} and ${long.operations}`,
    );
  });

test("a finished block is not touched while others come", () => {
  const { host, root, counters } = createHost();
  const view = new MarkdownView(host, markdownOptions);
  const before = ordinaryAnswer(20_000);
  view.update(`${before}\n`, false);
  const nodes = [...root.childNodes];
  const { parsedCharacters } = view;
  const { operations } = counters;
  view.update(`${before}\nAnd`, false);
  view.update(`${before}\nAnd more`, false);
  assert.ok(view.parsedCharacters - parsedCharacters < 30);
  assert.ok(counters.operations - operations < 10);
  assert.deepEqual([...root.childNodes].slice(0, nodes.length), nodes);
});

test("only the text with the label is read again when its definition comes", () => {
  const { host, root, counters } = createHost();
  const view = new MarkdownView(host, markdownOptions);
  const filler = ordinaryAnswer(20_000);
  const before = `See [the manual] first.\n\n${filler}\n`;
  view.update(before, false);
  const { parsedCharacters } = view;
  const { operations } = counters;
  const after = `${before}[the manual]: https://docs.example/\n\n`;
  view.update(after, false);
  const [paragraph] = root.childNodes as MiniElement[];
  assert.deepEqual(
    paragraph!.childNodes.map((node) => node.textContent),
    ["See ", "the manual", " first."],
  );
  assert.ok(view.parsedCharacters - parsedCharacters < 200);
  assert.ok(counters.operations - operations < 20);
});
