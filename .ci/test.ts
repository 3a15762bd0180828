/**
 * `npm test`: every check of the project, in the order in which a mistake is cheapest to find. Prints each check's own
 * output and closes with the totals. `npm test -- lint e2e` runs only the named checks.
 */
import { spawn } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

interface Check {
  readonly name: string;
  readonly run: (
    report: string,
  ) => Promise<{ ok: boolean; output: string; totals?: Totals }>;
}

const scratch = mkdtempSync(join(tmpdir(), "bedrock-chat-test-"));

function execute(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...process.env, FORCE_COLOR: "0", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}

/** A check that is one test by itself: it passes or fails as a whole. */
const command = (name: string, line: string): Check => ({
  name,
  run: () => execute("npm", ["exec", "--no", "-c", line]),
});

/** Counts of `node --test` from its TAP report. */
function tapTotals(report: string): Totals | undefined {
  const tap = readFileSync(report, "utf8");
  const count = (label: string): number =>
    Number(new RegExp(`^# ${label} (\\d+)$`, "m").exec(tap)?.[1] ?? Number.NaN);
  const totals = {
    passed: count("pass"),
    failed: count("fail") + count("cancelled"),
    skipped: count("skipped") + count("todo"),
  };
  return Number.isNaN(totals.passed + totals.failed) ? undefined : totals;
}

/** Tests on Node: `*.test.ts`, but not those that need a browser. */
const nodeTests = (name: string, patterns: readonly string[]): Check => ({
  name,
  run: async (report) => {
    const files = globSync(patterns, {
      exclude: ["**/node_modules/**", "**/*.browser.test.ts"],
    }).sort();
    if (files.length === 0)
      return {
        ok: false,
        output: `No test files match ${patterns.join(", ")}.`,
      };
    const result = await execute(process.execPath, [
      "--test",
      "--test-concurrency=2",
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=tap",
      `--test-reporter-destination=${report}`,
      ...files,
    ]);
    return { ...result, totals: tapTotals(report) };
  },
});

/** Tests in a browser; the runner's configuration writes its counts to the file named by `TEST_TOTALS`. */
const browserTests: Check = {
  name: "browser",
  run: async (report) => {
    const result = await execute(
      "npm",
      ["run", "test:browser", "--silent", "-w", "widget"],
      { TEST_TOTALS: report },
    );
    try {
      return {
        ...result,
        totals: JSON.parse(readFileSync(report, "utf8")) as Totals,
      };
    } catch {
      return { ...result, ok: false };
    }
  },
};

/** Checks of one row run side by side. */
const PLAN: readonly (readonly Check[])[] = [
  [
    command("format", "prettier --check ."),
    command("types", "tsc --version | grep -q 'Version 7' && tsc -b"),
  ],
  [command("build", "npm run build --silent"), command("lint", "eslint .")],
  [
    command("size", "npm run size --silent"),
    nodeTests("widget", ["widget/**/*.test.ts"]),
  ],
  [nodeTests("server", ["server/**/*.test.ts", ".ci/**/*.test.ts"])],
  [nodeTests("infra", ["infra/**/*.test.ts"]), browserTests],
  [nodeTests("e2e", ["demo/**/*.test.ts"])],
];

async function run(check: Check): Promise<Totals> {
  const started = Date.now();
  const { ok, output, totals } = await check.run(join(scratch, check.name));
  const counted = totals ?? {
    passed: ok ? 1 : 0,
    failed: ok ? 0 : 1,
    skipped: 0,
  };
  // A runner that failed without a failed test (a crash, a coverage threshold) is a failure too.
  if (!ok && counted.failed === 0) counted.failed = 1;
  const seconds = ((Date.now() - started) / 1_000).toFixed(1);
  console.log(
    `\n=== ${check.name} (${seconds} s): ${ok ? "ok" : "FAILED"} ===`,
  );
  if (output.trim() !== "") console.log(output.trimEnd());
  return counted;
}

const wanted = process.argv.slice(2);
const names = PLAN.flat().map(({ name }) => name);
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(
    `There is no check ${JSON.stringify(unknown)}; there are ${names.join(", ")}.`,
  );
  process.exit(2);
}

const sum: Totals = { passed: 0, failed: 0, skipped: 0 };
for (const row of PLAN) {
  const chosen = row.filter(
    ({ name }) => wanted.length === 0 || wanted.includes(name),
  );
  for (const totals of await Promise.all(chosen.map(run))) {
    sum.passed += totals.passed;
    sum.failed += totals.failed;
    sum.skipped += totals.skipped;
  }
}
rmSync(scratch, { recursive: true, force: true });
const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : "";
console.log(`\n${sum.passed} passed, ${sum.failed} failed${skipped}`);
process.exitCode = sum.failed === 0 ? 0 : 1;
