import type { PageContext } from "../protocol.ts";
import type { PageTool } from "../chat/page-tools.ts";
import type { ChatStatus, ChatTurn, ConnectionState } from "../chat/model.ts";
import type { TransportFactory } from "../transport/transport.ts";
import {
  ChatErrorEvent,
  ChatHideEvent,
  ChatShowEvent,
  ChatUnreadEvent,
} from "../events.ts";
import { enLauncher } from "../locales/en-launcher.ts";
import { loadLocale } from "../locales/load-locale.ts";
import type { LauncherTexts, Strings } from "../locales/locale.ts";
import type { CodeRenderer } from "../markdown/code-view.ts";
import { loadAgain } from "../load-again.ts";
import { logError } from "../log.ts";
import { hasStored } from "../storage.ts";
import {
  attribute,
  attributeNames,
  checkAttribute,
  flag,
  oneOf,
  positiveInteger,
  property,
  socketUrl,
  text,
} from "./attributes.ts";
import { styleSheet } from "./css.ts";
import type { ExportedTranscript } from "./export-transcript.ts";
import { Launcher } from "./launcher.ts";
import type { ChatPanel } from "./panel.ts";
import { shellStyles } from "./shell.styles.ts";

/** A document without elements (a server that renders pages) can import this module, but not use the class. */
const ElementBase =
  globalThis.HTMLElement ?? (class {} as typeof globalThis.HTMLElement);

let shellSheet: CSSStyleSheet | undefined;

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];

/**
 * A chat with an Amazon Bedrock model. Until it is opened it is a button: the panel, the session and everything heavy
 * are loaded when the chat is first shown, and no socket is opened before the visitor (or the page) begins.
 *
 * @fires chat-ready chat-show chat-hide chat-before-send chat-send chat-response-start chat-response-delta
 * @fires chat-response-end chat-stop chat-error chat-connection chat-feedback chat-tool-call chat-unread chat-conversation-change
 */
export class BedrockChat extends ElementBase {
  /** Registers the element, by default as `<bedrock-chat>`; a second time does nothing. */
  static define(
    tag = "bedrock-chat",
    registry: CustomElementRegistry | undefined = globalThis.customElements,
  ): void {
    if (registry && !registry.get(tag)) registry.define(tag, this);
  }

  static get observedAttributes(): string[] {
    return [...attributeNames(), "lang", "nonce"];
  }

  /** The WebSocket address of the backend, `wss://…`. The one attribute that is required. */
  @attribute(socketUrl) endpoint!: string;
  /** Asks for a model of the server's list by its id. The server decides. */
  @attribute(text) model!: string;
  /** Continues this conversation instead of the visitor's last one. */
  @attribute(text) conversationId!: string;
  /** Keeps the chats of different users of one browser apart. Never sent. */
  @attribute(text) userId!: string;

  /** Where the chat is: behind a launcher, in the page, at the side, or all over. */
  @attribute(oneOf("bubble", "inline", "sidebar", "fullscreen")) mode!:
    "bubble" | "inline" | "sidebar" | "fullscreen";
  /** The corner of the launcher and the bubble, or the edge of the sidebar. */
  @attribute(oneOf("bottom-end", "bottom-start")) position!:
    "bottom-end" | "bottom-start";
  /** Whether the panel is shown. Always so when `mode` is `inline`. */
  @attribute(flag) open!: boolean;
  /** Light, dark, or what the visitor's system prefers. */
  @attribute(oneOf("auto", "light", "dark")) theme!: "auto" | "light" | "dark";
  /** The title. */
  @attribute(text) heading!: string;
  /** A line under the title. */
  @attribute(text) subheading!: string;
  /** What the empty composer says. */
  @attribute(text) placeholder!: string;
  /** What stands in an empty conversation. */
  @attribute(text) greeting!: string;
  /** A line under the composer. */
  @attribute(text) disclaimer!: string;
  /** Where the conversation is remembered: over visits, in this tab, or nowhere. */
  @attribute(oneOf("local", "session", "none")) persist!:
    "local" | "session" | "none";
  /** The longest question in UTF-16 units, if shorter than the server's limit. */
  @attribute(positiveInteger) maxLength!: number | undefined;
  /** No launcher: the page opens the chat by `show()`. */
  @attribute(flag) noLauncher!: boolean;
  /** Opening the chat does not move the focus. */
  @attribute(flag) noAutofocus!: boolean;
  /** Nothing can be asked. */
  @attribute(flag) disabled!: boolean;
  /** Tells the console what happens. */
  @attribute(flag) debug!: boolean;

  /** Gives a token of the user who is signed in, for the server to check, or "" when nobody is. */
  @property() getToken?: () => Promise<string>;
  /** What goes with every question about the page that it is asked on, or a function that gives it. */
  @property() context?:
    PageContext | ((text: string) => PageContext | undefined);
  /** Functions of the page that the model may call, by name; the server must list the names. */
  @property() tools?: Readonly<Record<string, PageTool>>;
  /** How the server is reached; for tests. By default a WebSocket. */
  @property() createTransport?: TransportFactory;

