/** `npm run chaos -- --runs 1000 --seed 1`: many seeded runs; prints the seed of each one that fails, and repeats it. */
import { parseArgs } from "node:util";
import { runChaos } from "./run.ts";

function wholeNumber(name: string, value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  console.error(
    `--${name} must be a whole number, got ${JSON.stringify(value)}.`,
  );
  process.exit(2);
}

function readFlags() {
  const options = {
    runs: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch {
    console.error("Usage: npm run chaos -- [--runs 100] [--seed 1]");
    process.exit(2);
  }
}

const values = readFlags();
const runs = wholeNumber("runs", values.runs);
const first = wholeNumber("seed", values.seed);
const totals = { questions: 0, whole: 0, cut: 0, failed: 0 };
for (let seed = first; seed < first + runs; seed++) {
  const report = await runChaos(seed);
  totals.questions += report.questions;
  totals.whole += report.whole;
  totals.cut += report.cut;
  if (report.complaints.length === 0) continue;
  totals.failed++;
  console.log(
    `Seed ${seed} (repeat it with --seed ${seed} --runs 1):\n  ${report.complaints.join("\n  ")}`,
  );
  if (runs === 1) console.log(report.diary.join("\n"));
}
console.log(
  `${runs} runs, ${totals.questions} questions: ${totals.whole} answers whole, ${totals.cut} ended early, ${totals.failed} runs failed`,
);
process.exitCode = totals.failed === 0 ? 0 : 1;
