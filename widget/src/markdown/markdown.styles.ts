/** Marks CSS for the formatter and the minifier. */
const css = String.raw;

/** What Markdown needs beyond ordinary text styles: how cells are aligned that do not say it, and the isolation of text by direction. */
export const markdownStyles = css`
  .code pre {
    unicode-bidi: isolate;
  }
  .table :is(th, td):not([align]) {
    text-align: start;
  }
  .table th,
  .table td {
    min-width: 3em;
  }
  .raw {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  /* What is quoted, linked or named keeps its own direction to itself. */
  p > code,
  li code,
  td code,
  th code,
  .bubble a {
    unicode-bidi: isolate;
  }
`;
