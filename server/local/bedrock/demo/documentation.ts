/** The project's own documentation: every Markdown file of the repository, split by its headings. */
import { readFile, readdir } from "node:fs/promises";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { forAnswer, withFences } from "./markdown.ts";

/** What stands under one heading. */
export interface Section {
  readonly id: string;
  /** Path of the file from the root, with `/`. */
  readonly file: string;
  readonly title: string;
  /** Headings above this one, the file's first. */
  readonly trail: readonly string[];
  readonly text: string;
}

const REPOSITORY = fileURLToPath(new URL("../../../..", import.meta.url));
/** Folders of others, and what was once: it matches many questions and answers none. */
const NOT_DOCUMENTATION = new Set([
  "node_modules",
  "dist",
  "coverage",
  "CHANGELOG.md",
]);
const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;

/** Reads all sections below `root`, in the order of their files. */
export async function readDocumentation(root = REPOSITORY): Promise<Section[]> {
  const files = await listMarkdown(root, "");
  const texts = await Promise.all(
    files.map((file) => readFile(join(root, file), "utf8")),
  );
  return files.flatMap((file, index) =>
    splitSections(file, texts[index] ?? ""),
  );
}

async function listMarkdown(root: string, folder: string): Promise<string[]> {
  const all = await readdir(join(root, folder), { withFileTypes: true });
  const entries = all.filter(({ name }) => !NOT_DOCUMENTATION.has(name));
  const found: string[] = [];
  const folders: string[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory()))
    if (!name.startsWith(".")) folders.push(posix.join(folder, name));
  for (const entry of entries)
    if (entry.isFile() && entry.name.endsWith(".md"))
      found.push(posix.join(folder, entry.name));
  const below = await Promise.all(
    folders.sort().map((name) => listMarkdown(root, name)),
  );
  return [...found.sort(), ...below.flat()];
}

/** The sections of one file. A heading with nothing under it is only part of the trail of those below. */
export function splitSections(file: string, markdown: string): Section[] {
  const sections: Section[] = [];
  const trail: { level: number; title: string }[] = [];
  let body: string[] = [];
  const close = (): void => {
    const text = forAnswer(body.join("\n"));
    const titles = trail.map(({ title }) => title);
    if (text)
      sections.push({
        id: `${file}#${sections.length}`,
        file,
        title: titles.at(-1) ?? file,
        trail: titles.slice(0, -1),
        text,
      });
    body = [];
  };
  for (const { line, code } of withFences(markdown.split(/\r?\n/))) {
    const [, marks, title] = (!code && HEADING.exec(line)) || [];
    if (!marks || !title) {
      body.push(line);
      continue;
    }
    close();
    while ((trail.at(-1)?.level ?? 0) >= marks.length) trail.pop();
    trail.push({ level: marks.length, title });
  }
  close();
  return sections;
}
