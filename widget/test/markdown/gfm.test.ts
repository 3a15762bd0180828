import assert from "node:assert/strict";
import test from "node:test";
import cmark from "cmark-gfm-js";
import { gfmInputs, newerInputs } from "./gfm-inputs.ts";
import { exactly, parseHtml, shapeOf, write } from "./normalize.ts";
import { characterByCharacter, show } from "./show.ts";

const expectedOf = (markdown: string): string =>
  write(
    parseHtml(
      cmark
        .convertUnsafe(markdown)
        .replace(/style="text-align: (\w+)"/g, 'align="$1"'),
    ),
  );

const inputs = [
  ...Object.values(gfmInputs).flat(),
  ...newerInputs.map(([markdown]) => markdown),
];

for (const [section, markdowns] of Object.entries(gfmInputs))
  test(`GFM's ${section} look as GitHub's parser has them`, (t) => {
    for (const markdown of markdowns)
      assert.equal(
        write(shapeOf(show(markdown))),
        expectedOf(markdown),
        markdown,
      );
    t.diagnostic(`GFM ${section}: ${markdowns.length} examples the same`);
  });

test("GFM's task lists and newer rules look as they should", (t) => {
  for (const [markdown, html] of newerInputs)
    assert.equal(write(shapeOf(show(markdown))), write(parseHtml(html)));
  t.diagnostic(
    `GFM task lists and newer rules: ${newerInputs.length} examples the same`,
  );
});

test("every GFM input gives the same nodes whole, by character and cut anywhere", () => {
  for (const markdown of inputs) {
    const whole = JSON.stringify(exactly(show(markdown)));
    const steps = characterByCharacter(markdown);
    assert.equal(JSON.stringify(exactly(show(...steps, markdown))), whole);
    for (const part of steps)
      assert.equal(
        JSON.stringify(exactly(show(part, markdown))),
        whole,
        `${markdown} cut at ${part.length}`,
      );
  }
});
