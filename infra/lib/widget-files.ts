import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expected } from "./validate.ts";

/** The file that a page names, and the one for tag managers, which loads it. */
export const ENTRIES = ["bedrock-chat.js", "embed.js"];

/** The built widget as it lies on disk. */
export interface WidgetFiles {
  /** Names relative to the folder. */
  readonly names: readonly string[];
  /** `<version>-<hash>`: changes whenever a byte of any file does. */
  readonly release: string;
  /** Subresource integrity of `bedrock-chat.js`. */
  readonly integrity: string;
}

/** Reads the folder `path`, which holds the script, its chunks and a `package.json`. */
export function readWidgetFiles(path: string): WidgetFiles {
  if (!existsSync(join(path, ENTRIES[0]!)))
    return expected("path", path, `a folder that holds ${ENTRIES[0]}`);
  const names = readdirSync(path)
    .filter((name) => name.endsWith(".js"))
    .sort();
  const { version } = JSON.parse(
    readFileSync(join(path, "package.json"), "utf8"),
  ) as { version: string };
  const hash = createHash("sha256");
  for (const name of names) {
    const contents = readFileSync(join(path, name));
    hash.update(`${name}\0${contents.length}\0`).update(contents);
  }
  return {
    names,
    release: `${version}-${hash.digest("hex").slice(0, 12)}`,
    integrity: `sha384-${createHash("sha384")
      .update(readFileSync(join(path, ENTRIES[0]!)))
      .digest("base64")}`,
  };
}
