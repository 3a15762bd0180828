import { css } from "./css.ts";

/** The conversation and its empty state; the turns in it. */
export const transcriptStyles = css`
  .transcript-area {
    position: relative;
    display: flex;
    flex: 1;
    min-height: 0;
  }
  .transcript {
    flex: 1;
    min-width: 0;
    overflow: hidden auto;
    overscroll-behavior: contain;
    padding: 1.1em 1em 0.6em;
    scrollbar-width: thin;
    scrollbar-color: var(--_border) transparent;
  }
  .transcript:focus-visible {
    outline-offset: -2px;
  }
  .transcript > * {
    max-width: 48em;
    margin-inline: auto;
  }
  .older {
    margin-block-end: 1em;
    color: var(--_muted);
    font-size: 0.867em;
    text-align: center;
  }
  .empty {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 0.9em;
    min-height: 100%;
    padding-block: 0.4em 1em;
  }
  .greeting {
    margin: auto 0 0;
    font-size: 1.4em;
    font-weight: 620;
    letter-spacing: -0.015em;
    line-height: 1.3;
    text-wrap: balance;
  }
  .starters {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5em;
  }
  .starter {
    min-height: 32px;
    padding: 0.45em 0.95em;
    border-color: var(--_border);
    border-radius: 1.2em;
    background: var(--_surface);
    text-align: start;
    transition:
      border-color 120ms,
      background 120ms;
  }
  .starter:hover {
    border-color: var(--_accent);
    background-image: linear-gradient(var(--_hover), var(--_hover));
  }
  .turn {
    display: flex;
    flex-direction: column;
    gap: 0.9em;
    padding-block-end: 1.1em;
  }
  /* Turns far out of sight are not laid out; the last ones always are, so that following the end is exact. */
  .turn:not(:nth-last-child(-n + 6)) {
    content-visibility: auto;
    contain-intrinsic-size: auto 14em;
  }
  .message {
    display: flex;
    flex-direction: column;
    gap: 0.3em;
    min-width: 0;
  }
  .user {
    align-items: flex-end;
  }
  .assistant {
    align-items: flex-start;
  }
  .bubble {
    max-width: 100%;
    padding: 0.6em 0.95em;
    border: 1px solid transparent;
    border-radius: var(--_radius);
  }
  .asked {
    display: flex;
    flex-direction: row-reverse;
    align-items: center;
    gap: 0.3em;
    max-width: 88%;
  }
  .user .bubble {
    min-width: 0;
    border-end-end-radius: 5px;
    background: var(--_user-surface);
    color: var(--_on-user-surface);
    white-space: pre-wrap;
  }
  .assistant .bubble {
    border-end-start-radius: 5px;
    background: var(--_assistant-surface);
    color: var(--_on-assistant-surface);
  }
  .bubble ::selection {
    background: color-mix(in srgb, var(--_accent) 30%, transparent);
  }
  .user .bubble::selection {
    background: rgb(255 255 255 / 35%);
  }
`;
