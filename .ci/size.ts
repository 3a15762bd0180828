/**
 * `npm run size`: what the widget costs a page, and the budgets that it must keep. `npm run size -- --write` also puts the
 * table into the README. Reads what `npm run build` wrote.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Bytes after gzip. All budgets are here; lower one when what it bounds has become smaller for good. */
const BUDGETS = {
  beforeOpen: 7_000,
  workingChat: 40_000,
  /** So that nothing is saved by merely moving it there. */
  extras: 5_500,
} as const;
/** The README may lag behind by this much before somebody has to refresh it. */
const README_TOLERANCE = 0.1;

const root = resolve(import.meta.dirname, "..");
const dist = join(root, "widget/dist");
const README = join(root, "README.md");

interface Size {
  readonly raw: number;
  readonly gzip: number;
  readonly brotli: number;
}

/** A module of a built entry, with the modules that it imports at once and those that it imports later. */
interface Module {
  readonly name: string;
  readonly contents: Buffer;
  readonly now: readonly string[];
  readonly later: readonly string[];
}

type Modules = ReadonlyMap<string, Module>;

const names = (code: string, pattern: RegExp): string[] =>
  [...code.matchAll(pattern)].map(([, name]) => name!);

function readModule(name: string, contents: Buffer): Module {
  const code = contents.toString();
  return {
    name,
    contents,
    now: names(code, /\b(?:from|import)\s*["']\.\/([^"']+)["']/g),
    later: names(code, /\bimport\(\s*["']\.\/([^"']+)["']\s*\)/g),
  };
}

/** The script for script tags and all that it may ever load. */
function scriptModules(): Modules {
  const modules = new Map<string, Module>();
  const waiting = ["bedrock-chat.js"];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (modules.has(name)) continue;
    const module = readModule(name, readFileSync(join(dist, name)));
    modules.set(name, module);
    waiting.push(...module.now, ...module.later);
  }
  return modules;
}

/** The npm entry as a bundler delivers it, with Lit. */
async function packageModules(): Promise<Modules> {
  const { outputFiles } = await build({
    entryPoints: [join(dist, "define.js")],
    outdir: "/out",
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    chunkNames: "[name]-[hash]",
    legalComments: "none",
    write: false,
  });
  return new Map(
    outputFiles.map(({ path, contents }) => {
      const name = path.slice("/out/".length);
      return [name, readModule(name, Buffer.from(contents))];
    }),
  );
}

/** `entry` and everything that is loaded with it, but for what is there `already`. */
function loadedWith(
  modules: Modules,
  entry: string,
  already: ReadonlySet<string> = new Set(),
): Set<string> {
  const loaded = new Set<string>();
  const waiting = [entry];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (loaded.has(name) || already.has(name)) continue;
    loaded.add(name);
    waiting.push(...(modules.get(name)?.now ?? []));
  }
  return loaded;
}

function sizeOf(contents: Buffer): Size {
  return {
    raw: contents.length,
    gzip: gzipSync(contents, { level: 9 }).length,
    brotli: brotliCompressSync(contents).length,
  };
}

/** Files are compressed one by one, as they are served. */
function sum(sizes: readonly Size[]): Size {
  const total = { raw: 0, gzip: 0, brotli: 0 };
  for (const { raw, gzip, brotli } of sizes) {
    total.raw += raw;
    total.gzip += gzip;
    total.brotli += brotli;
  }
  return total;
}

const sizeOfModules = (modules: Modules, loaded: Iterable<string>): Size =>
  sum([...loaded].map((name) => sizeOf(modules.get(name)!.contents)));

interface Measured {
  readonly before: Size;
  /** Everything of a working chat, the part before it included. */
  readonly chat: Size;
  /** Tables, raw HTML, bare addresses and what else not every answer holds. */
  readonly extras: Size;
  /** What loads the earlier messages of a conversation. */
  readonly past: Size;
  readonly highlighter: Size;
  /** The largest one. */
  readonly locale: Size;
}

