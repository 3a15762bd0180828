import assert from "node:assert/strict";
import test from "node:test";
import { contrast } from "../../test/contrast.ts";
import { colourStyles } from "./colour.styles.ts";

test("every colour of code reaches WCAG AA on the surface of its scheme", () => {
  const pairs = [
    ...colourStyles.matchAll(
      /color-mix\(in srgb, (#[\da-f]{6}) var\(--_light, 100%\), (#[\da-f]{6})\)/g,
    ),
  ];
  assert.equal(pairs.length, 9);
  for (const [pair, light, dark] of pairs) {
    assert.ok(contrast(light!, "#ffffff") >= 4.5, pair);
    assert.ok(contrast(dark!, "#121816") >= 4.5, pair);
  }
});
