/** Marks CSS for the formatter and the minifier. */
const css = String.raw;

/**
 * The colours of code, each readable on the surface of a code block in its scheme. `--_light` says how much of the first
 * one is seen: all or nothing. Safari knows `light-dark()` only from 17.5 on.
 */
export const colourStyles = css`
  .code .comment {
    color: color-mix(in srgb, #5b6b66 var(--_light, 100%), #8fa39c);
    font-style: italic;
  }
  .code .keyword {
    color: color-mix(in srgb, #8c1d6b var(--_light, 100%), #f09ac8);
  }
  .code .string,
  .code .inserted {
    color: color-mix(in srgb, #0a6640 var(--_light, 100%), #8ed6a8);
  }
  .code .literal {
    color: color-mix(in srgb, #a33a00 var(--_light, 100%), #f2b27a);
  }
  .code .function {
    color: color-mix(in srgb, #1a56b0 var(--_light, 100%), #8fbcff);
  }
  .code .type {
    color: color-mix(in srgb, #6a4c00 var(--_light, 100%), #e3cd7a);
  }
  .code .attribute {
    color: color-mix(in srgb, #7a3e9d var(--_light, 100%), #cfa8f5);
  }
  .code .operator {
    color: color-mix(in srgb, #55645f var(--_light, 100%), #9db0a9);
  }
  .code .deleted {
    color: color-mix(in srgb, #a8231b var(--_light, 100%), #ffb3a9);
  }
`;
