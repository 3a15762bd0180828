import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import { transform } from "esbuild";
import { dts } from "rollup-plugin-dts";
import esbuild, { minify } from "rollup-plugin-esbuild";
import { refractorImports } from "./refractor-imports.js";
import { socketLibrary } from "./socket-library.js";

const dist = fileURLToPath(new URL("dist/", import.meta.url));
const { version } = JSON.parse(
  readFileSync(new URL("package.json", import.meta.url), "utf8"),
);

/** Removes the hashed chunks of earlier builds, which nothing would ever overwrite. */
const removeStale = (folder, pattern) => ({
  name: "remove-stale",
  buildStart() {
    let names = [];
    try {
      names = readdirSync(folder);
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
    for (const name of names.filter((name) => pattern.test(name)))
      rmSync(folder + name);
  },
});

/** Minifies the css`…` templates of `*.styles.ts`: terser does not look into strings. */
const minifyCss = {
  name: "minify-css",
  async transform(code, id) {
    if (!id.endsWith(".styles.ts")) return null;
    let result = code;
    for (const [template, body] of code.matchAll(/css`([^`]*)`/g)) {
      if (body.includes("${"))
        this.error(`${id}: a css template must not hold an expression.`);
      const { code: css } = await transform(body, {
        loader: "css",
        minify: true,
        target: ["chrome120", "firefox120", "safari16.4"],
      });
      result = result.replace(template, () => `css\`${css.trim()}\``);
    }
    return { code: result, map: null };
  },
};

/** Writes the licences of what is bundled beside the bundle: as comments they would be paid for by every visitor. */
const licenses = {
  name: "licenses",
  generateBundle() {
    const packages = new Set();
    for (const id of this.getModuleIds()) {
      const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id);
      if (found) packages.add(found[1]);
    }
    const texts = [...packages].sort().map((folder) => {
      const about = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
      const file = readdirSync(folder).find((name) =>
        /^licen[cs]e/i.test(name),
      );
      const text = file ? readFileSync(`${folder}/${file}`, "utf8").trim() : "";
      return `${about.name} ${about.version} (${about.license})\n\n${text}\n`;
    });
    this.emitFile({
      type: "asset",
      fileName: "bedrock-chat.licenses.txt",
      source: texts.join("\n---\n\n"),
    });
  },
};

/** Takes the indentation out of html`…` templates, where it means nothing; in code the minifier does. */
const unindentTemplates = {
  name: "unindent-templates",
  transform: (code, id) =>
    /\/src\/elements\/[\w-]+\.ts$/.test(id)
      ? { code: code.replace(/\n\s+/g, "\n"), map: null }
      : null,
};

/** Writes the integrity of every file that a script tag loads, for the tag itself and for an import map. */
const integrity = {
  name: "integrity",
  writeBundle() {
    const names = readdirSync(dist).filter((name) =>
      /^(bedrock-chat(\..+)?|embed)\.js$/.test(name),
    );
    const digest = (name) =>
      createHash("sha384")
        .update(readFileSync(dist + name))
        .digest("base64");
    const table = names.sort().map((name) => [name, `sha384-${digest(name)}`]);
    writeFileSync(
      `${dist}sri.json`,
      `${JSON.stringify(Object.fromEntries(table), null, 2)}\n`,
    );
  },
};

const plugins = (exportConditions) => [
  minifyCss,
  unindentTemplates,
  refractorImports,
  socketLibrary,
  nodeResolve({ exportConditions, extensions: [".ts", ".js"] }),
  esbuild({
    target: "es2022",
    tsconfig: fileURLToPath(new URL("tsconfig.json", import.meta.url)),
    define: { __VERSION__: JSON.stringify(version) },
  }),
];

export default [
  {
    // For bundlers: lit stays external so that a page has one copy; the rest comes along.
    input: {
      index: "src/index.ts",
      define: "src/define.ts",
      react: "src/react.ts",
    },
    external: /^(lit|@lit\/react|react)(\/|$)/,
    output: {
      dir: dist,
      format: "es",
      chunkFileNames: "chunks/[name]-[hash].js",
      // A chunk that imports another for nothing, to have it fetched earlier, makes bundlers warn.
      hoistTransitiveImports: false,
      // Lets a server component of a React framework hold the chat as it is.
      banner: ({ name }) => (name === "react" ? '"use client";' : ""),
    },
    plugins: [removeStale(`${dist}chunks/`, /\.js$/), ...plugins([])],
  },
  {
    // The types that the above needs, and none of the inside: made from what tsc wrote.
    input: Object.fromEntries(
      ["index", "define", "react", "protocol"].map((name) => [
        name,
        `${dist}${name}.d.ts`,
      ]),
    ),
    external: /^(lit|@lit\/react|react)(\/|$)/,
    output: { dir: `${dist}types`, format: "es" },
    plugins: [removeStale(`${dist}types/`, /\.d\.ts$/), dts()],
  },
  {
    // For script tags: everything inside. Chunks lie beside it and are found relative to its own URL.
    input: { "bedrock-chat": "src/cdn.ts" },
    // What the panel shares with the entry is in a chunk of its own. If the panel imported it from the entry, then a page
    // that loads `bedrock-chat.js?v=1` would run the entry twice: to a browser each URL is a module of its own.
    preserveEntrySignatures: "strict",
    output: {
      dir: dist,
      format: "es",
      chunkFileNames: "bedrock-chat.[name]-[hash].js",
    },
    plugins: [
      removeStale(dist, /^bedrock-chat\..+-.+\.js$/),
      ...plugins(["production"]),
      // esbuild shortens the names of private members, terser does the rest better.
      minify({ target: "es2022", sourceMap: false }),
      terser({
        module: true,
        ecma: 2020,
        compress: { passes: 3 },
        format: { comments: false },
      }),
      licenses,
    ],
  },
  {
    // For tag managers: a classic script, which loads the one above.
    input: { embed: "src/embed.ts" },
    output: { dir: dist, format: "iife" },
    plugins: [
      ...plugins(["production"]),
      terser({ ecma: 2020, compress: { passes: 3 } }),
      integrity,
    ],
  },
];
