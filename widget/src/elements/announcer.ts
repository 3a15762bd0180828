import { html, type TemplateResult } from "lit/html.js";

/**
 * What screen readers are told. The transcript itself is silent, or every token would be read: one polite region says
 * that an answer began and then the finished answer, one assertive region says errors. Both are there, and empty, before
 * anything is said, or the first sentence would be missed.
 */
export class Announcer {
  #polite?: HTMLElement;
  #assertive?: HTMLElement;

  /** Finds its regions, once they are rendered in `root`. */
  attach(root: HTMLElement): void {
    this.#polite ??= root.querySelector<HTMLElement>("[role=status]")!;
    this.#assertive ??= root.querySelector<HTMLElement>("[role=alert]")!;
  }

  /** Said when the screen reader has nothing more urgent to say. */
  say(text: string): void {
    write(this.#polite, text);
  }

  /** Said at once. What was said before no longer holds: nobody shall find it still there. */
  alert(text: string): void {
    this.#polite?.replaceChildren();
    write(this.#assertive, text);
  }

  readonly template: TemplateResult = html`<div
      class="hidden"
      role="status"
      aria-live="polite"
    ></div>
    <div class="hidden" role="alert" aria-live="assertive"></div>`;
}

function write(region: HTMLElement | undefined, text: string): void {
  if (!region) return;
  // The same sentence twice is no change, and would not be said again.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}
