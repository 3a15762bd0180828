import type { MarkdownOptions } from "../../src/markdown/markdown-view.ts";
import { en } from "../../src/locales/en.ts";

/** What a page gives a view at least; code stays without colours. */
export const markdownOptions: MarkdownOptions = {
  strings: en,
  renderers: {},
  renderTemplate: () => {
    throw new Error("No test needs templates.");
  },
  colour: () => Promise.resolve(),
  onError: (error) => {
    throw error;
  },
};