function measure(modules: Modules, entry: string): Measured {
  const before = loadedWith(modules, entry);
  const offered = [...modules.keys()];
  const panel = offered.find((name) => /\bpanel-/.test(name));
  if (panel === undefined)
    throw new Error(`${entry} loads no panel when the chat is opened.`);
  const after = loadedWith(modules, panel, before);
  const chat = new Set([...before, ...after]);
  /** The largest of the late parts whose names are such. */
  const apart = (pattern: RegExp): Size => {
    const [largest] = offered
      .filter((name) => pattern.test(name))
      .map((name) => sizeOfModules(modules, loadedWith(modules, name, chat)))
      .sort((a, b) => b.gzip - a.gzip);
    if (!largest) throw new Error(`${entry} offers nothing like ${pattern}.`);
    return largest;
  };
  return {
    before: sizeOfModules(modules, before),
    chat: sizeOfModules(modules, chat),
    extras: apart(/\bextras-/),
    past: apart(/\bpast-/),
    highlighter: apart(/\bcolour-/),
    locale: apart(/(?:^|\.)[a-z]{2}(?:-[a-z]+)?-[^.]+\.js$/),
  };
}

const kilobytes = (bytes: number): string => (bytes / 1_000).toFixed(1);

function table(rows: readonly (readonly [string, Size])[]): string {
  const cells = [
    ["kB", "raw", "gzip", "brotli"],
    ...rows.map(([label, { raw, gzip, brotli }]) => [
      label,
      ...[raw, gzip, brotli].map(kilobytes),
    ]),
  ];
  const widths = cells[0]!.map((_, column) =>
    Math.max(...cells.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join(" | ")} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)].join("\n");
}

/** The table in the README stands between these two comments. */
const QUOTE = /(<!-- size -->\n)([^]*?)(\n<!-- \/size -->)/;

/** Whether the numbers of the README are still true. */
function quoteIsCurrent(quoted: string, printed: string): boolean {
  const numbers = (text: string): number[] =>
    names(text, /(\d+\.\d)/g).map(Number);
  const [old, now] = [numbers(quoted), numbers(printed)];
  return (
    old.length === now.length &&
    now.every((value, at) => {
      const off = Math.abs(old[at]! - value);
      return off <= Math.max(0.5, value * README_TOLERANCE);
    })
  );
}

const script = measure(scriptModules(), "bedrock-chat.js");
const entry = measure(await packageModules(), "define.js");
const printed = table([
  ["script tag, before the chat is opened", script.before],
  ["script tag, working chat with Markdown", script.chat],
  [
    "embed.js, on top for tag managers",
    sizeOf(readFileSync(join(dist, "embed.js"))),
  ],
  ["rarer Markdown, with the first answer that has it", script.extras],
  ["earlier messages, when there are any", script.past],
  ["code highlighter, with the first code", script.highlighter],
  ["a language (the largest)", script.locale],
  ["npm, before the chat is opened", entry.before],
  ["npm, working chat, Lit included", entry.chat],
]);
console.log(printed);

const complaints: string[] = [];
const check = (what: string, { gzip }: Size, budget: number, mend: string) => {
  if (gzip > budget)
    complaints.push(
      `${what} is ${kilobytes(gzip)} kB after gzip, over the budget of ${kilobytes(budget)} kB: ${mend}`,
    );
};
const LATER =
  "load what the first sight does not need by import() from elements/panel.ts or later.";
const LESS =
  "load what not every answer needs by import() where it is needed, as the highlighter and the languages are, or do without a dependency.";
check(
  "What a script tag loads before the chat is opened",
  script.before,
  BUDGETS.beforeOpen,
  LATER,
);
check(
  "A working chat from a script tag",
  script.chat,
  BUDGETS.workingChat,
  LESS,
);
check("The rarer Markdown", script.extras, BUDGETS.extras, LESS);
check(
  "What the npm entry loads before the chat is opened",
  entry.before,
  BUDGETS.beforeOpen,
  LATER,
);
check(
  "A working chat from the npm entry",
  entry.chat,
  BUDGETS.workingChat,
  LESS,
);

const readme = readFileSync(README, "utf8");
if (process.argv.includes("--write"))
  writeFileSync(
    README,
    readme.replace(
      QUOTE,
      (_, begin: string, _old, end: string) => `${begin}\n${printed}\n${end}`,
    ),
  );
else if (!quoteIsCurrent(QUOTE.exec(readme)?.[2] ?? "", printed))
  complaints.push(
    "The sizes that the README quotes are out of date: npm run size -- --write",
  );

for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;
