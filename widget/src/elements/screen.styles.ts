import { css } from "./css.ts";

/** What depends on the screen, the pointer and the visitor's wishes, and comes after all else; movements. */
export const screenStyles = css`
  @container panel (min-width: 640px) {
    .composer > *,
    .banner {
      width: 100%;
      max-width: 48em;
      margin-inline: auto;
    }
  }
  /* Below 16 px iOS zooms the page into a focused field. */
  @media (pointer: coarse) {
    .input {
      font-size: max(16px, 1em);
    }
    .meta .icon-button {
      width: 36px;
      height: 36px;
    }
  }
  @media (forced-colors: active) {
    .dot,
    .typing i {
      forced-color-adjust: none;
    }
    .send[aria-disabled="true"] {
      border-color: GrayText;
      color: GrayText;
    }
    .text-button,
    .starter,
    .send {
      border-color: ButtonText;
    }
  }

  @keyframes enter {
    from {
      opacity: 0;
      translate: 0 6px;
    }
  }
  @keyframes pulse {
    50% {
      opacity: 0.35;
    }
  }
  @keyframes typing {
    0%,
    60%,
    100% {
      opacity: 0.35;
      translate: 0 0;
    }
    30% {
      opacity: 1;
      translate: 0 -0.2em;
    }
  }
`;
