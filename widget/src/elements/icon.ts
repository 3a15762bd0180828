import { html, nothing, type TemplateResult } from "lit/html.js";
import { icons, type IconName } from "./icons.ts";

/** An icon, as it is or upside down. It is hidden from assistive technology: its button has a name. */
export const icon = (name: IconName, turned = false): TemplateResult =>
  html`<svg viewBox="0 0 24 24" aria-hidden="true">
    <path
      d=${icons[name]}
      transform=${turned ? "rotate(180 12 12)" : nothing}
    />
  </svg>`;
