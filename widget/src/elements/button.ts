import { html, nothing, type TemplateResult } from "lit/html.js";
import { icon } from "./icon.ts";
import type { IconName } from "./icons.ts";

/** A button with an icon, and a name for those who hear it or point at it. */
export const iconButton = (
  name: IconName,
  label: string,
  handleClick: () => unknown,
  pressed?: boolean,
  turned?: boolean,
): TemplateResult =>
  html`<button
    class="icon-button"
    part="action"
    type="button"
    aria-label=${label}
    title=${label}
    aria-pressed=${pressed ?? nothing}
    @click=${handleClick}
  >
    ${icon(name, turned)}
  </button>`;

/** A button that says what it does. */
export const textButton = (
  content: unknown,
  handleClick: () => unknown,
  kind = "text-button",
  part = "action",
): TemplateResult =>
  html`<button class=${kind} part=${part} type="button" @click=${handleClick}>
    ${content}
  </button>`;
