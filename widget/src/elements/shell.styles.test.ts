import assert from "node:assert/strict";
import test from "node:test";
import { contrast } from "../../test/contrast.ts";
import { shellStyles } from "./shell.styles.ts";

type Colours = ReadonlyMap<string, string>;

/** The private colours that a block of the style sheet sets, without what a page may put in their place. */
function coloursOf(block: string, inherited?: Colours): Colours {
  const set = new Map(inherited);
  for (const [, name, value] of block.matchAll(/(--_[\w-]+):([^;]+);/g)) {
    const innermost = value!.split(",").at(-1)!;
    const [found] = /#[\da-f]{6}|--_[\w-]+/.exec(innermost) ?? [];
    if (found) set.set(name!, found);
  }
  return set;
}

function valueOf(colours: Colours, name: string): string {
  const value = colours.get(name);
  assert.ok(value, `${name} has no colour`);
  return value.startsWith("#") ? value : valueOf(colours, value);
}

const [lightBlock, darkBlock, darkThemeBlock] = [
  ":host {",
  ':host(:not([theme="light"])) {',
  ':host([theme="dark"]) {',
].map((selector) => shellStyles.split(selector)[1]!.split("}")[0]!);

const light = coloursOf(lightBlock!);
const themes = {
  light,
  dark: coloursOf(darkThemeBlock!, light),
};

/** What is read, on what it stands on. */
const TEXTS = [
  ["--_on-surface", "--_surface"],
  ["--_muted", "--_surface"],
  ["--_error", "--_surface"],
  ["--_accent", "--_surface"],
  ["--_on-accent", "--_accent"],
  ["--_on-user-surface", "--_user-surface"],
  ["--_on-assistant-surface", "--_assistant-surface"],
  ["--_muted", "--_assistant-surface"],
  ["--_accent", "--_assistant-surface"],
  ["--_error", "--_error-surface"],
] as const;

/** What shows where a control is. */
const OUTLINES = [
  ["--_outline", "--_surface"],
  ["--_focus-ring", "--_surface"],
  ["--_focus-ring", "--_assistant-surface"],
] as const;

for (const [theme, colours] of Object.entries(themes))
  test(`the default colours of the ${theme} theme reach WCAG AA`, () => {
    for (const [least, pairs] of [
      [4.5, TEXTS],
      [3, OUTLINES],
    ] as const)
      for (const [front, ground] of pairs) {
        const reached = contrast(
          valueOf(colours, front),
          valueOf(colours, ground),
        );
        assert.ok(
          reached >= least,
          `${front} on ${ground}: ${reached.toFixed(2)}, and not ${least}`,
        );
      }
  });

test("the dark theme is the same whether it is asked for or preferred", () => {
  const declarations = (block: string): string[] =>
    block.split(";").map((each) => each.replace(/\s+/g, " ").trim());
  assert.deepEqual(declarations(darkBlock!), declarations(darkThemeBlock!));
});
