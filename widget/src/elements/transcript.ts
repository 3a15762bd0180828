import { html, nothing, type TemplateResult } from "lit/html.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import type { ChatState } from "../chat/model.ts";
import type { Locale } from "../locales/locale.ts";
import { icon } from "./icon.ts";
import { turnTemplate, type TurnActions } from "./message.ts";
import { timeStep } from "./time.ts";

export interface TranscriptProps {
  readonly state: ChatState;
  readonly locale: Locale;
  readonly greeting: string;
  readonly starters: readonly string[];
  readonly disabled: boolean;
  readonly now: number;
  readonly editing: string | undefined;
  readonly commenting: string | undefined;
  readonly copied: string | undefined;
  readonly actions: TurnActions;
}

export interface TranscriptCallbacks {
  readonly loadOlder: () => void;
  readonly requestRender: () => void;
}

/** How far from the end a visitor may be and still be following it, in pixels. */
const AT_END = 48;

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
  #following = true;
  #unseen = 0;
  #firstTurn?: string;
  #anchor?: { readonly element: Element; readonly top: number };

  constructor(callbacks: TranscriptCallbacks) {
    this.#callbacks = callbacks;
  }

  /** Finds its elements, once they are rendered in `root`. */
  attach(root: HTMLElement): void {
    if (this.#scroller) return;
    this.#scroller = root.querySelector<HTMLElement>(".transcript")!;
    this.#resized.observe(this.#scroller);
    this.#resized.observe(root.querySelector(".turns")!);
  }

  /** Goes to the end and stays there. */
  follow(): void {
    this.#following = true;
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

  /** To be called before the template is rendered, with the first turn that it will show. */
  beforeRender(firstTurn: string | undefined): void {
    this.#anchor = undefined;
    if (firstTurn === this.#firstTurn) return;
    const element = this.#scroller?.querySelector(".turn");
    if (element && !this.#following)
      this.#anchor = { element, top: element.getBoundingClientRect().top };
    this.#firstTurn = firstTurn;
  }

  /** To be called after the template was rendered. */
  afterRender(): void {
    if (this.#anchor?.element.isConnected) {
      const { element, top } = this.#anchor;
      this.#scroller!.scrollTop += element.getBoundingClientRect().top - top;
    }
    this.#keepPlace();
    this.#loadOlder();
  }

  #keepPlace(): void {
    const scroller = this.#scroller;
    if (scroller && this.#following) scroller.scrollTop = scroller.scrollHeight;
  }

  #handleScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller!;
    const following = scrollHeight - scrollTop - clientHeight < AT_END;
    if (following !== this.#following) {
      this.#following = following;
      if (following) this.#unseen = 0;
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
    const last = turns.at(-1);
    const ready =
      !props.disabled && !["submitted", "streaming"].includes(state.status);
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
            <div class="starters">
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
        <div class="turns">
          ${repeat(
            turns,
            ({ turnId }) => turnId,
            (turn) => {
              const own = {
                last: turn === last,
                ready: turn === last && ready,
                editing: props.editing === turn.turnId,
                commenting: props.commenting === turn.turnId,
                copied: props.copied === turn.turnId,
              };
              return guard(
                [
                  turn,
                  locale,
                  timeStep(turn.createdAt, props.now),
                  ...Object.values(own),
                ],
                () =>
                  turnTemplate({
                    turn,
                    locale,
                    now: props.now,
                    actions,
                    ...own,
                  }),
              );
            },
          )}
        </div>
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
