import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Locale } from "../locales/locale.ts";
import { icon } from "./icon.ts";

export interface ComposerProps {
  readonly locale: Locale;
  readonly placeholder: string;
  readonly disabled: boolean;
  /** An answer is being written: there is something to stop, and nothing can be sent. */
  readonly running: boolean;
  readonly maxLength: number;
}

export interface ComposerCallbacks {
  /** Whether the question was taken; if so the composer is emptied. */
  readonly submit: (text: string) => boolean;
  readonly stop: () => void;
  /** The last question, to be put into the empty composer. */
  readonly recall: () => string | undefined;
  /** The visitor begins to use the composer. */
  readonly engage: () => void;
  readonly requestRender: () => void;
}

/** How near to the limit the number of characters left is shown. */
const COUNT_FROM = 0.8;

/** Where Enter breaks the line: on-screen keyboards have no Shift+Enter. */
const touchOnly = (): boolean =>
  matchMedia("(pointer: coarse) and (hover: none)").matches;

/** The field in which a question is written. The text field itself holds the draft. */
export class Composer {
  readonly #callbacks: ComposerCallbacks;
  #input?: HTMLTextAreaElement;
  #draft = "";
  #props?: ComposerProps;

  constructor(callbacks: ComposerCallbacks) {
    this.#callbacks = callbacks;
  }

  /** Finds its field, once it is rendered in `root`. */
  attach(root: HTMLElement): void {
    if (this.#input) return;
    this.#input = root.querySelector<HTMLTextAreaElement>(".input")!;
    if (this.#draft !== "") this.setDraft(this.#draft);
  }

  get draft(): string {
    return this.#draft;
  }

  setDraft(draft: string): void {
    this.#draft = draft;
    if (this.#input) {
      this.#input.value = draft;
      this.#fit();
    }
    this.#callbacks.requestRender();
  }

  focus(): void {
    this.#input?.focus({ preventScroll: true });
  }

  /** Takes the focus of something that has done its work, but brings up no on-screen keyboard. */
  rest(): void {
    if (!touchOnly()) this.focus();
  }

  /** Sends the draft, if there is one that may be sent. */
  submit(): void {
    const props = this.#props;
    if (!props || !this.#isSendable(props)) return;
    if (this.#callbacks.submit(this.#draft)) this.setDraft("");
  }

  #isSendable({ disabled, running, maxLength }: ComposerProps): boolean {
    const { length } = this.#draft;
    const written = this.#draft.trim() !== "";
    return !disabled && !running && written && length <= maxLength;
  }

  /** As high as its text, up to the limit of the style sheet. */
  #fit(): void {
    const input = this.#input!;
    input.style.height = "auto";
    // An empty field keeps the height of the style sheet, also before it is laid out.
    input.style.height = this.#draft === "" ? "" : `${input.scrollHeight}px`;
  }

  #handleInput = (): void => {
    this.#draft = this.#input!.value;
    this.#fit();
    this.#callbacks.engage();
    this.#callbacks.requestRender();
  };

  #handleKeydown = (event: KeyboardEvent): void => {
    // 229: Safari ends a composition before its last keydown.
    if (event.isComposing || event.keyCode === 229) return;
    this.#callbacks.engage();
    if (event.key === "Enter" && !event.shiftKey && !touchOnly()) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && this.#draft === "") {
      const last = this.#callbacks.recall();
      if (last === undefined) return;
      event.preventDefault();
      this.setDraft(last);
    }
  };

  #handleSend = (): void => {
    this.submit();
    this.rest();
  };

  template(props: ComposerProps): TemplateResult {
    this.#props = props;
    const { locale, maxLength, running } = props;
    const name = running ? locale.stop : locale.send;
    const left = maxLength - this.#draft.length;
    const counted = this.#draft.length >= maxLength * COUNT_FROM;
    return html`<div class="field" part="composer">
        <textarea
          class="input"
          part="input"
          rows="1"
          dir=${this.#draft === "" ? locale.dir : "auto"}
          enterkeyhint=${touchOnly() ? "enter" : "send"}
          aria-label=${locale.question}
          aria-describedby=${counted ? "count" : nothing}
          aria-invalid=${left < 0 ? "true" : nothing}
          placeholder=${props.placeholder}
          ?disabled=${props.disabled}
          @input=${this.#handleInput}
          @keydown=${this.#handleKeydown}
          @focus=${this.#callbacks.engage}
        ></textarea>
        <button
          class="send"
          part=${running ? "stop" : "send"}
          type="button"
          aria-label=${name}
          title=${name}
          aria-disabled=${!running && !this.#isSendable(props)}
          @click=${running ? this.#handleStop : this.#handleSend}
        >
          ${icon(running ? "stop" : "send")}
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

  #handleStop = (): void => {
    this.#callbacks.stop();
    this.rest();
  };
}
