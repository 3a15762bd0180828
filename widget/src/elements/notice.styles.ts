import { css } from "./css.ts";

/** Notices: what went wrong, in a sentence, with what can be done about it; and the way to what is new. */
export const noticeStyles = css`
  .notice {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4em 0.8em;
    max-width: 100%;
    padding: 0.6em 0.9em;
    border: 1px solid transparent;
    border-radius: 12px;
    background: var(--_assistant-surface);
    font-size: 0.933em;
    line-height: 1.4;
  }
  .notice.error {
    background: var(--_error-surface);
    color: var(--_error);
  }
  .notice > svg {
    flex: none;
  }
  .notice-text {
    flex: 1 1 12em;
    margin: 0;
  }
  .notice .text-button {
    font-size: 0.933em;
  }
  .notice details {
    flex-basis: 100%;
    font-size: 0.867em;
  }
  .notice summary {
    width: fit-content;
    min-height: 24px;
    border-radius: 5px;
    cursor: pointer;
  }
  .notice code {
    font-family: var(--chat-font-mono, ui-monospace, Consolas, monospace);
    user-select: all;
  }
  .banner {
    margin: 0 0.8em 0.5em;
  }
  .jump {
    position: absolute;
    inset-block-end: 0.7em;
    inset-inline: 0;
    display: flex;
    align-items: center;
    gap: 0.35em;
    width: fit-content;
    min-height: 34px;
    margin-inline: auto;
    padding: 0 1em 0 0.75em;
    border-color: var(--_border);
    border-radius: 17px;
    background: var(--_surface);
    color: var(--_on-surface);
    font-size: 0.867em;
    font-weight: 550;
    box-shadow: 0 2px 10px rgb(0 0 0 / 16%);
    animation: enter 200ms var(--_ease) backwards;
  }
`;
