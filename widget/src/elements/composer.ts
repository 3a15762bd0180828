import { html, nothing, type TemplateResult } from "lit/html.js";
import { icon } from "./icon.ts";
import type { PanelHost } from "./panel-host.ts";

/** How near to the limit the number of characters left is shown. */
const COUNT_FROM = 0.8;

/** Where Enter breaks the line: on-screen keyboards have no Shift+Enter. */
const touchOnly = (): boolean =>
  matchMedia("(pointer: coarse) and (hover: none)").matches;

/** The field in which a question is written. */
export class Composer {
  readonly #host: PanelHost;
  #input!: HTMLTextAreaElement;
  #draft = "";

  constructor(host: PanelHost) {
    this.#host = host;
  }

  /** Once the template is rendered for the first time. Later a page may have drawn something like it in an answer. */
  begin(): void {
    this.#input = this.#host.find("[part=input]");
  }

  get #maxLength(): number {
    const { chat, session } = this.#host;
    const { maxTextLength } = session.state.limits;
    return Math.min(chat.maxLength ?? Infinity, maxTextLength);
  }

  get #isSendable(): boolean {
    const { chat, running } = this.#host;
    const fits = this.#draft.length <= this.#maxLength;
    return !chat.disabled && !running && fits && this.#draft.trim() !== "";
  }

  setDraft(draft: string): void {
    this.#input.value = draft;
    this.#change();
  }

  focus(): void {
    this.#input.focus({ preventScroll: true });
  }

  /** Takes the focus of something that has done its work, but brings up no on-screen keyboard. */
  rest(): void {
    if (!touchOnly()) this.focus();
  }

  /** Follows its field, which is as high as its text, up to the limit of the style sheet. */
  #change(): void {
    const input = this.#input;
    this.#draft = input.value;
    input.style.height = "auto";
    // An empty field keeps the height of the style sheet, also before it is laid out.
    input.style.height = this.#draft && `${input.scrollHeight}px`;
    this.#host.requestRender();
  }

  /** Sends the draft, if there is one that may be sent. */
  #submit(): void {
    if (this.#isSendable && this.#host.send(this.#draft)) this.setDraft("");
  }

  #handleInput = (): void => {
    this.#host.engage();
    this.#change();
  };

  #handleKeydown = (event: KeyboardEvent): void => {
    // 229: Safari ends a composition before its last keydown.
    if (event.isComposing || event.keyCode === 229) return;
    this.#host.engage();
    if (event.key === "Enter" && !event.shiftKey && !touchOnly()) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "ArrowUp" && !this.#draft) {
      const last = this.#host.session.state.turns.at(-1);
      if (!last) return;
      event.preventDefault();
      this.setDraft(last.text);
    }
  };

  get template(): TemplateResult {
    const { chat, locale, running, session, engage } = this.#host;
    const action = running ? "stop" : "send";
    const { length } = this.#draft;
    const left = this.#maxLength - length;
    const counted = length >= this.#maxLength * COUNT_FROM;
    const handleClick = (): void => {
      if (running) session.stop();
      else this.#submit();
      this.rest();
    };
    return html`<div class="field" part="composer">
        <textarea
          class="input"
          part="input"
          rows="1"
          dir=${length ? "auto" : locale.dir}
          enterkeyhint=${touchOnly() ? "enter" : "send"}
          aria-label=${locale.question}
          aria-describedby=${counted ? "count" : nothing}
          aria-invalid=${left < 0 ? "true" : nothing}
          placeholder=${chat.placeholder || locale.placeholder}
          ?disabled=${chat.disabled}
          @input=${this.#handleInput}
          @keydown=${this.#handleKeydown}
          @focus=${engage}
        ></textarea>
        <button
          class="send"
          part=${action}
          type="button"
          aria-label=${locale[action]}
          title=${locale[action]}
          aria-disabled=${!running && !this.#isSendable}
          @click=${handleClick}
        >
          ${icon(action)}
        </button>
      </div>
      <p
        id="count"
        class=${left < 0 ? "count over" : "count"}
        ?hidden=${!counted}
      >
        ${left < 0 ? locale.tooLong(-left) : locale.charactersLeft(left)}
      </p>`;
  }
}
