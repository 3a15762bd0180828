/** Marks CSS for the formatter and the minifier. */
const css = String.raw;

/** The colours of code, each readable on the surface of a code block in its scheme. */
export const colourStyles = css`
  .code .comment {
    color: light-dark(#5b6b66, #8fa39c);
    font-style: italic;
  }
  .code .keyword {
    color: light-dark(#8c1d6b, #f09ac8);
  }
  .code .string,
  .code .inserted {
    color: light-dark(#0a6640, #8ed6a8);
  }
  .code .literal {
    color: light-dark(#a33a00, #f2b27a);
  }
  .code .function {
    color: light-dark(#1a56b0, #8fbcff);
  }
  .code .type {
    color: light-dark(#6a4c00, #e3cd7a);
  }
  .code .attribute {
    color: light-dark(#7a3e9d, #cfa8f5);
  }
  .code .operator {
    color: light-dark(#55645f, #9db0a9);
  }
  .code .deleted {
    color: light-dark(#a8231b, #ffb3a9);
  }
`;
