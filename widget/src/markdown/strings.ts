/** What the page says about Markdown in the visitor's language, named as in the chat's other texts. */
export interface MarkdownStrings {
  readonly copyCode: string;
  readonly copied: string;
  /** The accessible name of a code block; an unknown language is empty. */
  code(language: string): string;
  readonly table: string;
  readonly taskDone: string;
  readonly taskOpen: string;
}

export const englishMarkdownStrings: MarkdownStrings = {
  copyCode: "Copy code",
  copied: "Copied",
  code: (language) => (language ? `Code, ${language}` : "Code"),
  table: "Table",
  taskDone: "Done",
  taskOpen: "To do",
};
