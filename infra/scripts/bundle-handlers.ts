import { basename, dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { writeChanged } from "./files.ts";

const HANDLERS = ["router", "worker"] as const;
const SOURCES = resolve(import.meta.dirname, "../../server/src/handlers");

/** What Lambda loads on every cold start, in bytes before compression. */
const MOST_BYTES = 700_000;

export interface BundledHandler {
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** What X-Ray's SDK loads and never uses on this runtime. Nothing works differently without it. */
const withoutLegacy: Plugin = {
  name: "without-legacy",
  setup(build) {
    // Of its two halves the package loads this one, unless Node is older than 8.
    build.onResolve({ filter: /^cls-hooked$/ }, ({ kind, resolveDir }) =>
      build.resolve("cls-hooked/context.js", { kind, resolveDir }),
    );
    build.onResolve({ filter: /^semver$/ }, () => ({
      path: join(import.meta.dirname, "semver-gte.cjs"),
    }));
  },
};

/** Bundles both handlers, the AWS SDK inside, into `<outputPath>/<name>/index.mjs`. */
export async function bundleHandlers(
  outputPath: string,
): Promise<BundledHandler[]> {
  const { outputFiles } = await build({
    entryPoints: HANDLERS.map((name) => ({
      in: join(SOURCES, `${name}.ts`),
      out: `${name}/index`,
    })),
    outdir: outputPath,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    write: false,
    platform: "node",
    target: "node24",
    format: "esm",
    // The SDK's CommonJS build is half as large again.
    mainFields: ["module", "main"],
    plugins: [withoutLegacy],
    minify: true,
    legalComments: "none",
    charset: "utf8",
    // What is left of CommonJS asks for Node's own modules by require().
    banner: {
      js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
    },
  });
  return outputFiles.map(({ path, contents }) => {
    writeChanged(path, contents);
    return {
      name: basename(dirname(path)),
      bytes: contents.length,
      gzipBytes: gzipSync(contents).length,
    };
  });
}

/** Lines for people; throws when a bundle has outgrown its budget. */
export function reportSizes(bundles: readonly BundledHandler[]): string {
  for (const { name, bytes } of bundles)
    if (bytes > MOST_BYTES)
      throw new Error(
        `The bundle of the ${name} has ${bytes} bytes; expected at most ${MOST_BYTES}. Find what came in with ` +
          `esbuild's --analyze, and import from a package's smaller entry or leave it out.`,
      );
  return bundles
    .map(
      ({ name, bytes, gzipBytes }) =>
        `${name}: ${bytes.toLocaleString("en")} bytes, ${gzipBytes.toLocaleString("en")} gzip`,
    )
    .join("\n");
}
