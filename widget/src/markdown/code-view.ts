import type { Block } from "./block.ts";
import type { BlockView } from "./block-views.ts";
import type { Context } from "./context.ts";
import { loadAgain } from "../load-again.ts";
import { make } from "./make.ts";
import { continues, setAttributes } from "./patch.ts";
import { withoutOverrides, withVisibleOverrides } from "./urls.ts";

/** How a fence language is shown: a Lit template, a DOM node or text; undefined leaves it as code. */
export type CodeRenderer = (code: string, language: string) => unknown;

export interface CodeOptions {
  /** Called once for a finished block of the language that it is named after. */
  readonly renderers: Readonly<Record<string, CodeRenderer>>;
  /** Shows what a renderer gave when it is neither a node nor text. */
  readonly renderTemplate: (template: unknown, container: HTMLElement) => void;
  /** Colours the text in the element of a finished block, or leaves it when the language is not known. */
  readonly colour?:
    ((element: HTMLElement, language: string) => Promise<void>) | undefined;
  /** Told of what went wrong in a renderer, the highlighter or the clipboard. */
  readonly onError: (error: unknown) => void;
}

/** A language's name is a label and a class, not a place for a novel. */
const languageName = /^\S{0,64}/;

/** A text node that is longer takes no more: adding to it gets slow. */
const TEXT_LENGTH = 4_096;

/** Loads the highlighter when the first block of code is complete. */
const loadColour = async (element: HTMLElement, language: string) => {
  const { colourCode } = await loadAgain(() => import("./colour.ts"));
  colourCode(element, language);
};

/** The code so far; blank lines after an indented block do not belong to it. */
function codeOf({ fence, text }: Block): string {
  if (fence !== "") return text;
  const end = text.indexOf("\n", text.trimEnd().length);
  return end < 0 ? text : text.slice(0, end + 1);
}

/** A code block with its language, a button that copies it and a scrolling text. */
export class CodeView implements BlockView {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #label: HTMLElement;
  readonly #pre: HTMLElement;
  readonly #code: HTMLElement;
  #text = "";
  /** The text node that the code's end is in. */
  #last: Text | undefined;
  #language: string | undefined;
  #finished = false;

  constructor(context: Context) {
    const { document } = context;
    this.#context = context;
    this.#code = make(document, "code");
    this.#label = make(document, "span", { class: "code-language" });
    this.#pre = make(
      document,
      "pre",
      { tabindex: "0", role: "group", dir: "ltr" },
      this.#code,
    );
    this.element = make(
      document,
      "div",
      { class: "code", part: "code" },
      make(
        document,
        "div",
        { class: "code-header" },
        this.#label,
        this.#makeCopyButton(),
      ),
      this.#pre,
    );
  }

  settle(block: Block): void {
    if (block.open || this.#finished) return;
    this.draw(block);
    this.#finished = true;
    const language = this.#language;
    if (!language) return;
    const code = withVisibleOverrides(codeOf(block));
    const shown = this.#context.extras?.renderCustom(
      this.#context,
      code,
      language,
    );
    if (shown) {
      this.element.replaceChildren(shown);
      return;
    }
    const { colour = loadColour, onError } = this.#context.options;
    colour(this.#code, language).catch(onError);
  }

  draw(block: Block): void {
    if (this.#finished) return;
    const info = this.#context.reader.unescape(block.info.trim());
    this.#showLanguage(languageName.exec(withoutOverrides(info))![0]);
    const code = codeOf(block);
    // The last line's end comes when it is certain, so that text is only ever added.
    const ends = !block.open || !code.endsWith("\n");
    this.#showCode(ends ? code : code.slice(0, -1));
  }

  #showCode(text: string): void {
    if (!continues(text, this.#text)) {
      this.#code.replaceChildren();
      this.#last = undefined;
      this.#text = "";
    }
    const added = withVisibleOverrides(text.slice(this.#text.length));
    this.#text = text;
    if (added === "") return;
    if (this.#last && this.#last.length < TEXT_LENGTH)
      this.#last.appendData(added);
    else {
      this.#last = this.#context.document.createTextNode(added);
      this.#code.appendChild(this.#last);
    }
  }

  #showLanguage(language: string): void {
    if (language === this.#language) return;
    this.#language = language;
    const { strings } = this.#context.options;
    this.#label.textContent = language;
    this.#pre.setAttribute("aria-label", strings.code(language));
    setAttributes(this.#code, {
      ...(language && { class: `language-${language}` }),
    });
  }

  #makeCopyButton(): HTMLElement {
    const { document, options } = this.#context;
    const { strings, onError } = options;
    const attributes = { type: "button", part: "copy-code" };
    const button = make(document, "button", attributes);
    const reset = () => {
      button.textContent = strings.copyCode;
    };
    reset();
    button.onblur = button.onpointerleave = reset;
    button.onclick = async () => {
      try {
        await navigator.clipboard.writeText(this.#code.textContent);
        button.textContent = strings.copied;
      } catch (error) {
        onError(error);
      }
    };
    return button;
  }
}
