// Alike stands together here, for the bundle keeps the order and gzip looks back no further than 32 kB: it saves 1 kB.
import { markdownStyles } from "../markdown/markdown.styles.ts";
import { panelStyles } from "./panel.styles.ts";
import { html, nothing, render, type TemplateResult } from "lit/html.js";
import type { MarkdownOptions } from "../markdown/markdown-view.ts";
import { Transcript, type TranscriptProps } from "./transcript.ts";
import type { BedrockChat } from "./bedrock-chat.ts";
import { Announcer } from "./announcer.ts";
import { Composer } from "./composer.ts";
import { Covering } from "./covering.ts";
import { styleSheet } from "./css.ts";
import type { ExportedTranscript } from "./export-transcript.ts";
import { connectionText, header } from "./header.ts";
import { memo } from "./memo.ts";
import { errorNotice, errorText } from "./notice.ts";
import { TurnDesk } from "./turn-desk.ts";
import { COUNTED_MS, waitLeft } from "./wait.ts";
import { socketTransport } from "../transport/socket-transport.ts";
import type { TransportFactory } from "../transport/transport.ts";
import { browserEnvironment } from "../environment.ts";
import { chatStorage } from "../storage.ts";
import { logDebug, logError, warnOnce } from "../log.ts";
import { inFull } from "../locales/en.ts";
import {
  withStrings,
  type LauncherTexts,
  type Locale,
  type Strings,
} from "../locales/locale.ts";
import { ChatBeforeSendEvent } from "../events.ts";
import { SessionController } from "../chat/session-controller.ts";
import {
  ChatSession,
  type PageTools,
  type Question,
  type SessionEvent,
} from "../chat/session.ts";
import { isRunning, type ChatState } from "../chat/model.ts";

/** What the shell knows and the panel needs. */
export interface PanelShell {
  /** The visitor's language, without what the page replaced; of English the part that the launcher needs. */
  readonly locale: () => LauncherTexts;
  /** An answer has ended. */
  readonly answered: () => void;
}

/** The package's version; the build puts it in. */
declare const __VERSION__: string;

const MINUTE = 60_000;

