import { resolve } from "node:path";

// Sources lie in lib/, the packed module in dist/: the same way leads from both to what the build made.
const built = (name: string): string =>
  resolve(import.meta.dirname, "../dist", name);

/** The bundled handlers: one folder a function, each with an `index.mjs` that exports `handler`. */
export const HANDLERS_PATH = built("handlers");

/** The widget's script, the chunks that it loads, and a `package.json` with its version. */
export const WIDGET_PATH = built("widget");
