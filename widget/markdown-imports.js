import { fileURLToPath } from "node:url";

const urls = fileURLToPath(new URL("src/markdown/urls.ts", import.meta.url));

/**
 * What the parsers import in their turn but the widget does not call: commonmark.js's 37 kB of character
 * references, which `src/markdown/entities.ts` loads on demand instead, and what refractor makes HTML trees
 * with. commonmark.js's other import, a CommonJS file that browsers cannot load, is `encodeAddress`.
 */
const replacements = {
  entities: "export const decodeHTMLStrict = (text) => text;",
  "./from-code-point.js": "export default String.fromCodePoint;",
  hastscript: "export const h = undefined;",
  "parse-entities": "export const parseEntities = undefined;",
  "mdurl/encode.js": `export { encodeAddress as default } from ${JSON.stringify(urls)};`,
};

/** Functions of commonmark.js in whose place the widget puts its own, by file: nothing calls them. */
const replacedFunctions = {
  "inlines.js": [
    "parseBackticks",
    "parseEntity",
    "parseInlines",
    "parseLinkDestination",
    "parseLinkTitle",
    "parseString",
    "processEmphasis",
  ],
  "blocks.js": [
    "endsWithBlankLine",
    "parse",
    "processInlines",
    "removeLinkReferenceDefinitions",
  ],
};

/** A file of commonmark.js without those functions, which no minifier can see to be unused. */
function withoutReplaced(code, id) {
  const file = /\/commonmark\/lib\/(\w+\.js)$/.exec(id)?.[1];
  if (!file || !Object.hasOwn(replacedFunctions, file)) return null;
  let result = code;
  for (const name of replacedFunctions[file]) {
    const whole = new RegExp(`^var ${name} = function\\([^]*?^};$`, "m");
    if (!whole.test(result)) throw new Error(`${id} has no function ${name}.`);
    result = result.replace(whole, `var ${name};`);
  }
  return { code: result, map: null };
}

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
  transform: withoutReplaced,
  load: (id) =>
    id.startsWith("\0") ? (replacements[id.slice(1)] ?? null) : null,
};

/** For Web Test Runner's server, whose root is the project's. */
export const markdownImportsInBrowser = {
  name: "markdown-imports",
  resolveImport: ({ source }) =>
    Object.hasOwn(replacements, source) && !source.startsWith(".")
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
