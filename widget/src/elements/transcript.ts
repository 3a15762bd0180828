import { html, nothing, type TemplateResult } from "lit/html.js";
import { textButton } from "./button.ts";
import { icon } from "./icon.ts";
import type { PanelHost } from "./panel-host.ts";
import type { TurnDesk } from "./turn-desk.ts";
import { TurnList } from "./turn-list.ts";

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
  readonly #host: PanelHost;
  readonly #desk: TurnDesk;
  readonly #turns: TurnList;
  #following = true;
  /** Where the visitor was last seen, or brought to. */
  #top = 0;
  /** The turn at the upper edge: what somebody reads who does not follow the end. */
  #read?: Element | null;
  /** Where it is to stay. */
  #place = 0;
  #unseen = 0;

  constructor(host: PanelHost, desk: TurnDesk) {
    this.#host = host;
    this.#desk = desk;
    this.#turns = new TurnList(host);
  }

  get #scroller(): HTMLElement {
    return this.#host.find("[part=transcript]");
  }

  /** Goes to the end and stays there. */
  follow(): void {
    this.#following = true;
    this.#top = 0;
    this.#unseen = 0;
    this.#keepPlace();
    this.#host.requestRender();
  }

  /** An answer has ended; counted when the visitor is elsewhere. */
  countAnswer(): void {
    if (!this.#following) this.#unseen++;
  }

  /** The rendered text of an answer, as it is read to somebody who does not see it. */
  answerText(turnId: string): string {
    const answer = this.#turns.find(turnId);
    return answer ? readable(answer).trim() : "";
  }

  /** Once the template is rendered for the first time. */
  begin(): void {
    const resized = new ResizeObserver(() => this.#keepPlace());
    resized.observe(this.#scroller);
    resized.observe(this.#turns.element);
  }

  /** Draws the turns, after the template was rendered. */
  update(): void {
    this.#turns.update(this.#desk);
    this.#keepPlace();
    this.#loadOlder();
  }

  /** Pixels from the end. */
  #distance(): number {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** Notes what is at the upper edge. */
  #mark(): void {
    const { left, top, width } = this.#scroller.getBoundingClientRect();
    this.#read = (this.#scroller.getRootNode() as ShadowRoot)
      .elementFromPoint(left + width / 2, top + 1)
      ?.closest(".turn");
    this.#place = this.#offset();
  }

  /** Where that is now, or not a number. */
  #offset(): number {
    const read = this.#read;
    return read?.isConnected
      ? read.getBoundingClientRect().top -
          this.#scroller.getBoundingClientRect().top
      : NaN;
  }

  #keepPlace(): void {
    const scroller = this.#scroller;
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
    const { scrollTop } = this.#scroller;
    const following = this.#distance() < (scrollTop < this.#top ? 1 : NEAR_END);
    this.#top = scrollTop;
    if (following) this.#unseen = 0;
    else this.#mark();
    if (following !== this.#following) {
      this.#following = following;
      this.#host.requestRender();
    }
    this.#loadOlder();
  };

  #loadOlder(): void {
    const { scrollTop, clientHeight } = this.#scroller;
    const { session } = this.#host;
    if (scrollTop < clientHeight / 2 && session.state.connection === "ready")
      session.loadOlder();
  }

  #handleJump = (): void => {
    this.follow();
    this.#scroller.focus({ preventScroll: true });
  };

  get template(): TemplateResult {
    const { chat, locale, session } = this.#host;
    const { turns, history } = session.state;
    const greeting = chat.greeting || locale.greeting;
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
        <div class="older" ?hidden=${!history.loading}>
          ${locale.loadingOlder}
        </div>
        <div class="empty" ?hidden=${turns.length > 0 || history.loading}>
          <slot name="empty">
            <p class="greeting" dir="auto">${greeting}</p>
          </slot>
          <slot name="starters">
            <div class="starters" role="group" aria-label=${locale.starters}>
              ${chat.starters.map(
                (starter) =>
                  html`<button
                    class="starter"
                    part="starter"
                    type="button"
                    dir="auto"
                    ?disabled=${chat.disabled}
                    @click=${() => this.#desk.send(starter)}
                  >
                    ${starter}
                  </button>`,
              )}
            </div>
          </slot>
        </div>
        ${this.#turns.element}
      </div>
      ${
        this.#following || turns.length === 0
          ? nothing
          : textButton(
              html`${icon("down")}
              ${
                this.#unseen > 0
                  ? locale.newAnswers(this.#unseen)
                  : locale.jumpToLatest
              }`,
              this.#handleJump,
              "jump",
            )
      }
    </div>`;
  }
}

/** The text under `node` without its buttons, one line a block. */
function readable(node: Node): string {
  if (node instanceof Text) return node.data;
  if (!(node instanceof HTMLElement) || node.localName === "button") return "";
  const inside = Array.from(node.childNodes, readable).join("");
  return getComputedStyle(node).display.startsWith("inline")
    ? inside
    : `${inside.trimEnd()}\n`;
}
