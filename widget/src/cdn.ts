/** What a script tag loads: everything that the npm package exports, and the element registered. */
import "./define.ts";

export * from "./index.ts";
