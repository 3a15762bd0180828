import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

/** The project's root folder. */
export const ROOT = resolve(import.meta.dirname, "../..");

/** Runs a command line in the root folder. Its output goes to standard error: standard output stays free for templates. */
export function run(line: string): void {
  const { status } = spawnSync(line, {
    cwd: ROOT,
    shell: true,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error(`${line} failed; see above.`);
}
