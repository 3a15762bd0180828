/**
 * A whole chat as a screen reader finds it, moment by moment, kept in screen-reader.txt to be read in review. After a
 * change that is wanted: `UPDATE_SNAPSHOTS=1 npx node --test demo/test/screen-reader.test.ts`.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import test from "node:test";
import { GatedAnswer } from "./support/gates.ts";
import { listen, treeBelow } from "./support/accessibility.ts";
import { launchBrowser, startStack, Visitor } from "./support/world.ts";

const KEPT = new URL("screen-reader.txt", import.meta.url);

/** Times differ from run to run. */
const withoutTimes = (text: string): string =>
  text
    .replace(/(article "(?:You|Assistant)), [^"]+"/g, '$1, <time>"')
    .replace(/Request [\w-]+/g, "Request <id>");

test("what a screen reader finds while an answer is written, and what it is told", async () => {
  const answer = new GatedAnswer([
    "Sow **basil** in ",
    "May:\n\n| Plant | Month |\n|--|--|\n| Basil ",
    "| May |\n\n```js\nsow();\n```\n",
  ]);
  const stack = await startStack(answer.answer, [
    {
      type: "exception",
      name: "ServiceUnavailableException",
      message: "Bedrock is unable to process your request.",
    },
  ]);
  const browser = await launchBrowser();
  try {
    const visitor = await Visitor.open(browser, `${stack.url}/`);
    const { page } = visitor;
    await page.emulateMediaFeatures([
      { name: "prefers-reduced-motion", value: "reduce" },
    ]);
    await visitor.openChat();
    await visitor.connection("ready");
    const said = await listen(page);
    const moments: string[] = [];
    const take = async (moment: string, role = "dialog"): Promise<void> => {
      const tree = await treeBelow(page, role);
      const lines = (await said()).map((line) => `> ${line}\n`).join("");
      moments.push(`== ${moment}\n\n${lines}${tree}\n`);
    };
    await take("opened");
    await visitor.ask("When do I sow basil?");
    await page.waitForSelector("bedrock-chat >>> [part~=typing]");
    await take("asked", "log");
    answer.open(1);
    await visitor.shows("Sow basil in");
    await take("the first words", "log");
    answer.open(2);
    await page.waitForSelector("bedrock-chat >>> td");
    await take("in the middle", "log");
    answer.open();
    await visitor.answered(1);
    await page.waitForSelector("bedrock-chat >>> .code code span");
    await take("answered", "log");
    await visitor.ask("And parsley?");
    await page.waitForSelector("bedrock-chat >>> [part~=retry]");
    await take("failed");

    const found = withoutTimes(moments.join("\n"));
    if (process.env["UPDATE_SNAPSHOTS"]) writeFileSync(KEPT, found);
    assert.equal(found, readFileSync(KEPT, "utf8"));
  } finally {
    await browser.close();
    await stack.close();
  }
});
