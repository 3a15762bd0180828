import { html, nothing, type TemplateResult } from "lit/html.js";
import { icon } from "./icon.ts";
import { TurnList, type TurnListProps } from "./turn-list.ts";

export interface TranscriptProps extends TurnListProps {
  readonly greeting: string;
  readonly starters: readonly string[];
}

export interface TranscriptCallbacks {
  readonly loadOlder: () => void;
  readonly requestRender: () => void;
}

/** How far from the end a visitor may be and still be near it, in pixels. */
const NEAR_END = 48;

/**
 * The conversation. It follows its end only while the visitor is there, and keeps still otherwise, also when older turns
 * come in above.
 *
 * @slot empty - In place of the greeting.
 * @slot starters - In place of the questions to begin with.
 */
export class Transcript {
  readonly #callbacks: TranscriptCallbacks;
  readonly #resized = new ResizeObserver(() => this.#keepPlace());
  #scroller?: HTMLElement;
  #turns?: TurnList;
  #following = true;
  /** Where the visitor was last seen, or brought to. */
  #top = 0;
  /** The turn at the upper edge: what somebody reads who does not follow the end. */
  #read?: Element | null;
  /** Where it is to stay. */
  #place = 0;
  #unseen = 0;

  constructor(callbacks: TranscriptCallbacks) {
    this.#callbacks = callbacks;
  }

  /** Finds its elements, once they are rendered in `root`. */
  attach(root: HTMLElement): void {
    if (this.#scroller) return;
    this.#scroller = root.querySelector<HTMLElement>(".transcript")!;
    this.#resized.observe(this.#scroller);
    const turns = root.querySelector<HTMLElement>(".turns")!;
    this.#resized.observe(turns);
    this.#turns = new TurnList(turns);
  }

  /** Goes to the end and stays there. */
  follow(): void {
    this.#following = true;
    this.#top = 0;
    this.#unseen = 0;
    this.#keepPlace();
    this.#callbacks.requestRender();
  }

  /** An answer has ended; counted when the visitor is elsewhere. */
  countAnswer(): void {
    if (!this.#following) this.#unseen++;
  }

  /** The rendered text of an answer, as it is read to somebody who does not see it. */
  answerText(turnId: string): string {
    const bubble = this.#scroller?.querySelector(
      `[data-turn="${CSS.escape(turnId)}"] .assistant .bubble`,
    );
    return bubble ? readable(bubble).trim() : "";
  }

  /** Draws the turns, after the template was rendered. */
  update(props: TurnListProps): void {
    this.#turns!.update(props);
    this.#keepPlace();
    this.#loadOlder();
  }

  /** Pixels from the end. */
  #distance(): number {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller!;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** Notes what is at the upper edge. */
  #mark(): void {
    const { left, top, width } = this.#scroller!.getBoundingClientRect();
    this.#read = (this.#scroller!.getRootNode() as ShadowRoot)
      .elementFromPoint(left + width / 2, top + 1)
      ?.closest(".turn");
    this.#place = this.#offset();
  }

  /** Where that is now, or not a number. */
  #offset(): number {
    const read = this.#read;
    return read?.isConnected
      ? read.getBoundingClientRect().top -
          this.#scroller!.getBoundingClientRect().top
      : NaN;
  }

  #keepPlace(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    if (!this.#following) {
      // Not every browser keeps what is read in its place when what is above changes its height or is drawn at last.
      const moved = this.#offset() - this.#place;
      // Nothing is set that need not be: it would end a scrolling that is under way.
      if (!(Math.abs(moved) >= 1)) return;
      scroller.scrollTop += moved;
    } else {
      // Scrolled up by somebody else, of which the event is still to come.
      if (scroller.scrollTop < this.#top - 1 && this.#distance() > 1) return;
      scroller.scrollTop = scroller.scrollHeight;
    }
    this.#top = scroller.scrollTop;
  }

  /** The first pixel upwards ends the following: an answer that grows must not pull back who begins to scroll. */
  #handleScroll = (): void => {
    const { scrollTop } = this.#scroller!;
    const following = this.#distance() < (scrollTop < this.#top ? 1 : NEAR_END);
    this.#top = scrollTop;
    if (following) this.#unseen = 0;
    else this.#mark();
    if (following !== this.#following) {
      this.#following = following;
      this.#callbacks.requestRender();
    }
    this.#loadOlder();
  };

  #loadOlder(): void {
    const scroller = this.#scroller;
    if (scroller && scroller.scrollTop < scroller.clientHeight / 2)
      this.#callbacks.loadOlder();
  }

  #handleJump = (): void => {
    this.follow();
    this.#scroller!.focus({ preventScroll: true });
  };

  template(props: TranscriptProps): TemplateResult {
    const { state, locale, actions } = props;
    const { turns } = state;
    return html`<div class="transcript-area">
      <div
        class="transcript"
        part="transcript"
        role="log"
        aria-live="off"
        aria-label=${locale.conversation}
        tabindex="0"
        @scroll=${this.#handleScroll}
      >
        <div class="older" ?hidden=${!state.history.loading}>
          ${locale.loadingOlder}
        </div>
        <div class="empty" ?hidden=${turns.length > 0 || state.history.loading}>
          <slot name="empty">
            <p class="greeting" dir="auto">${props.greeting}</p>
          </slot>
          <slot name="starters">
            <div class="starters" role="group" aria-label=${locale.starters}>
              ${props.starters.map(
                (starter) =>
                  html`<button
                    class="starter"
                    part="starter"
                    type="button"
                    dir="auto"
                    ?disabled=${props.disabled}
                    @click=${() => actions.send(starter)}
                  >
                    ${starter}
                  </button>`,
              )}
            </div>
          </slot>
        </div>
        <div class="turns"></div>
      </div>
      ${
        this.#following || turns.length === 0
          ? nothing
          : html`<button
              class="jump"
              part="action"
              type="button"
              @click=${this.#handleJump}
            >
              ${icon("down")}
              ${
                this.#unseen > 0
                  ? locale.newAnswers(this.#unseen)
                  : locale.jumpToLatest
              }
            </button>`
      }
    </div>`;
  }
}

/** The text under `node` without its buttons, one line a block. */
function readable(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? "";
  if (!(node instanceof HTMLElement) || node.localName === "button") return "";
  const inside = Array.from(node.childNodes, readable).join("");
  return getComputedStyle(node).display.startsWith("inline")
    ? inside
    : `${inside.trimEnd()}\n`;
}
