import { css } from "./css.ts";

/** The forms of a turn. */
export const turnFormStyles = css`
  .editor {
    display: flex;
    flex-direction: column;
    gap: 0.5em;
    width: 100%;
  }
  .editor textarea {
    width: 100%;
    min-height: 4.5em;
    max-height: 14em;
    padding: 0.6em 0.8em;
    border: 1px solid var(--_outline);
    border-radius: 12px;
    background: var(--_surface);
    resize: vertical;
  }
  .editor-actions {
    display: flex;
    gap: 0.5em;
    justify-content: flex-end;
  }
  /* As for the composer. */
  @media (pointer: coarse) {
    .editor textarea {
      font-size: max(16px, 1em);
    }
  }
`;
