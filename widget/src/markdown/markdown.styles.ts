/** Marks CSS for the formatter and the minifier. */
const css = String.raw;

/** What Markdown needs beyond ordinary text styles: the alignment of cells and the isolation of text by direction. */
export const markdownStyles = css`
  .code pre {
    unicode-bidi: isolate;
  }
  .table [data-align="left"] {
    text-align: left;
  }
  .table [data-align="center"] {
    text-align: center;
  }
  .table [data-align="right"] {
    text-align: right;
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
