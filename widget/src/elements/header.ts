import { html, nothing, type TemplateResult } from "lit/html.js";
import type { ConnectionState } from "../chat/model.ts";
import type { Locale } from "../locales/locale.ts";
import { iconButton } from "./button.ts";
import { icon } from "./icon.ts";
import type { PanelHost } from "./panel-host.ts";

/** What the connection is doing, as far as a visitor cares. */
export const connectionText = (
  state: ConnectionState,
  locale: Locale,
): string =>
  state === "closed" ? "" : locale[state === "ready" ? "online" : state];

/**
 * @slot header - In place of the whole header.
 * @slot avatar-assistant - In place of the mark.
 * @slot header-actions - Before the buttons.
 */
export function header(host: PanelHost): TemplateResult {
  const { chat, locale, session } = host;
  const { connection, turns } = session.state;
  const state = connectionText(connection, locale);
  const heading = chat.heading || locale.heading;
  return html`<slot name="header">
    <div class="header" part="header">
      <slot name="avatar-assistant">
        <span class="avatar" part="avatar">${icon("spark")}</span>
      </slot>
      <div class="titles">
        <h2 class="title" part="title">${heading}</h2>
        <p class="subtitle" part="status">
          ${
            state &&
            html`<span
              class="dot"
              data-state=${connection}
              role="img"
              aria-label=${state}
              title=${state}
            ></span>`
          }
          ${
            chat.subheading ||
            (connection === "ready" || connection === "connecting" ? state : "")
          }
        </p>
      </div>
      <div class="header-actions" part="header-actions">
        <slot name="header-actions"></slot>
        ${
          turns.length > 0 && !chat.disabled
            ? iconButton("compose", locale.newConversation, () =>
                host.newConversation(),
              )
            : nothing
        }
        ${
          chat.mode === "inline"
            ? nothing
            : iconButton("close", locale.closeChat, () => chat.hide())
        }
      </div>
    </div>
  </slot>`;
}
