import { css } from "./css.ts";

/** What Markdown makes in a bubble. */
export const answerStyles = css`
  .bubble :where(p, ul, ol, pre, blockquote, table, h3, h4, h5, h6, hr) {
    margin: 0;
  }
  .bubble > * + *,
  .bubble :is(li, blockquote) > * + *,
  .bubble .loose > li + li {
    margin-block-start: 0.7em;
  }
  /* The panel's title is the second level, so an answer's first heading is of the third. */
  .bubble :is(h3, h4, h5, h6) {
    font-size: 1em;
    font-weight: 650;
    line-height: 1.35;
  }
  .bubble h3 {
    font-size: 1.25em;
  }
  .bubble h4 {
    font-size: 1.133em;
  }
  .bubble > * + :is(h3, h4) {
    margin-block-start: 1.1em;
  }
  .bubble :is(ul, ol) {
    padding-inline-start: 1.5em;
  }
  .bubble li > :is(ul, ol) {
    margin-block-start: 0.2em;
  }
  .bubble li + li {
    margin-block-start: 0.25em;
  }
  .bubble li::marker {
    color: var(--_muted);
  }
  .bubble input[type="checkbox"] {
    margin-block: 0;
    margin-inline: -1.3em 0.4em;
    vertical-align: -0.1em;
    accent-color: var(--_accent);
  }
  .bubble li:has(> input, > p > input)::marker {
    content: "";
  }
  .assistant a {
    color: var(--_accent);
    text-underline-offset: 0.15em;
    text-decoration-thickness: 1px;
  }
  .bubble a:hover {
    text-decoration-thickness: 2px;
  }
  .bubble blockquote {
    padding-inline-start: 0.9em;
    border-inline-start: 3px solid var(--_border);
    color: var(--_muted);
  }
  .bubble hr {
    border: 0;
    border-block-start: 1px solid var(--_border);
  }
  .bubble img {
    max-width: 100%;
    height: auto;
    border-radius: 8px;
  }
  .bubble code {
    padding: 0.1em 0.35em;
    border-radius: 5px;
    background: var(--_hover);
    font-family: var(--chat-font-mono, ui-monospace, Consolas, monospace);
    font-size: 0.9em;
  }
  .code {
    border: 1px solid var(--_border);
    border-radius: 10px;
    background: var(--_surface);
    color: var(--_on-surface);
  }
  .code-header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    min-height: 2.2em;
    padding-inline: 0.8em 0.3em;
    border-block-end: 1px solid var(--_border);
    color: var(--_muted);
    font-size: 0.82em;
  }
  .code-header button {
    min-height: 24px;
    padding: 0.1em 0.6em;
    border-radius: 6px;
  }
  .code-header button:hover {
    background: var(--_hover);
    color: var(--_on-surface);
  }
  .code pre {
    overflow-x: auto;
    padding: 0.7em 0.8em;
    line-height: 1.5;
    tab-size: 2;
    overflow-wrap: normal;
    scrollbar-width: thin;
  }
  .code pre code {
    padding: 0;
    background: none;
  }
  .table {
    overflow-x: auto;
    scrollbar-width: thin;
  }
  .bubble table {
    border-collapse: collapse;
    font-size: 0.933em;
    overflow-wrap: normal;
  }
  .bubble :is(th, td) {
    padding-block: 0.35em;
    padding-inline: 0 1em;
    border-block-end: 1px solid var(--_border);
    vertical-align: top;
  }
  .bubble th {
    font-weight: 650;
  }
  .bubble tr:last-child td {
    border: 0;
  }
`;
