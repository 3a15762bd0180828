import { html, type TemplateResult } from "lit/html.js";
import type { PanelHost } from "./panel-host.ts";

/**
 * What screen readers are told. The transcript itself is silent, or every token would be read: one polite region says
 * that an answer began and then the finished answer, one assertive region says errors. Both are there, and empty, before
 * anything is said, or the first sentence would be missed.
 */
export class Announcer {
  readonly #host: PanelHost;

  constructor(host: PanelHost) {
    this.#host = host;
  }

  /** Said when the screen reader has nothing more urgent to say. */
  say(text: string): void {
    this.#write("status", text);
  }

  /** Said at once. What was said before no longer holds: nobody shall find it still there. */
  alert(text: string): void {
    this.#write("status", "");
    this.#write("alert", text);
  }

  #write(role: string, text: string): void {
    const region = this.#host.find(`.hidden[role=${role}]`);
    // The same sentence twice is no change, and would not be said again.
    region.textContent =
      text && region.textContent === text ? `${text}\u00a0` : text;
  }

  readonly template: TemplateResult = html`<div
      class="hidden"
      role="status"
      aria-live="polite"
    ></div>
    <div class="hidden" role="alert" aria-live="assertive"></div>`;
}