  /**
   * How code blocks of a language are shown instead: a Lit template, a DOM node or text. Keys are fence languages.
   * @default {}
   */
  @property({}) renderers!: Readonly<Record<string, CodeRenderer>>;
  /**
   * Origins that pictures in answers may come from; by default none, and pictures are links.
   * @default []
   */
  @property([], texts) imageOrigins!: readonly string[];
  /** Questions to begin with; a click asks one. */
  @property([], texts) starters!: readonly string[];
  /** Sentences of the page's own in place of the built-in ones. */
  @property() strings: Strings | undefined;

  #locale = enLauncher;
  #language?: string;
  readonly #launcher = new Launcher(() => this.#handleLauncher());
  readonly #container = document.createElement("div");
  #panel?: ChatPanel;
  #loading?: Promise<ChatPanel>;
  #attached = false;
  #shown = false;
  #quiet = false;
  #unread = 0;
  #opener?: Element | null;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [(shellSheet ??= styleSheet(shellStyles))];
    this.#container.id = "panel";
    this.#container.className = "panel";
    this.#container.setAttribute("part", "panel");
    root.append(this.#launcher.element, this.#container);
    const { element } = this.#launcher;
    for (const type of ["pointerenter", "focus"])
      element.addEventListener(type, () => void this.#load().catch(() => {}), {
        once: true,
      });
  }

  connectedCallback(): void {
    // Set before the element was defined, and so hiding the accessors of the class.
    for (const [name, value] of Object.entries(this))
      if (name in BedrockChat.prototype) {
        Reflect.deleteProperty(this, name);
        Reflect.set(this, name, value);
      }
    if (this.#attached) return; // Moved within the document.
    this.#attached = true;
    this.#panel?.attach();
    this.#setShown(false);
    if (!this.#panel && hasStored(this.persist)) void this.#restore();
    this.#update();
  }

  disconnectedCallback(): void {
    // Moving an element removes it first: only what is still out afterwards was removed.
    queueMicrotask(() => {
      if (this.isConnected || !this.#attached) return;
      this.#attached = false;
      this.#panel?.detach();
    });
  }

  attributeChangedCallback(
    name: string,
    _old: string | null,
    value: string | null,
  ): void {
    checkAttribute(name, value);
    if (name === "open" || name === "mode") this.#setShown(!this.#quiet);
    this.#update();
  }

  /** The conversation as far as it is loaded, oldest turn first. */
  get messages(): readonly ChatTurn[] {
    return this.#panel?.session.state.turns ?? [];
  }

  /** What the chat is doing. */
  get status(): ChatStatus {
    return this.#panel?.session.state.status ?? "idle";
  }

  /** How the chat is connected. */
  get connectionState(): ConnectionState {
    return this.#panel?.session.state.connection ?? "closed";
  }

  /** Opens the panel and moves the focus to the composer, unless `no-autofocus` is set. */
  show(): void {
    this.open = true;
  }

  /** Closes the panel. The conversation goes on. */
  hide(): void {
    this.open = false;
  }

  /** Opens or closes the panel. */
  toggle(): void {
    this.open = !this.open;
  }

  /** Asks `question` and connects if need be. Gives the id of its turn, or nothing when it was refused or cancelled. */
  async send(question: string): Promise<string | undefined> {
    return (await this.#load()).send(question);
  }

  /** Ends the answer that is being written, at the model too, and keeps what there is of it. */
  stop(): void {
    this.#panel?.session.stop();
  }

  /** Asks a failed or stopped question again, by default the last one. */
  async retry(turnId?: string): Promise<void> {
    (await this.#load()).session.retry(turnId);
  }

  /** Asks for another answer to a question, by default to the last one. */
  async regenerate(turnId?: string): Promise<void> {
    (await this.#load()).session.regenerate(turnId);
  }

  /** Asks a question anew in other words. It takes the place of that turn and of all later ones. */
  async edit(turnId: string, question: string): Promise<void> {
    (await this.#load()).session.edit(turnId, question);
  }

  /** Leaves the conversation and begins an empty one. */
  async newConversation(): Promise<void> {
    (await this.#load()).newConversation();
  }

  /** Puts `draft` into the composer, for the visitor to send. */
  async setDraft(draft: string): Promise<void> {
    (await this.#load()).composer.setDraft(draft);
  }

  /** Moves the focus to the composer, when the panel is open. */
  async focusComposer(): Promise<void> {
    const panel = await this.#load();
    if (this.#shown) panel.focusComposer();
  }

  /** Opens the connection now instead of with the first question. */
  async connect(): Promise<void> {
    (await this.#load()).session.connect();
  }

  /** Closes the connection. An answer that is being written is fetched at the next connection. */
  disconnect(): void {
    this.#panel?.session.disconnect();
  }

  /** Forgets on this device who the visitor is and what was said, as after a sign-out. */
  async reset(): Promise<void> {
    (await this.#load()).session.reset();
  }

  /** Deletes the conversation on the server and on this device. */
  async forget(): Promise<void> {
    await (await this.#load()).session.forget();
  }

  /** The conversation as far as it is loaded, as a Markdown document and as JSON. */
  async exportTranscript(): Promise<ExportedTranscript> {
    return (await this.#load()).exportTranscript();
  }

  /** What an earlier page has left: the open panel, an answer that was being written, questions that wait. */
  async #restore(): Promise<void> {
    try {
      const panel = await this.#load();
      if (panel.restore() && !this.open && this.mode !== "inline")
        this.#openQuietly();
    } catch {
      // Said and shown by whoever loads it.
    }
  }

  /** Opens the panel without moving the focus. */
  #openQuietly(): void {
    this.#quiet = true;
    this.open = true;
    this.#quiet = false;
  }

  #handleLauncher(): void {
    this.toggle();
    if (this.open) void this.connect().catch(() => {});
  }

  /** Follows `open` and `mode`. The focus moves only when the panel opens by itself, not with the page. */
  #setShown(moveFocus: boolean): void {
    const shown = this.#attached && (this.open || this.mode === "inline");
    if (shown === this.#shown) return;
    this.#shown = shown;
    const inline = this.mode === "inline";
    if (shown) {
      this.#opener = this.ownerDocument.activeElement;
      this.#setUnread(0);
      const focus = moveFocus && !inline && !this.noAutofocus;
      this.#load().then(
        (panel) => {
          panel.setShown(this.#shown);
          if (focus && this.#shown) panel.focusComposer();
        },
        () => {}, // The panel says so itself.
      );
    } else {
      this.#returnFocus();
      this.#panel?.setShown(false);
    }
    if (!inline && this.#attached)
      this.dispatchEvent(shown ? new ChatShowEvent() : new ChatHideEvent());
  }

  #returnFocus(): void {
    const { activeElement } = this.shadowRoot!;
    const slotted = this.contains(this.ownerDocument.activeElement);
    if (!this.#container.contains(activeElement) && !slotted) return;
    if (!this.noLauncher) this.#launcher.element.focus();
    else if (this.#opener instanceof HTMLElement) this.#opener.focus();
  }

  #setUnread(count: number): void {
    if (count === this.#unread) return;
    this.#unread = count;
    this.#update();
    this.dispatchEvent(new ChatUnreadEvent(count));
  }

  /** The panel, with what runs the page's tools if there are any: the first question may need it. */
  async #load(): Promise<ChatPanel> {
    this.#loading ??= this.#loadPanel();
    const panel = await this.#loading;
    if (this.tools) await panel.loadTools();
    return panel;
  }

  #loadPanel(): Promise<ChatPanel> {
    return loadAgain(() => import("./panel.ts")).then(
      ({ ChatPanel }) => {
        this.#container.replaceChildren();
        const panel = new ChatPanel(this, this.#container, {
          locale: () => this.#locale,
          answered: () => {
            if (!this.#shown) this.#setUnread(this.#unread + 1);
          },
        });
        this.#panel = panel;
        if (this.#attached) panel.attach();
        panel.setShown(this.#shown);
        return panel;
      },
      (cause: unknown) => {
        this.#loading = undefined; // Opening the chat again tries again.
        const message = this.#texts.loadFailed;
        const sentence = document.createElement("p");
        sentence.setAttribute("role", "alert");
        sentence.textContent = message;
        this.#container.replaceChildren(sentence);
        logError("A part of the chat could not be loaded.", cause);
        this.dispatchEvent(
          new ChatErrorEvent({ code: "load_failed", message, retryable: true }),
        );
        throw cause;
      },
    );
  }

  get #texts(): LauncherTexts {
    return { ...this.#locale, ...this.strings };
  }

  /** The language of the element, or of what it stands in. */
  #followLanguage(): void {
    const language =
      this.closest<HTMLElement>("[lang]")?.lang ||
      this.ownerDocument.documentElement.lang ||
      "en";
    if (language === this.#language) return;
    this.#language = language;
    loadLocale(language).then(
      (locale) => {
        if (language !== this.#language) return;
        this.#locale = locale;
        this.#update();
      },
      (cause: unknown) =>
        logError(`The texts for "${language}" could not be loaded.`, cause),
    );
  }

  #update(): void {
    if (this.#attached) this.#followLanguage();
    const texts = this.#texts;
    for (const element of [this.#launcher.element, this.#container]) {
      element.lang = texts.lang;
      element.dir = texts.dir;
    }
    this.#launcher.update(texts, this.#shown, this.#unread);
    this.#panel?.requestRender();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bedrock-chat": BedrockChat;
  }
}
