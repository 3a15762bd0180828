/** What the page says about Markdown in the visitor's language. */
export interface MarkdownStrings {
  readonly copyCode: string;
  readonly codeCopied: string;
  /** The accessible name of a code block; the language may be unknown. */
  code(language: string | undefined): string;
  readonly table: string;
  readonly taskDone: string;
  readonly taskOpen: string;
}

export const englishMarkdownStrings: MarkdownStrings = {
  copyCode: "Copy code",
  codeCopied: "Copied",
  code: (language) => (language ? `Code, ${language}` : "Code"),
  table: "Table",
  taskDone: "Done",
  taskOpen: "To do",
};
