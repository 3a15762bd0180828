/** Builds what the constructs deploy. The CDK command line runs it before each synthesis. */
import { HANDLERS_PATH } from "../lib/chat-function.ts";
import { bundleHandlers, reportSizes } from "./bundle-handlers.ts";

console.error(reportSizes(await bundleHandlers(HANDLERS_PATH)));
