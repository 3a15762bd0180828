/** `npm run readme -w widget`: puts the tables of the manifest into the package's README. */
import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { readManifest } from "./manifest.ts";
import { withTables } from "./tables.ts";

const README = new URL("../README.md", import.meta.url);

const readme = withTables(readFileSync(README, "utf8"), readManifest());
writeFileSync(README, await format(readme, { parser: "markdown" }));
