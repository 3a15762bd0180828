import { html, nothing, type TemplateResult } from "lit/html.js";
import type { ConnectionState } from "../chat/model.ts";
import type { Locale } from "../locales/locale.ts";
import { icon } from "./icon.ts";

export interface HeaderProps {
  readonly locale: Locale;
  readonly heading: string;
  readonly subheading: string;
  readonly connection: ConnectionState;
  /** Whether there is anything that a new conversation would leave. */
  readonly canRestart: boolean;
  readonly canClose: boolean;
  readonly handleRestart: () => void;
  readonly handleClose: () => void;
}

/** What the connection is doing, as far as a visitor cares. */
export function connectionText(
  state: ConnectionState,
  locale: Locale,
): string | undefined {
  switch (state) {
    case "connecting":
      return locale.connecting;
    case "ready":
      return locale.online;
    case "reconnecting":
      return locale.reconnecting;
    case "offline":
      return locale.offline;
    case "failed":
      return locale.failed;
    case "closed":
      return undefined;
  }
}

/**
 * @slot header - In place of the whole header.
 * @slot avatar-assistant - In place of the mark.
 * @slot header-actions - Before the buttons.
 */
export function header(props: HeaderProps): TemplateResult {
  const { locale, connection } = props;
  const state = connectionText(connection, locale);
  return html`<slot name="header">
    <div class="header" part="header">
      <slot name="avatar-assistant">
        <span class="avatar" part="avatar">${icon("spark")}</span>
      </slot>
      <div class="titles">
        <h2 class="title" id="title" part="title">${props.heading}</h2>
        <p class="subtitle" part="status">
          ${
            state === undefined
              ? nothing
              : html`<span
                  class="dot"
                  data-state=${connection}
                  role="img"
                  aria-label=${state}
                  title=${state}
                ></span>`
          }
          ${
            props.subheading ||
            (connection === "ready" || connection === "connecting" ? state : "")
          }
        </p>
      </div>
      <div class="header-actions" part="header-actions">
        <slot name="header-actions"></slot>
        ${
          props.canRestart
            ? iconButton("compose", locale.newConversation, props.handleRestart)
            : nothing
        }
        ${
          props.canClose
            ? iconButton("close", locale.closeChat, props.handleClose)
            : nothing
        }
      </div>
    </div>
  </slot>`;
}

const iconButton = (
  name: "compose" | "close",
  label: string,
  handleClick: () => void,
): TemplateResult =>
  html`<button
    class="icon-button"
    type="button"
    part="action"
    aria-label=${label}
    title=${label}
    @click=${handleClick}
  >
    ${icon(name)}
  </button>`;
