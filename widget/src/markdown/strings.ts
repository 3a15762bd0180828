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
