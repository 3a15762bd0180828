// Alike stands together here, for the bundle keeps the order and gzip looks back no further than 32 kB: Markdown, the chat
// behind the panel, what draws it, and last its styles.
import "./answer.ts";
import { html, render, type TemplateResult } from "lit/html.js";
import {
  ChatSession,
  type PageTools,
  type Question,
  type SessionEvent,
} from "../chat/session.ts";
import { isRunning } from "../chat/model.ts";
import { findTurn } from "../chat/state.ts";
import { socketTransport } from "../transport/socket-transport.ts";
import { browserEnvironment } from "../environment.ts";
import { inFull } from "../locales/en.ts";
import { Transcript } from "./transcript.ts";
import { ChatBeforeSendEvent } from "../events.ts";
import type { LauncherTexts, Locale } from "../locales/locale.ts";
import { loadAgain } from "../load-again.ts";
import { logDebug, logError, warnOnce } from "../log.ts";
import { chatStorage } from "../storage.ts";
import type { BedrockChat } from "./bedrock-chat.ts";
import { Announcer } from "./announcer.ts";
import { textButton } from "./button.ts";
import { Composer } from "./composer.ts";
import { Covering } from "./covering.ts";
import { styleSheet } from "./css.ts";
import type { ExportedTranscript } from "./export-transcript.ts";
import { connectionText, header } from "./header.ts";
import { isSame, memo } from "./memo.ts";
import type { TurnForms } from "./message.ts";
import { errorNotice, errorText, notice } from "./notice.ts";
import { tellPage } from "./page-events.ts";
import type { PanelHost } from "./panel-host.ts";
import { TurnDesk } from "./turn-desk.ts";
import { markdownStyles } from "../markdown/markdown.styles.ts";
import { panelStyles } from "./panel.styles.ts";

/** What the shell knows and the panel needs. */
export interface PanelShell {
  /** The visitor's language, without what the page replaced; of English the part that the launcher needs. */
  readonly locale: () => LauncherTexts;
  /** An answer has ended. */
  readonly answered: () => void;
}

/** The package's version; the build puts it in. */
declare const __VERSION__: string;

let panelSheet: CSSStyleSheet | undefined;

/**
 * Everything of the chat but its launcher: draws the session's state into the container that the shell gives it, and
 * turns what the visitor does into commands. Here the parts are put together.
 *
 * @slot before-composer
 * @slot after-composer
 * @slot footer
 * @slot disclaimer - In place of the attribute `disclaimer`.
 */
export class ChatPanel implements PanelHost {
  readonly chat: BedrockChat;
  session!: ChatSession;
  readonly composer = new Composer(this);
  readonly #container: HTMLElement;
  readonly #shell: PanelShell;
  readonly #announcer = new Announcer(this);
  readonly #desk = new TurnDesk(this);
  readonly #transcript = new Transcript(this, this.#desk);
  readonly #covering: Covering;
  #pageTools: PageTools | undefined;
  #loadingTools?: Promise<void>;
  /** What the session was made with. */
  #settings: readonly string[] = [];
  #shown = false;
  #attached = false;
  #reconnect = false;
  /** The composer was used since the panel is shown. */
  #engaged = false;
  /** Answers that have ended and are to be said once they are drawn. */
  readonly #ended: string[] = [];
  #frame = 0;
  #clock?: ReturnType<typeof setInterval>;
  // The same object until something in it changes, or every turn would be drawn again.
  readonly #texts = memo(inFull);

