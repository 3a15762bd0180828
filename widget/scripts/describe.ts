/** Part of the build: tells editors and documentation tools what the element offers. */
import { writeFileSync } from "node:fs";
import { htmlData, readManifest } from "./manifest.ts";

const write = (name: string, value: object): void =>
  writeFileSync(
    new URL(`../dist/${name}`, import.meta.url),
    `${JSON.stringify(value, null, 2)}\n`,
  );

const manifest = readManifest();
write("custom-elements.json", manifest);
write("vscode.html-custom-data.json", htmlData(manifest));
