import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { exactly } from "./normalize.ts";
import { markdown } from "./pieces.ts";
import { characterByCharacter, show } from "./show.ts";

/** Long enough to be read in several pieces. */
const longText = fc
  .array(
    fc.constantFrom(
      ...["word ", "other words ", "\n", "  \n", "a", "\t", "&amp;", "5*3 "],
      ...["**bold** ", "*soft* ", "~~gone~~ ", "`code` ", "[link](/a) "],
      ...["[a] ", "http://a.b/c ", "a@b.c ", "**a *b* c** "],
    ),
    { minLength: 500, maxLength: 1_500 },
  )
  .chain((parts) =>
    fc
      .constantFrom("", "*", "`", "[", "**a", "_a", "![", "\n\n[a]: /x\n")
      .chain((odd) =>
        fc
          .nat(parts.length)
          .map((at) =>
            [...parts.slice(0, at), odd, ...parts.slice(at)].join(""),
          ),
      ),
  );

const same = (text: string, steps: readonly string[]) =>
  assert.equal(
    JSON.stringify(exactly(show(...steps, text))),
    JSON.stringify(exactly(show(text))),
  );

test("whatever the text, it ends up the same character by character", () => {
  fc.assert(
    fc.property(markdown, (text) => same(text, characterByCharacter(text))),
    { numRuns: 2_000 },
  );
});

test("text behind definitions that were taken off its paragraph is shown as it comes", () => {
  const text = "[a]: /b\n[c]: /d\n===\ntext\n[a]";
  for (const shown of [show(text), show(...characterByCharacter(text))])
    assert.equal(shown.textContent, "===\ntext\na");
});

test("whatever the text, it ends up the same when it comes in pieces of any size", () => {
  fc.assert(
    fc.property(markdown, fc.array(fc.nat(60)), (text, cuts) => {
      const ends = cuts
        .map((cut) => cut % (text.length + 1))
        .sort((a, b) => a - b);
      same(
        text,
        ends.map((end) => text.slice(0, end)),
      );
    }),
    { numRuns: 2_000 },
  );
});

test("a text that is read in pieces ends up the same, however it comes", () => {
  fc.assert(
    fc.property(longText, fc.integer({ min: 1, max: 400 }), (text, step) => {
      const steps: string[] = [];
      for (let end = 0; end < text.length; end += step)
        steps.push(text.slice(0, end));
      same(text, steps);
    }),
    { numRuns: 100 },
  );
});
