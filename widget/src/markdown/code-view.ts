import type { Block } from "./block.ts";
import type { BlockView } from "./block-views.ts";
import type { Context } from "./context.ts";
import { CodeText } from "./code-text.ts";
import { make } from "./make.ts";
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
const MAX_LANGUAGE = 64;

/** Loads the highlighter when the first block of code is complete. */
const loadColour = async (element: HTMLElement, language: string) => {
  const { colourCode } = await import("./colour.ts");
  colourCode(element, language);
};

/** The language that stands behind a fence. */
function languageOf({ info }: Block, unescape: (text: string) => string) {
  const label = withoutOverrides(unescape(info.trim()));
  return label.slice(0, MAX_LANGUAGE).split(/\s/)[0]!;
}

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
  readonly #text: CodeText;
  #language: string | undefined;
  #finished = false;

  constructor(context: Context) {
    const { document } = context;
    this.#context = context;
    const code = make(document, "code");
    this.#text = new CodeText(code);
    this.#label = make(document, "span", { class: "code-language" });
    this.#pre = make(
      document,
      "pre",
      { tabindex: "0", role: "group", dir: "ltr" },
      code,
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
    this.#showLanguage("");
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
    colour(this.#text.element, language).catch(onError);
  }

  draw(block: Block): void {
    if (this.#finished) return;
    const { reader } = this.#context;
    this.#showLanguage(languageOf(block, (text) => reader.unescape(text)));
    const code = codeOf(block);
    // The last line's end comes when it is certain, so that text is only ever added.
    const ends = !block.open || !code.endsWith("\n");
    this.#text.update(ends ? code : code.slice(0, -1));
  }

  #showLanguage(language: string): void {
    if (language === this.#language) return;
    this.#language = language;
    const { strings } = this.#context.options;
    this.#label.textContent = language;
    this.#pre.setAttribute("aria-label", strings.code(language));
    if (language)
      this.#text.element.setAttribute("class", `language-${language}`);
    else this.#text.element.removeAttribute("class");
  }

  #makeCopyButton(): HTMLElement {
    const { document, options } = this.#context;
    const { strings, onError } = options;
    const button = make(document, "button", {
      type: "button",
      part: "copy-code",
    });
    const label = (text: string) => {
      button.textContent = text;
    };
    label(strings.copyCode);
    const reset = () => label(strings.copyCode);
    button.addEventListener("pointerleave", reset);
    button.addEventListener("blur", reset);
    button.addEventListener("click", () => {
      navigator.clipboard
        .writeText(this.#text.element.textContent)
        .then(() => label(strings.copied), onError);
    });
    return button;
  }
}
