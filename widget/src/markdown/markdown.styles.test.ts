import assert from "node:assert/strict";
import test from "node:test";
import { markdownStyles } from "./markdown.styles.ts";

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((from) => {
    const value = parseInt(color.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort(
    (a, b) => a - b,
  );
  return (light! + 0.05) / (dark! + 0.05);
}

test("every colour of code reaches WCAG AA on the surface of its scheme", () => {
  const pairs = [
    ...markdownStyles.matchAll(/light-dark\((#[\da-f]{6}), (#[\da-f]{6})\)/g),
  ];
  assert.equal(pairs.length, 9);
  for (const [pair, light, dark] of pairs) {
    assert.ok(contrast(light!, "#ffffff") >= 4.5, pair);
    assert.ok(contrast(dark!, "#121816") >= 4.5, pair);
  }
});
