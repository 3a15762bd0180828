/** Screens on which an open chat takes all the room; the style sheet of the shell has the same condition. */
const SMALL = "(max-width: 480px), (max-height: 420px)";

const FOCUSABLE =
  "button:enabled, textarea:enabled, a[href], summary, [tabindex='0']:not(.sentinel)";

/**
 * Follows whether the open panel covers the whole screen, and then keeps it above the on-screen keyboard and the focus
 * inside it. What covers a page must not let the focus wander off under it.
 */
export class Covering {
  readonly #panel: HTMLElement;
  readonly #changed: () => void;
  readonly #screen = matchMedia(SMALL);
  #watching?: AbortController;

  constructor(panel: HTMLElement, changed: () => void) {
    this.#panel = panel;
    this.#changed = changed;
  }

  /** Whether a panel in this mode covers the screen when it is open. */
  covers(mode: string): boolean {
    return mode === "fullscreen" || (this.#screen.matches && mode !== "inline");
  }

  /** To be called when the panel is shown. */
  start(): void {
    if (this.#watching) return;
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    this.#screen.addEventListener("change", this.#changed, { signal });
    for (const type of ["resize", "scroll"])
      window.visualViewport?.addEventListener(type, this.#fit, { signal });
    this.#fit();
  }

  /** To be called when it is hidden. */
  stop(): void {
    this.#watching?.abort();
    this.#watching = undefined;
  }

  /** The layout keeps its height under an on-screen keyboard; only the visual viewport says how much of it is seen. */
  #fit = (): void => {
    const viewport = window.visualViewport;
    // A page that is zoomed in by two fingers is looked at, not typed in.
    if (!viewport || viewport.scale > 1.01) return;
    const { style } = this.#panel;
    style.setProperty("--_keyboard-top", `${viewport.offsetTop}px`);
    style.setProperty("--_keyboard-height", `${viewport.height}px`);
  };

  /** Brings the focus back that has reached one of the two ends of the panel. */
  readonly wrapFocus = (event: FocusEvent): void => {
    const inside = [
      ...this.#panel.querySelectorAll<HTMLElement>(FOCUSABLE),
    ].filter((element) => element.checkVisibility?.() ?? true);
    const from = event.relatedTarget as Element | null;
    const backwards =
      event.target === this.#panel.querySelector(".sentinel") &&
      from !== null &&
      this.#panel.contains(from);
    inside.at(backwards ? -1 : 0)?.focus();
  };
}
