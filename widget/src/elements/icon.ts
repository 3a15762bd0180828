import { html, type TemplateResult } from "lit/html.js";
import { icons, type IconName } from "./icons.ts";

/** An icon. It is hidden from assistive technology: its button has a name. */
export const icon = (name: IconName): TemplateResult =>
  html`<svg viewBox="0 0 24 24" aria-hidden="true">
    <path d=${icons[name]} />
  </svg>`;
