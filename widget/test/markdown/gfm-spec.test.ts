import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { compare } from "./compare.ts";
import { gfmDifferences } from "./deliberate.ts";
import { exactly } from "./normalize.ts";
import { characterByCharacter, show } from "./show.ts";

interface Example {
  readonly number: number;
  readonly section: string;
  readonly markdown: string;
  readonly html: string;
}

/** Reads the format of the specifications' `spec.txt`, as far as this file uses it. */
function readExamples(): Example[] {
  const text = readFileSync(new URL("gfm-spec.txt", import.meta.url), "utf8");
  return text
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [, name, first] = /^(.+)\n\n<!-- from (\d+) -->/.exec(section)!;
      return [
        ...section.matchAll(/^`{32} example\n(.*?)^\.\n(.*?)^`{32}$/gms),
      ].map(([, markdown, html], index) => ({
        number: Number(first) + index,
        section: name!,
        markdown: markdown!,
        html: html!,
      }));
    });
}

const examples = readExamples();

test("every example of GFM's own sections looks as specified, but for deliberate differences", (t) => {
  const differences: Record<number, string> = {};
  const failed: string[] = [];
  for (const { number, section, markdown, html } of examples) {
    const result = compare(markdown, html);
    if (result === undefined)
      failed.push(`${number} (${section}): ${JSON.stringify(markdown)}`);
    else if (result !== "same") differences[number] = result;
  }
  const different = Object.keys(differences).length;
  t.diagnostic(
    `GFM 0.29, what it adds to CommonMark: ${examples.length - different - failed.length} of ${examples.length} ` +
      `examples the same, ${different} different on purpose, ${failed.length} failed`,
  );
  assert.deepEqual(failed, []);
  assert.equal(examples.length, 28);
  assert.deepEqual(differences, gfmDifferences);
});

test("every such example gives the same nodes whole, character by character and cut at any position", () => {
  for (const { number, markdown } of examples) {
    const whole = JSON.stringify(exactly(show(markdown)));
    const steps = characterByCharacter(markdown);
    assert.equal(
      JSON.stringify(exactly(show(...steps, markdown))),
      whole,
      `example ${number}`,
    );
    for (const part of steps)
      assert.equal(
        JSON.stringify(exactly(show(part, markdown))),
        whole,
        `example ${number} cut at ${part.length}`,
      );
  }
});
