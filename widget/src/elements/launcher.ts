import type { LauncherTexts } from "../locales/locale.ts";
import { iconNode } from "./launcher-icons.ts";

/**
 * The button that opens the chat: all that a page shows before. It does without Lit, which comes with the panel.
 *
 * @slot launcher-icon - In place of the speech bubble.
 * @csspart launcher
 * @csspart launcher-icon
 * @csspart badge - The number of unread answers.
 */
export class Launcher {
  readonly element = document.createElement("button");
  readonly #badge = document.createElement("span");

  constructor(handleClick: () => void) {
    const icon = document.createElement("span");
    icon.className = "launcher-icon";
    icon.setAttribute("part", "launcher-icon");
    icon.append(iconNode("chat"));
    const slot = document.createElement("slot");
    slot.name = "launcher-icon";
    slot.append(icon);
    const close = document.createElement("span");
    close.className = "launcher-close";
    close.append(iconNode("down"));
    this.#badge.className = "badge";
    this.#badge.setAttribute("part", "badge");
    this.#badge.setAttribute("aria-hidden", "true"); // The button's name has the number.
    const { element } = this;
    element.type = "button";
    element.className = "launcher";
    element.setAttribute("part", "launcher");
    element.setAttribute("aria-haspopup", "dialog");
    element.setAttribute("aria-controls", "panel");
    element.append(slot, close, this.#badge);
    element.addEventListener("click", handleClick);
  }

  update(texts: LauncherTexts, expanded: boolean, unread: number): void {
    const name = expanded ? texts.closeChat : texts.openChat;
    const { element } = this;
    element.setAttribute("aria-expanded", String(expanded));
    element.setAttribute(
      "aria-label",
      unread > 0 ? `${name}, ${texts.unread(unread)}` : name,
    );
    this.#badge.hidden = unread === 0;
    this.#badge.textContent = unread > 9 ? "9+" : String(unread);
  }
}
