import { css } from "./css.ts";

/** What stands around a bubble: the sign of an answer on its way and the line below it. */
export const messageStyles = css`
  .entering {
    animation: enter 260ms var(--_ease) backwards;
  }
  .typing {
    display: flex;
    gap: 0.3em;
    align-items: center;
    height: 1.5em;
  }
  .typing i {
    width: 0.45em;
    height: 0.45em;
    border-radius: 50%;
    background: var(--_muted);
    animation: typing 1.2s ease-in-out infinite;
  }
  .typing i:nth-child(2) {
    animation-delay: 0.15s;
  }
  .typing i:nth-child(3) {
    animation-delay: 0.3s;
  }
  .meta {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.15em 0.4em;
    min-height: 28px;
    color: var(--_muted);
    font-size: 0.82em;
  }
  .meta svg {
    width: 1.35em;
    height: 1.35em;
  }
  .meta .icon-button {
    width: 28px;
    height: 28px;
    border-radius: 8px;
  }
  .meta .icon-button[aria-pressed="true"] {
    color: var(--_accent);
  }
  .meta .icon-button[aria-pressed="true"] svg {
    fill: color-mix(in srgb, currentColor 25%, transparent);
  }
  .actions {
    display: flex;
    align-items: center;
    margin-inline-start: -0.3em;
  }
  .state {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
  }
  /* On hover or focus in older turns, always in the last and where nothing can hover. */
  @media (hover: hover) {
    .turn:not(:last-child, :hover, :focus-within) :is(.actions, .time) {
      opacity: 0;
    }
    .turn:last-child .user:not(:hover, :focus-within) .actions {
      opacity: 0;
    }
  }
  .actions,
  .time {
    transition: opacity 120ms;
  }
`;
