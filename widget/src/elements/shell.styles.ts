import { css } from "./css.ts";

/** The host, the colours of both themes, the launcher, and the panel's place on the page in each mode. */
export const shellStyles = css`
  :host {
    /* What a page inherits stays outside; custom properties come in. */
    all: initial;
    display: contents;
    color-scheme: light;
    --_light: 100%;

    --_accent: var(--chat-accent, #0b665c);
    --_on-accent: var(--chat-on-accent, #ffffff);
    --_surface: var(--chat-surface, #ffffff);
    --_on-surface: var(--chat-on-surface, #15211e);
    --_muted: var(--chat-muted, #55645f);
    --_border: var(--chat-border, #dde5e1);
    --_outline: #7b8a85;
    --_user-surface: var(--chat-user-surface, var(--_accent));
    --_on-user-surface: var(--chat-on-user-surface, var(--_on-accent));
    --_assistant-surface: var(--chat-assistant-surface, #f1f5f3);
    --_on-assistant-surface: var(
      --chat-on-assistant-surface,
      var(--_on-surface)
    );
    --_error: var(--chat-error, #a8231b);
    --_error-surface: #fdf1ef;
    --_hover: rgb(20 45 38 / 7%);
    --_focus-ring: var(--chat-focus-ring, #0b665c);
    --_shadow: 0 1px 2px rgb(16 32 28 / 10%), 0 12px 40px rgb(16 32 28 / 18%);

    --_radius: var(--chat-radius, 18px);
    --_inset: var(--chat-inset, 20px);
    --_launcher-size: var(--chat-launcher-size, 56px);
    --_z-index: var(--chat-z-index, 1000);
    --_font: var(
      --chat-font,
      system-ui,
      -apple-system,
      "Segoe UI",
      Roboto,
      "Helvetica Neue",
      Arial,
      sans-serif
    );
    --_ease: cubic-bezier(0.2, 0.8, 0.2, 1);
  }
  :host([hidden]) {
    display: none;
  }

  @media (prefers-color-scheme: dark) {
    :host(:not([theme="light"])) {
      color-scheme: dark;
      --_light: 0%;
      --_accent: var(--chat-accent, #5cd0bd);
      --_on-accent: var(--chat-on-accent, #04231e);
      --_surface: var(--chat-surface, #121816);
      --_on-surface: var(--chat-on-surface, #e6eeeb);
      --_muted: var(--chat-muted, #9db0a9);
      --_border: var(--chat-border, #2a3632);
      --_outline: #6f817a;
      --_user-surface: var(--chat-user-surface, var(--chat-accent, #175a50));
      --_on-user-surface: var(
        --chat-on-user-surface,
        var(--chat-on-accent, #eafcf8)
      );
      --_assistant-surface: var(--chat-assistant-surface, #1d2724);
      --_error: var(--chat-error, #ffb3a9);
      --_error-surface: #371d1a;
      --_hover: rgb(222 255 245 / 9%);
      --_focus-ring: var(--chat-focus-ring, #7fe3d2);
      --_shadow: 0 0 0 1px #2a3632, 0 12px 40px rgb(0 0 0 / 55%);
    }
  }
  :host([theme="dark"]) {
    color-scheme: dark;
    --_light: 0%;
    --_accent: var(--chat-accent, #5cd0bd);
    --_on-accent: var(--chat-on-accent, #04231e);
    --_surface: var(--chat-surface, #121816);
    --_on-surface: var(--chat-on-surface, #e6eeeb);
    --_muted: var(--chat-muted, #9db0a9);
    --_border: var(--chat-border, #2a3632);
    --_outline: #6f817a;
    --_user-surface: var(--chat-user-surface, var(--chat-accent, #175a50));
    --_on-user-surface: var(
      --chat-on-user-surface,
      var(--chat-on-accent, #eafcf8)
    );
    --_assistant-surface: var(--chat-assistant-surface, #1d2724);
    --_error: var(--chat-error, #ffb3a9);
    --_error-surface: #371d1a;
    --_hover: rgb(222 255 245 / 9%);
    --_focus-ring: var(--chat-focus-ring, #7fe3d2);
    --_shadow: 0 0 0 1px #2a3632, 0 12px 40px rgb(0 0 0 / 55%);
  }

  /* A page's own rule for the host (or for everything) beats :host, so what is inherited is cut off once more. */
  .launcher,
  .panel {
    all: initial;
    color-scheme: inherit;
    visibility: inherit;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  svg {
    display: block;
    width: 1.25em;
    height: 1.25em;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.8;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  :focus-visible {
    outline: 2px solid var(--_focus-ring);
    outline-offset: 2px;
  }

  /* The launcher. */

  .launcher {
    position: fixed;
    z-index: var(--_z-index);
    inset-block-end: calc(var(--_inset) + env(safe-area-inset-bottom, 0px));
    inset-inline-end: calc(var(--_inset) + env(safe-area-inset-right, 0px));
    display: grid;
    place-items: center;
    width: var(--_launcher-size);
    height: var(--_launcher-size);
    margin: 0;
    padding: 0;
    border: 1px solid transparent; /* Seen where colours are forced. */
    border-radius: 50%;
    background: var(--chat-launcher-surface, var(--_accent));
    color: var(--_on-accent);
    font: 600 16px / 1 var(--_font);
    box-shadow: var(--_shadow);
    cursor: pointer;
    transition:
      scale 160ms var(--_ease),
      filter 160ms;
  }
  .launcher:hover {
    filter: brightness(1.08);
  }
  .launcher:active {
    scale: 0.94;
  }
  .launcher:focus-visible {
    outline-width: 3px;
    outline-offset: 3px;
  }
  .launcher svg {
    width: 26px;
    height: 26px;
  }
  .launcher-icon,
  .launcher-close,
  ::slotted([slot="launcher-icon"]) {
    grid-area: 1 / 1;
  }
  .launcher-icon,
  .launcher-close {
    display: grid;
    place-items: center;
    transition:
      rotate 240ms var(--_ease),
      opacity 160ms;
  }
  .launcher[aria-expanded="false"] .launcher-close,
  .launcher[aria-expanded="true"] .launcher-icon {
    opacity: 0;
    rotate: 60deg;
  }
  .launcher[aria-expanded="true"] ::slotted([slot="launcher-icon"]) {
    visibility: hidden;
  }
  .badge {
    position: absolute;
    inset-block-start: -3px;
    inset-inline-end: -3px;
    min-width: 22px;
    height: 22px;
    padding: 0 6px;
    border: 2px solid var(--_surface);
    border-radius: 11px;
    background: #b3261e;
    color: #fff;
    font-size: 12px;
    line-height: 18px;
    text-align: center;
  }
  :host([position="bottom-start"]) .launcher {
    inset-inline: calc(var(--_inset) + env(safe-area-inset-left, 0px)) auto;
  }
  :host([no-launcher]) .launcher,
  :host([mode="inline"]) .launcher,
  :host([mode="fullscreen"][open]) .launcher,
  :host([mode="sidebar"][open]) .launcher {
    display: none;
  }

  /* The panel's place: a bubble unless the mode says otherwise. */

  .panel {
    position: fixed;
    z-index: var(--_z-index);
    inset-block-end: calc(
      var(--_inset) * 1.6 + var(--_launcher-size) +
        env(safe-area-inset-bottom, 0px)
    );
    inset-inline-end: calc(var(--_inset) + env(safe-area-inset-right, 0px));
    display: flex;
    flex-direction: column;
    width: min(var(--chat-width, 400px), 100vw - 2 * var(--_inset));
    height: min(
      var(--chat-height, 660px),
      100dvh - 2.6 * var(--_inset) - var(--_launcher-size)
    );
    overflow: hidden;
    border: 1px solid transparent;
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_on-surface);
    font: 400 medium / 1.5 var(--_font);
    box-shadow: var(--_shadow);
    overflow-wrap: anywhere;
    transform-origin: 100% 100%;
    transition:
      opacity 180ms,
      translate 260ms var(--_ease),
      scale 260ms var(--_ease),
      visibility 0s;
  }
  .panel > p {
    margin: 24px;
  }
  .panel:dir(rtl) {
    transform-origin: 0 100%;
  }
  :host([position="bottom-start"]) .panel {
    inset-inline: calc(var(--_inset) + env(safe-area-inset-left, 0px)) auto;
    transform-origin: 0 100%;
  }
  :host([position="bottom-start"]) .panel:dir(rtl) {
    transform-origin: 100% 100%;
  }
  :host([no-launcher]) .panel {
    inset-block-end: calc(var(--_inset) + env(safe-area-inset-bottom, 0px));
    height: min(var(--chat-height, 660px), 100dvh - 2 * var(--_inset));
  }
  :host(:not([open], [mode="inline"])) .panel {
    visibility: hidden;
    opacity: 0;
    translate: 0 12px;
    scale: 0.97;
    transition-delay: 0s, 0s, 0s, 180ms;
  }

  :host([mode="inline"]) {
    display: block;
    height: var(--chat-height, 560px);
    width: var(--chat-width, auto);
  }
  :host([mode="inline"][hidden]) {
    display: none;
  }
  :host([mode="inline"]) .panel {
    position: relative;
    inset: auto;
    z-index: 0;
    width: 100%;
    height: 100%;
    border-color: var(--_border);
    box-shadow: none;
  }

  :host([mode="sidebar"]) .panel {
    inset-block: 0;
    inset-inline: auto 0;
    width: min(var(--chat-width, 420px), 100vw);
    height: auto;
    border-radius: 0;
  }
  :host([mode="sidebar"][position="bottom-start"]) .panel {
    inset-inline: 0 auto;
  }
  :host([mode="sidebar"]:not([open])) .panel {
    translate: 24px 0;
    scale: 1;
  }
  :host([mode="sidebar"]:not([open])) .panel:dir(rtl),
  :host([mode="sidebar"][position="bottom-start"]:not([open])) .panel:dir(ltr) {
    translate: -24px 0;
  }

  :host([mode="fullscreen"]) .panel {
    inset: var(--_keyboard-top, 0) 0 auto;
    width: auto;
    height: var(--_keyboard-height, 100dvh);
    border: 0;
    border-radius: 0;
  }

  /* Small screens: all of it, above the on-screen keyboard. The panel says how high the rest is. */

  @media (max-width: 480px), (max-height: 420px) {
    :host(:not([mode="inline"])) .panel {
      inset: var(--_keyboard-top, 0) 0 auto;
      width: auto;
      height: var(--_keyboard-height, 100dvh);
      border: 0;
      border-radius: 0;
    }
    :host([open]:not([mode="inline"])) .launcher {
      display: none;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    ::before,
    ::after {
      animation-duration: 1ms !important;
      animation-iteration-count: 1 !important;
      transition: none !important;
    }
  }
  @media (forced-colors: active) {
    :focus-visible {
      outline-color: Highlight;
    }
  }
  @media print {
    .launcher {
      display: none;
    }
  }
`;