/** What a page gets that did not say where its server is: a browser would try the page's own address. */
const nowhere: TransportFactory = (_url, handlers) => {
  const reason =
    "The attribute endpoint is missing: it must be the wss:// address of the backend.";
  warnOnce(reason);
  queueMicrotask(() => handlers.onClose({ code: 1006, reason, fatal: true }));
  return { send() {}, close() {} };
};

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
export class ChatPanel {
  readonly composer: Composer;
  readonly #chat: BedrockChat;
  readonly #container: HTMLElement;
  readonly #shell: PanelShell;
  readonly #controller: SessionController;
  readonly #announcer = new Announcer();
  readonly #transcript: Transcript;
  readonly #desk: TurnDesk;
  readonly #covering: Covering;
  #pageTools: PageTools | undefined;
  #loadingTools?: Promise<void>;
  #session!: ChatSession;
  #sessionKey = "";
  #userId = "";
  #shown = false;
  #attached = false;
  #reconnect = false;
  #engaged = false;
  #focusWanted = false;
  #minutes?: ReturnType<typeof setInterval>;
  #second?: ReturnType<typeof setTimeout>;
  #finished: string[] = [];
  // The same object until something in it changes, or every turn would be drawn again.
  readonly #texts = memo((texts: LauncherTexts, strings?: Strings) =>
    withStrings(inFull(texts), strings),
  );
  readonly #markdown = memo(
    (
      strings: Locale,
      imageOrigins: MarkdownOptions["imageOrigins"],
      renderers: BedrockChat["renderers"],
    ): MarkdownOptions => ({
      strings,
      imageOrigins,
      renderers,
      renderTemplate: (template, element) => render(template, element),
      onError: (cause) => logError("A part of an answer failed.", cause),
    }),
  );

  constructor(chat: BedrockChat, container: HTMLElement, shell: PanelShell) {
    this.#chat = chat;
    this.#container = container;
    this.#shell = shell;
    const root = container.getRootNode() as ShadowRoot;
    const adopt = (sheet: CSSStyleSheet) => root.adoptedStyleSheets.push(sheet);
    adopt((panelSheet ??= styleSheet(panelStyles + markdownStyles)));
    const requestRender = (): void => this.requestRender();
    this.composer = new Composer({
      submit: (text) => this.send(text) !== undefined,
      stop: () => this.#session.stop(),
      recall: () => this.state.turns.at(-1)?.text,
      engage: () => this.#engage(),
      requestRender,
    });
    this.#transcript = new Transcript({
      loadOlder: () => {
        if (this.state.connection === "ready") this.#session.loadOlder();
      },
      requestRender,
    });
    this.#desk = new TurnDesk({
      session: () => this.#session,
      locale: () => this.#locale(),
      send: (text) => this.send(text),
      follow: () => this.#transcript.follow(),
      rest: () => this.composer.rest(),
      say: (text) => this.#announcer.say(text),
      loadForms: async () => {
        const { turnForms, turnFormSheet } = await import("./turn-forms.ts");
        adopt(turnFormSheet);
        return turnForms(html);
      },
      requestRender,
    });
    this.#covering = new Covering(container, requestRender);
    this.#controller = new SessionController(chat, {
      render: () => this.#render(),
      handleSessionEvent: (event) => this.#handleSessionEvent(event),
    });
    this.#openSession();
    container.addEventListener("keydown", this.#handleKeydown);
  }

  get session(): ChatSession {
    return this.#session;
  }

  get state(): ChatState {
    return this.#session.state;
  }

  /** The element is in a document (again). */
  attach(): void {
    this.#attached = true;
    if (this.#reconnect) this.#session.connect();
    this.#watch();
    this.requestRender();
  }

  /** The element has left its document: nothing may keep it alive. */
  detach(): void {
    this.#attached = false;
    this.#reconnect = this.state.connection !== "closed";
    this.#session.disconnect();
    this.#controller.cancelRender();
    this.#watch();
  }

  setShown(shown: boolean): void {
    this.#shown = shown;
    this.#engaged &&= shown;
    this.#session.setPanelOpen(shown);
    this.#watch();
    this.requestRender();
  }

  requestRender(): void {
    if (this.#attached) this.#controller.requestRender();
  }

  focusComposer(): void {
    this.#focusWanted = true;
    this.requestRender();
  }

  send(text: string): string | undefined {
    const turnId = this.#session.send(text);
    if (turnId !== undefined) this.#transcript.follow();
    return turnId;
  }

  newConversation(): void {
    this.#session.newConversation();
    this.#desk.closeForms();
    this.#transcript.follow();
    if (this.#shown) this.composer.rest();
  }

  /** Fetches what runs the tools of the page, once; without it questions are asked without tools. */
  async loadTools(): Promise<void> {
    this.#loadingTools ??= import("../chat/page-tools.ts").then(
      (module) => {
        this.#pageTools = module;
      },
      (cause: unknown) =>
        logError("The tools of the page cannot be used.", cause),
    );
    await this.#loadingTools;
  }

  async exportTranscript(): Promise<ExportedTranscript> {
    const { exportTranscript } = await import("./export-transcript.ts");
    const { conversationId, turns } = this.state;
    const locale = this.#locale();
    return exportTranscript(conversationId, turns, Date.now(), locale);
  }

  /** Takes up what an earlier page has left. Gives whether the panel is to be open as it was there. */
  restore(): boolean {
    const { open, connect } = this.#session.restored;
    if (connect) this.#session.connect();
    // A visitor who goes to another page wants to see that page.
    return open && !this.#covering.covers(this.#chat.mode);
  }

  // --- Session ---

  /** A session of its own for each set of the settings that a session cannot change. */
  #openSession(): void {
    const { endpoint, conversationId, userId, persist } = this.#chat;
    const key = JSON.stringify([endpoint, conversationId, userId, persist]);
    if (key === this.#sessionKey) return;
    const wasConnected =
      this.#sessionKey !== "" && this.state.connection !== "closed";
    // The next user must not see what the last one has said.
    if (this.#sessionKey !== "" && userId !== this.#userId)
      this.#session.reset();
    this.#sessionKey = key;
    this.#userId = userId;
    const chat = this.#chat;
    this.#session = new ChatSession({
      endpoint,
      client: {
        name: "bedrock-chat-widget",
        version: __VERSION__,
        locale: this.#locale().lang,
      },
      createTransport:
        chat.createTransport ?? (endpoint ? socketTransport() : nowhere),
      environment: browserEnvironment(),
      storage: chatStorage(persist),
      ...(conversationId ? { conversationId } : {}),
      ...(userId ? { userId } : {}),
      model: () => chat.model || undefined,
      getToken: () => chat.getToken?.(),
      beforeSend: (question) => this.#askPage(question),
      maxTextLength: () => chat.maxLength,
      tools: () => chat.tools,
      pageTools: () => this.#pageTools,
      warn: warnOnce,
    });
    this.#controller.follow(this.#session);
    if (this.#shown) this.#session.setPanelOpen(true);
    if (wasConnected) this.#session.connect();
  }

  /** Adds the page's context to a question, and lets the page change or cancel it. */
  #askPage({ text, context }: Question): Question | undefined {
    const own = this.#chat.context;
    const event = new ChatBeforeSendEvent(
      text,
      context ?? (typeof own === "function" ? own(text) : own),
    );
    if (!this.#chat.dispatchEvent(event)) return undefined;
    return {
      text: event.text,
      ...(event.context ? { context: event.context } : {}),
    };
  }

  #engage(): void {
    if (this.#engaged) return;
    this.#engaged = true;
    this.#session.connect();
  }

  #handleSessionEvent(event: SessionEvent): void {
    const locale = this.#locale();
    if (this.#chat.debug) logDebug(event.type, event);
    switch (event.type) {
      case "response-start":
        this.#announcer.say(locale.writing);
        break;
      case "response-end":
        this.#shell.answered();
        this.#transcript.countAnswer();
        this.#finished.push(event.turn.turnId);
        this.requestRender();
        break;
      case "error":
        this.#announcer.alert(errorText(event.error, locale));
        break;
      case "connection": {
        const { state, failure } = event;
        if (failure) {
          warnOnce(failure.message);
          this.#announcer.alert(
            errorText({ ...failure, message: locale.failed }, locale),
          );
        } else if (state === "reconnecting" || state === "offline")
          this.#announcer.say(connectionText(state, locale)!);
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
    } else if (this.state.turns.some(isRunning)) this.#session.stop();
    else if (this.#chat.mode !== "inline") this.#chat.hide();
    else return;
    event.stopPropagation();
    event.preventDefault();
  };

  // --- Rendering ---

  /** Follows clock and screen while somebody looks, and not a moment longer. */
  #watch(): void {
    clearInterval(this.#minutes);
    clearTimeout(this.#second);
    if (this.#attached && this.#shown) {
      this.#minutes = setInterval(() => this.requestRender(), MINUTE);
      this.#covering.start();
    } else this.#covering.stop();
  }

  #render(): void {
    this.#openSession();
    if (this.#chat.tools && !this.#pageTools) void this.loadTools();
    const chat = this.#chat;
    const { mode } = chat;
    const container = this.#container;
    container.setAttribute("role", mode === "inline" ? "region" : "dialog");
    if (this.#covering.covers(mode))
      container.setAttribute("aria-modal", "true");
    else container.removeAttribute("aria-modal");
    container.setAttribute(
      "aria-label",
      chat.heading || this.#locale().heading,
    );
    const transcript = this.#transcriptProps();
    render(this.#template(transcript), container);
    for (const part of [this.composer, this.#transcript, this.#announcer])
      part.attach(container);
    this.#transcript.update(transcript);
    this.#settleFocus();
    this.#announceAnswers();
    this.#countDown();
  }

  /** Draws the next second of a wait. The sentence was said once, when the error came; what is drawn is not read out. */
  #countDown(): void {
    clearTimeout(this.#second);
    const left = waitLeft(this.state.turns.at(-1)?.error, Date.now());
    if (left && left < COUNTED_MS && this.#attached && this.#shown)
      this.#second = setTimeout(() => this.requestRender(), 1_000);
  }

  #settleFocus(): void {
    const container = this.#container;
    const field =
      (this.#desk.editing ?? this.#desk.commenting)
        ? container.querySelector<HTMLElement>("[data-autofocus]")
        : undefined;
    if (field && !field.dataset.focused) {
      field.dataset.focused = "";
      field.focus();
    }
    if (!this.#focusWanted || !this.#shown) return;
    this.#focusWanted = false;
    this.composer.focus();
  }

  #announceAnswers(): void {
    const finished = this.#finished;
    this.#finished = [];
    const locale = this.#locale();
    for (const turnId of finished) {
      const turn = this.state.turns.find((turn) => turn.turnId === turnId);
      if (!turn || turn.status === "failed") continue; // Said as an error.
      const text = this.#transcript.answerText(turnId);
      this.#announcer.say(
        turn.status === "stopped"
          ? `${text}\n${locale.stopped}`.trim()
          : `${locale.assistant}: ${text}`,
      );
    }
  }

  #locale(): Locale {
    return this.#texts(this.#shell.locale(), this.#chat.strings);
  }

  #transcriptProps(): TranscriptProps {
    const chat = this.#chat;
    const locale = this.#locale();
    return {
      state: this.state,
      locale,
      greeting: chat.greeting || locale.greeting,
      starters: chat.starters,
      disabled: chat.disabled,
      now: Date.now(),
      editing: this.#desk.editing,
      commenting: this.#desk.commenting,
      copied: this.#desk.copied,
      forms: this.#desk.forms,
      actions: this.#desk,
      markdown: this.#markdown(locale, chat.imageOrigins, chat.renderers),
    };
  }

  #template(transcript: TranscriptProps): TemplateResult {
    const chat = this.#chat;
    const locale = this.#locale();
    const { state } = this;
    const sentinel = html`<div
      class="sentinel"
      tabindex="0"
      ?hidden=${!this.#covering.covers(chat.mode)}
      @focus=${this.#covering.wrapFocus}
    ></div>`;
    return html`${sentinel}
      <div class="frame">
        ${header({
          locale,
          heading: chat.heading || locale.heading,
          subheading: chat.subheading,
          connection: state.connection,
          canRestart: state.turns.length > 0 && !chat.disabled,
          canClose: chat.mode !== "inline",
          handleRestart: () => this.newConversation(),
          handleClose: () => chat.hide(),
        })}
        ${this.#transcript.template(transcript)} ${this.#banner(locale)}
        <slot name="before-composer"></slot>
        <div class="composer">
          ${this.composer.template({
            locale,
            placeholder: chat.placeholder || locale.placeholder,
            disabled: chat.disabled,
            running: state.turns.some(isRunning),
            maxLength: Math.min(
              chat.maxLength ?? Infinity,
              state.limits.maxTextLength,
            ),
          })}
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
  #banner(locale: Locale): TemplateResult | typeof nothing {
    const { connection, failure } = this.state;
    if (failure)
      return html`<div class="banner">
        ${errorNotice(
          // What a failed connection says is for the page's developer, who hears of it by an event.
          connection === "failed"
            ? { ...failure, message: locale.failed }
            : failure,
          locale,
          connection === "failed"
            ? { label: locale.connect, handle: () => this.#session.connect() }
            : undefined,
        )}
      </div>`;
    if (connection !== "reconnecting" && connection !== "offline")
      return nothing;
    return html`<div class="banner">
      <div class="notice" part="notice">
        ${connectionText(connection, locale)}
      </div>
    </div>`;
  }
}