  constructor(chat: BedrockChat, container: HTMLElement, shell: PanelShell) {
    this.chat = chat;
    this.#container = container;
    this.#shell = shell;
    this.#adopt((panelSheet ??= styleSheet(panelStyles + markdownStyles)));
    this.#covering = new Covering(container, () => this.requestRender());
    container.addEventListener("keydown", this.#handleKeydown);
    this.render(); // At once, for the parts to have their elements.
    this.composer.begin();
    this.#transcript.begin();
  }

  // --- What the parts need ---

  get locale(): Locale {
    return this.#texts(this.#shell.locale(), this.chat.strings);
  }

  get running(): boolean {
    return this.session.state.turns.some(isRunning);
  }

  find<T extends HTMLElement = HTMLElement>(selector: string): T {
    return this.#container.querySelector<T>(selector)!;
  }

  requestRender(): void {
    if (this.#attached)
      this.#frame ||= requestAnimationFrame(() => this.render());
  }

  say(text: string): void {
    this.#announcer.say(text);
  }

  send(text: string): string | undefined {
    const turnId = this.session.send(text);
    if (turnId) this.#transcript.follow();
    return turnId;
  }

  goOn(): void {
    this.#transcript.follow();
    this.rest();
  }

  rest(): void {
    if (this.#shown) this.composer.rest();
  }

  readonly engage = (): void => {
    if (!this.#engaged) this.session.connect();
    this.#engaged = true;
  };

  focusComposer(): void {
    this.render(); // It may have been disabled.
    this.composer.focus();
  }

  newConversation(): void {
    this.session.newConversation();
    this.#desk.closeForms();
    this.goOn();
  }

  async loadForms(): Promise<TurnForms> {
    const { turnForms, turnFormSheet } = await loadAgain(
      () => import("./turn-forms.ts"),
    );
    this.#adopt(turnFormSheet);
    return turnForms(html);
  }

  // --- What the element needs ---

  /** The element is in a document (again). */
  attach(): void {
    this.#attached = true;
    if (this.#reconnect) this.session.connect();
    this.#watch();
  }

  /** The element has left its document: nothing may keep it alive. */
  detach(): void {
    this.#attached = false;
    this.#reconnect = this.session.state.connection !== "closed";
    this.session.disconnect();
    this.#watch();
  }

  setShown(shown: boolean): void {
    this.#shown = shown;
    this.#engaged &&= shown;
    this.session.setPanelOpen(shown);
    this.#watch();
  }

  /** Fetches what runs the tools of the page, once; without it questions are asked without tools. */
  loadTools(): Promise<void> {
    return (this.#loadingTools ??= import("../chat/page-tools.ts").then(
      (module) => {
        this.#pageTools = module;
      },
      (cause: unknown) =>
        logError("The tools of the page cannot be used.", cause),
    ));
  }

  async exportTranscript(): Promise<ExportedTranscript> {
    const { exportTranscript } = await loadAgain(
      () => import("./export-transcript.ts"),
    );
    return exportTranscript(this.session.state, Date.now(), this.locale);
  }

  /** Takes up what an earlier page has left. Gives whether the panel is to be open as it was there. */
  restore(): boolean {
    const { open, connect } = this.session.restored;
    if (connect) this.session.connect();
    // A visitor who goes to another page wants to see that page.
    return open && !this.#covering.covers(this.chat.mode);
  }

  // --- Session ---

  /** A session of its own for each set of the settings that a session cannot change. */
  #openSession(): void {
    const { chat } = this;
    const { endpoint, conversationId, userId, persist } = chat;
    const settings = [endpoint, conversationId, userId, persist];
    if (isSame(settings, this.#settings)) return;
    const before = this.session as ChatSession | undefined;
    const wasConnected = before && before.state.connection !== "closed";
    // The next user must not see what the last one has said.
    if (userId !== this.#settings[2]) before?.reset();
    this.#settings = settings;
    this.session = new ChatSession({
      endpoint,
      client: {
        name: "bedrock-chat-widget",
        version: __VERSION__,
        locale: this.locale.lang,
      },
      createTransport: chat.createTransport ?? socketTransport(),
      environment: browserEnvironment(),
      storage: chatStorage(persist),
      conversationId: conversationId || undefined,
      userId: userId || undefined,
      model: () => chat.model || undefined,
      getToken: () => chat.getToken?.(),
      beforeSend: (question) => this.#askPage(question),
      maxTextLength: () => chat.maxLength,
      tools: () => chat.tools,
      pageTools: () => this.#pageTools,
      loadPast: () => loadAgain(() => import("../chat/past.ts")),
      warn: warnOnce,
    });
    before?.dispose();
    this.session.onChange = () => this.requestRender();
    this.session.onEvent = (event) => {
      this.#handleSessionEvent(event);
      tellPage(chat, event);
    };
    if (this.#shown) this.session.setPanelOpen(true);
    if (wasConnected) this.session.connect();
  }

  /** Adds the page's context to a question, and lets the page change or cancel it. */
  #askPage({ text, context }: Question): Question | undefined {
    const own = this.chat.context;
    const event = new ChatBeforeSendEvent(
      text,
      context ?? (typeof own === "function" ? own(text) : own),
    );
    return this.chat.dispatchEvent(event) ? event : undefined;
  }

  #handleSessionEvent(event: SessionEvent): void {
    const { locale } = this;
    if (this.chat.debug) logDebug(...event);
    switch (event[0]) {
      case "response-start":
        this.say(locale.writing);
        break;
      case "response-end":
        this.#shell.answered();
        this.#transcript.countAnswer();
        this.#ended.push(event[1]);
        this.requestRender();
        break;
      case "error":
        this.#announcer.alert(errorText(event[1], locale));
        break;
      case "connection": {
        const [, state, failure] = event;
        if (failure) {
          warnOnce(failure.message);
          this.#announcer.alert(
            errorText({ ...failure, message: locale.failed }, locale),
          );
        } else if (state === "reconnecting" || state === "offline")
          this.say(connectionText(state, locale));
        break;
      }
      default:
    }
  }

  #handleKeydown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented)
      return;
    if (this.#desk.closeForms()) {
      this.requestRender();
      this.composer.focus();
    } else if (this.running) this.session.stop();
    else if (this.chat.mode !== "inline") this.chat.hide();
    else return;
    event.stopPropagation();
    event.preventDefault();
  };

  // --- Rendering ---

  #adopt(sheet: CSSStyleSheet): void {
    const root = this.#container.getRootNode() as ShadowRoot;
    root.adoptedStyleSheets.push(sheet);
  }

  /** Follows clock and screen while somebody looks: times grow old, and waits run down. */
  #watch(): void {
    const watched = this.#attached && this.#shown;
    this.#covering.watch(watched);
    clearInterval(this.#clock);
    if (watched) this.#clock = setInterval(() => this.requestRender(), 1_000);
    this.requestRender();
  }

  render(): void {
    this.#frame = 0;
    this.#openSession();
    const { chat } = this;
    if (chat.tools) void this.loadTools();
    const container = this.#container;
    const inline = chat.mode === "inline";
    container.role = inline ? "region" : "dialog";
    container.ariaModal = this.#covering.covers(chat.mode) ? "true" : null;
    container.ariaLabel = chat.heading || this.locale.heading;
    render(this.#template(), container);
    this.#transcript.update();
    this.#announceAnswers();
  }

  #announceAnswers(): void {
    const { locale, session } = this;
    for (const turnId of this.#ended.splice(0)) {
      const status = findTurn(session.state, turnId)?.status;
      // What failed is said as an error; and the page may have left the conversation.
      if (!status || status === "failed") continue;
      const text = this.#transcript.answerText(turnId);
      this.say(
        status === "stopped"
          ? `${text}\n${locale.stopped}`.trim()
          : `${locale.assistant}: ${text}`,
      );
    }
  }

  #template(): TemplateResult {
    const { chat } = this;
    const sentinel = html`<div
      class="sentinel"
      tabindex="0"
      ?hidden=${!this.#covering.covers(chat.mode)}
      @focus=${this.#covering.wrapFocus}
    ></div>`;
    return html`${sentinel}
      <div class="frame">
        ${header(this)} ${this.#transcript.template} ${this.#banner}
        <slot name="before-composer"></slot>
        <div class="composer">
          ${this.composer.template}
          <slot name="after-composer"></slot>
          <p class="footer" part="footer" dir="auto">
            <slot name="disclaimer">${chat.disclaimer}</slot
            ><slot name="footer"></slot>
          </p>
        </div>
        ${this.#announcer.template}
      </div>
      ${sentinel}`;
  }

  /** What is wrong with the connection, above the composer. */
  get #banner(): TemplateResult | undefined {
    const { locale, session } = this;
    const { connection, failure } = session.state;
    const shown = !failure
      ? connection === "reconnecting" || connection === "offline"
        ? notice(connectionText(connection, locale))
        : undefined
      : connection !== "failed"
        ? errorNotice(failure, locale)
        : errorNotice(
            // What a failed connection says is for the page's developer, who hears of it by an event.
            { ...failure, message: locale.failed },
            locale,
            textButton(
              locale.connect,
              () => session.connect(),
              "text-button",
              "retry",
            ),
          );
    return shown && html`<div class="banner">${shown}</div>`;
  }
}
