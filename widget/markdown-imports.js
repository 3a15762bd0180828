import { fileURLToPath } from "node:url";

const urls = fileURLToPath(new URL("src/markdown/urls.ts", import.meta.url));

/**
 * What commonmark.js imports in its turn: 37 kB of character references, which `src/markdown/entities.ts`
 * loads on demand instead, and a CommonJS file that browsers cannot load. Nothing that the widget uses of
 * commonmark.js calls the first; the second is `encodeAddress`.
 */
const replacements = {
  entities: "export const decodeHTMLStrict = (text) => text;",
  "mdurl/encode.js": `export { encodeAddress as default } from ${JSON.stringify(urls)};`,
};

/** For Rollup. */
export const markdownImports = {
  name: "markdown-imports",
  async resolveId(source, importer, options) {
    if (Object.hasOwn(replacements, source)) return `\0${source}`;
    // commonmark.js does not say that its modules only define things, so its renderers would come along.
    if (source !== "commonmark" && !importer?.includes("/commonmark/lib/"))
      return null;
    const resolved = await this.resolve(source, importer, {
      ...options,
      skipSelf: true,
    });
    return resolved && { ...resolved, moduleSideEffects: false };
  },
  load: (id) =>
    id.startsWith("\0") ? (replacements[id.slice(1)] ?? null) : null,
};

/** For Web Test Runner's server, whose root is the project's. */
export const markdownImportsInBrowser = {
  name: "markdown-imports",
  resolveImport: ({ source }) =>
    Object.hasOwn(replacements, source)
      ? `/widget/markdown-imports/${source}`
      : undefined,
  serve({ path }) {
    const source = path.replace(/^\/widget\/markdown-imports\//, "");
    if (!Object.hasOwn(replacements, source)) return undefined;
    return {
      type: "js",
      body: replacements[source].replaceAll(
        urls,
        "/widget/src/markdown/urls.ts",
      ),
    };
  },
};
