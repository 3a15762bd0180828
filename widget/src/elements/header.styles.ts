import { css } from "./css.ts";

/** The top of the panel. */
export const headerStyles = css`
  .header {
    display: flex;
    flex-wrap: wrap; /* Where text is large, the buttons go below the title. */
    align-items: center;
    gap: 0 0.75em;
    min-height: 4.1em;
    padding-block: 0.6em;
    padding-inline: 1em 0.6em;
    border-block-end: 1px solid var(--_border);
  }
  .avatar {
    display: grid;
    flex: none;
    place-items: center;
    width: 2.3em;
    height: 2.3em;
    border-radius: 0.75em;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .avatar svg {
    fill: currentColor;
    stroke: none;
  }
  ::slotted([slot="avatar-assistant"]) {
    flex: none;
    width: 2.3em;
    height: 2.3em;
    border-radius: 0.75em;
    object-fit: cover;
  }
  .titles {
    flex: 1 1 5.5em;
    min-width: 0;
    line-height: 1.3;
  }
  .title {
    margin: 0;
    font-size: 1.067em;
    font-weight: 650;
    letter-spacing: -0.01em;
  }
  .subtitle {
    display: flex;
    align-items: center;
    gap: 0.45em;
    margin: 0;
    color: var(--_muted);
    font-size: 0.867em;
  }
  .dot {
    flex: none;
    width: 0.55em;
    height: 0.55em;
    border-radius: 50%;
    background: var(--_outline);
  }
  .dot[data-state="ready"] {
    background: #1f9d68;
  }
  .dot[data-state="connecting"],
  .dot[data-state="reconnecting"] {
    background: #c98a10;
    animation: pulse 1.2s ease-in-out infinite;
  }
  .dot[data-state="failed"],
  .dot[data-state="offline"] {
    background: var(--_error);
  }
  .header-actions {
    display: flex;
    flex: none;
    gap: 0.1em;
    margin-inline-start: auto;
  }
`;
