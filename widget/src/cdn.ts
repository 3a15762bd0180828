/** What a script tag loads: everything that the npm package exports, and the element registered. */
export * from "./define.ts";
