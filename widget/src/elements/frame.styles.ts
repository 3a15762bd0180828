import { css } from "./css.ts";

/** The frame of the panel, and the buttons in it. Lengths follow the text size where they hold text. */
export const frameStyles = css`
  .frame {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
    /* The visitor's own default size, a little smaller: a page cannot change it by accident. */
    font-size: var(--chat-font-size, 0.9375em);
    container: panel / inline-size;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: pre-wrap;
  }
  button,
  textarea {
    margin: 0;
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    padding: 0;
    border: 1px solid transparent;
    background: none;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }
  button:disabled {
    cursor: default;
  }

  /* Buttons. */

  .icon-button {
    display: inline-grid;
    place-items: center;
    width: 2.4em;
    height: 2.4em;
    min-width: 24px;
    min-height: 24px;
    border-radius: 10px;
    color: var(--_muted);
    transition:
      background 120ms,
      color 120ms;
  }
  .icon-button:hover {
    background: var(--_hover);
    color: var(--_on-surface);
  }
  .text-button {
    min-height: 28px;
    padding: 0.2em 0.75em;
    border-color: var(--_outline);
    border-radius: 9px;
    background: var(--_surface);
    color: var(--_on-surface);
    font-weight: 550;
    transition: background 120ms;
  }
  .text-button:hover {
    background-image: linear-gradient(var(--_hover), var(--_hover));
  }
  .text-button.primary {
    border-color: transparent;
    background-color: var(--_accent);
    color: var(--_on-accent);
  }
  .link-button {
    min-height: 24px;
    padding: 0 0.2em;
    border-radius: 5px;
    text-decoration: underline;
    text-underline-offset: 0.15em;
  }
`;
