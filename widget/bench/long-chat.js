/**
 * What a streamed answer costs a browser below a conversation of any length: `npx node bench/long-chat.js` in the
 * folder `widget`. Prints, for each length, how long frames took and what was spent on each piece of the answer.
 */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import puppeteer from "puppeteer-core";
import { chromeFlags, findChrome } from "../../.ci/chrome.ts";

const MESSAGES = [10, 500, 5_000];
const PIECES = 300;

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("long-chat-page.ts", import.meta.url))],
  tsconfig: fileURLToPath(new URL("../tsconfig.json", import.meta.url)),
  bundle: true,
  write: false,
  format: "iife",
  define: { __VERSION__: '"bench"' },
  // The panel has one for the order of the bundle.
  logOverride: { "ignored-bare-import": "silent" },
});

const browser = await puppeteer.launch({
  executablePath: await findChrome(),
  args: [...chromeFlags],
});
try {
  for (const messages of MESSAGES) {
    const page = await browser.newPage();
    await page.setViewport({ width: 1_024, height: 768 });
    await page.setContent("<!doctype html><title>Bench</title>");
    await page.addScriptTag({ content: outputFiles[0].text });
    await page.evaluate((turns) => window.fill(turns), messages / 2);
    const before = await page.metrics();
    const frames = await page.evaluate(
      (pieces) => window.stream(pieces),
      PIECES,
    );
    const after = await page.metrics();
    const spent = [
      "ScriptDuration",
      "RecalcStyleDuration",
      "LayoutDuration",
    ].map((name) => ((after[name] - before[name]) / PIECES) * 1_000);
    const sorted = frames.toSorted((a, b) => a - b);
    const at = (share) =>
      sorted[Math.floor((sorted.length - 1) * share)].toFixed(1);
    console.log(
      `${messages} messages: frames of ${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${at(1)} ms (longest); ` +
        `each piece ${spent.map((ms) => ms.toFixed(2)).join(" + ")} ms (script + style + layout)`,
    );
    await page.close();
  }
} finally {
  await browser.close();
}
