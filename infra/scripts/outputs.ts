import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

/** Where `cdk deploy` writes what the stack put out; `cdk.json` says so. */
const FILE = resolve(import.meta.dirname, "../cdk.out/outputs.json");

/** An output of the stage's last deployment from this folder; undefined when there was none. */
export function readOutput(stage: string, name: string): string | undefined {
  if (!existsSync(FILE)) return undefined;
  const stacks = JSON.parse(readFileSync(FILE, "utf8")) as Record<
    string,
    Record<string, string> | undefined
  >;
  return stacks[`BedrockChat-${stage}`]?.[name];
}
