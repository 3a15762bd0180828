/** Screens on which an open chat takes all the room; the style sheet of the shell has the same condition. */
const SMALL = "(max-width: 480px), (max-height: 420px)";

/**
 * Follows whether the open panel covers the whole screen, and then keeps it above the on-screen keyboard and the focus
 * inside it. What covers a page must not let the focus wander off under it.
 */
export class Covering {
  readonly #panel: HTMLElement;
  readonly #changed: () => void;
  readonly #screen = matchMedia(SMALL);

  constructor(panel: HTMLElement, changed: () => void) {
    this.#panel = panel;
    this.#changed = changed;
  }

  /** Whether a panel in this mode covers the screen when it is open. */
  covers(mode: string): boolean {
    return mode === "fullscreen" || (this.#screen.matches && mode !== "inline");
  }

  /** Follows the screen, or lets go of it: nothing that is not seen may be kept alive by it. */
  watch(shown: boolean): void {
    const change = shown ? "addEventListener" : "removeEventListener";
    this.#screen[change]("change", this.#changed);
    for (const type of ["resize", "scroll"])
      visualViewport?.[change](type, this.#fit);
    if (shown) this.#fit();
  }

  /** The layout keeps its height under an on-screen keyboard; only the visual viewport says how much of it is seen. */
  #fit = (): void => {
    // A page that is zoomed in by two fingers is looked at, not typed in.
    if (!visualViewport || visualViewport.scale > 1.01) return;
    const { offsetTop, height } = visualViewport;
    const { style } = this.#panel;
    style.setProperty("--_keyboard-top", `${offsetTop}px`);
    style.setProperty("--_keyboard-height", `${height}px`);
  };

  /** Brings the focus back that has reached one of the two ends of the panel. */
  readonly wrapFocus = ({ target, relatedTarget }: FocusEvent): void => {
    const panel = this.#panel;
    const inside = [...panel.querySelectorAll<HTMLElement>(":not(.sentinel)")];
    const backwards =
      target === panel.querySelector(".sentinel") &&
      panel.contains(relatedTarget as Element | null);
    // What cannot have the focus does not take it.
    for (const element of backwards ? inside.reverse() : inside) {
      element.focus();
      if (element.matches(":focus")) return;
    }
  };
}
