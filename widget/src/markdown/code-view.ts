import type { Block } from "./block.ts";
import type { BlockContext, BlockView } from "./block-views.ts";
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
  readonly colour: (element: HTMLElement, language: string) => Promise<void>;
  /** Puts code on the clipboard. */
  readonly copy: (code: string) => Promise<void>;
  /** Told of what went wrong in a renderer, the highlighter or the clipboard. */
  readonly onError: (error: unknown) => void;
}

/** A language's name is a label and a class, not a place for a novel. */
const MAX_LANGUAGE = 64;

/** Where an indented block's text ends: blank lines after it do not belong to it. */
function endOfIndented(content: string): number {
  let end = content.length;
  for (;;) {
    const line = content.lastIndexOf("\n", end - 2) + 1;
    if (line === 0 || /[^ \t\n]/.test(content.slice(line, end))) return end;
    end = line;
  }
}

/** The language that stands behind a fence. */
function languageOf({ info }: Block, unescape: (text: string) => string) {
  const label = withoutOverrides(unescape(info.trim()));
  return label.slice(0, MAX_LANGUAGE).split(/\s/)[0]!;
}

/** The code so far. */
const codeOf = ({ fence, text }: Block): string =>
  fence === "" ? text.slice(0, endOfIndented(text)) : text;

/** A code block with its language, a button that copies it and a scrolling text. */
export class CodeView implements BlockView {
  readonly element: HTMLElement;
  readonly #context: BlockContext;
  readonly #label: HTMLElement;
  readonly #pre: HTMLElement;
  readonly #text: CodeText;
  #language: string | undefined;
  #finished = false;

  constructor(context: BlockContext) {
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
    if (this.#renderCustom(code, language)) return;
    const { colour, onError } = this.#context.code;
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
    const { strings } = this.#context;
    this.#label.textContent = language;
    this.#pre.setAttribute("aria-label", strings.code(language));
    if (language)
      this.#text.element.setAttribute("class", `language-${language}`);
    else this.#text.element.removeAttribute("class");
  }

  #makeCopyButton(): HTMLElement {
    const { document, strings, code } = this.#context;
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
      code
        .copy(this.#text.element.textContent ?? "")
        .then(() => label(strings.copied), code.onError);
    });
    return button;
  }

  /** Lets the page's own renderer show the block; whether it did. */
  #renderCustom(code: string, language: string): boolean {
    const { renderers, renderTemplate, onError } = this.#context.code;
    if (!Object.hasOwn(renderers, language)) return false;
    const { document } = this.#context;
    const container = make(document, "div", { class: "rendered" });
    try {
      const shown = renderers[language]!(code, language);
      if (shown === undefined || shown === null) return false;
      if (typeof shown === "string")
        container.appendChild(document.createTextNode(shown));
      else if (typeof shown === "object" && "nodeType" in shown)
        container.appendChild(shown as Node);
      else renderTemplate(shown, container);
    } catch (error) {
      // The page's mistake; the code itself is still worth showing.
      onError(error);
      return false;
    }
    this.element.replaceChildren(container);
    return true;
  }
}
