import { css } from "./css.ts";

/** Where the visitor writes, and what stands below. */
export const composerStyles = css`
  .composer {
    padding: 0 0.8em calc(0.8em + env(safe-area-inset-bottom, 0px));
  }
  .field {
    position: relative;
    display: flex;
    align-items: flex-end;
    gap: 0.3em;
    padding: 0.3em;
    border: 1px solid var(--_outline);
    border-radius: calc(var(--_radius) + 2px);
    background: var(--_surface);
    transition: border-color 120ms;
  }
  .field:focus-within {
    border-color: var(--_focus-ring);
    outline: 1px solid var(--_focus-ring);
  }
  .input {
    flex: 1;
    min-width: 0;
    height: 2.6em;
    max-height: 10em;
    padding: 0.55em 0.7em;
    border: 0;
    outline: 0;
    background: none;
    line-height: 1.5;
    resize: none;
    scrollbar-width: thin;
  }
  .input::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .input:placeholder-shown {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .send {
    display: grid;
    flex: none;
    place-items: center;
    width: 2.6em;
    height: 2.6em;
    border-radius: calc(var(--_radius) - 2px);
    background: var(--_accent);
    color: var(--_on-accent);
    transition:
      background 120ms,
      scale 120ms,
      color 120ms;
  }
  .send:active:not([aria-disabled="true"]) {
    scale: 0.92;
  }
  .send[aria-disabled="true"] {
    background: var(--_assistant-surface);
    color: var(--_muted);
  }
  .send[part="stop"] svg {
    fill: currentColor;
  }
  .count {
    margin: 0.35em 0.6em 0;
    color: var(--_muted);
    font-size: 0.82em;
    text-align: end;
  }
  .count.over {
    color: var(--_error);
  }
  .footer {
    margin: 0.55em 0 0;
    color: var(--_muted);
    font-size: 0.8em;
    line-height: 1.4;
    text-align: center;
  }
  .footer:empty {
    display: none;
  }
`;
