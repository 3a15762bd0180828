import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeChanged } from "./files.ts";

/** What a script tag names, and what that loads from beside it; the rest of the folder is for bundlers. */
const SERVED = /^(bedrock-chat(\..+)?|embed)\.js$/;

/** Copies the built widget's files for script tags, and the version, to `outputPath`. */
export function copyWidget(widgetPath: string, outputPath: string): void {
  const built = join(widgetPath, "dist");
  const names = readdirSync(built).filter((name) => SERVED.test(name));
  for (const name of names)
    writeChanged(join(outputPath, name), readFileSync(join(built, name)));
  const { version } = JSON.parse(
    readFileSync(join(widgetPath, "package.json"), "utf8"),
  ) as { version: string };
  writeChanged(
    join(outputPath, "package.json"),
    Buffer.from(`${JSON.stringify({ version })}\n`),
  );
  // Chunks of earlier builds would make this release another one than its files.
  for (const name of readdirSync(outputPath))
    if (SERVED.test(name) && !names.includes(name))
      rmSync(join(outputPath, name), { force: true });
}
