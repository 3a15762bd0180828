/** Builds what is out of date of all that the constructs deploy. The CDK command line runs it before each synthesis. */
import { resolve } from "node:path";
import { HANDLERS_PATH, WIDGET_PATH } from "../lib/assets.ts";
import { bundleHandlers, reportSizes } from "./bundle-handlers.ts";
import { copyWidget } from "./copy-widget.ts";
import { isStale } from "./files.ts";
import { ROOT, run } from "./run.ts";

const inWidget = (path: string): string => resolve(ROOT, "widget", path);

if (
  isStale(
    inWidget("dist/bedrock-chat.js"),
    ["src", "package.json", "rollup.config.js"].map(inWidget),
  )
)
  run("npm run build --silent");
copyWidget(inWidget("."), WIDGET_PATH);
console.error(reportSizes(await bundleHandlers(HANDLERS_PATH)));
