/** What refractor makes HTML trees with, which the widget does not call: it builds its own nodes of the tokens. */
const replacements = {
  hastscript: "export const h = undefined;",
  "parse-entities": "export const parseEntities = undefined;",
};

/** For Rollup. */
export const refractorImports = {
  name: "refractor-imports",
  resolveId: (source) =>
    Object.hasOwn(replacements, source) ? `\0${source}` : null,
  load: (id) =>
    id.startsWith("\0") ? (replacements[id.slice(1)] ?? null) : null,
};

/** For Web Test Runner's server, whose root is the project's. */
export const refractorImportsInBrowser = {
  name: "refractor-imports",
  resolveImport: ({ source }) =>
    Object.hasOwn(replacements, source)
      ? `/widget/refractor-imports/${source}`
      : undefined,
  serve({ path }) {
    const source = path.replace(/^\/widget\/refractor-imports\//, "");
    return Object.hasOwn(replacements, source)
      ? { type: "js", body: replacements[source] }
      : undefined;
  },
};
