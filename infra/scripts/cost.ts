/** `npm run cost`: prints the table of what a month costs; with `--write`, also into the README. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { costTable } from "./cost-model.ts";

const README = resolve(import.meta.dirname, "../README.md");

const { values } = parseArgs({
  options: { write: { type: "boolean", default: false } },
});
const table = costTable();
console.log(table);
if (values.write) {
  const { format } = await import("prettier");
  const text = readFileSync(README, "utf8").replace(
    /(<!-- npm run cost -->\n)[^]*?(<!-- \/npm run cost -->)/,
    `$1\n${table}\n\n$2`,
  );
  writeFileSync(README, await format(text, { parser: "markdown" }));
}
