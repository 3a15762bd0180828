import type { ChatTurn } from "../chat/model.ts";
import type { ChatSession } from "../chat/session.ts";
import type { Locale } from "../locales/locale.ts";
import { logError } from "../log.ts";
import type { Rating } from "../protocol.ts";
import type { TurnActions, TurnForms } from "./message.ts";

const COPIED_MS = 2_000;

export interface TurnDeskOptions {
  readonly session: () => ChatSession;
  readonly locale: () => Locale;
  readonly send: (text: string) => void;
  /** Goes to the end of the conversation. */
  readonly follow: () => void;
  /** Gives the focus back to the composer. */
  readonly rest: () => void;
  readonly say: (text: string) => void;
  readonly loadForms: () => Promise<TurnForms>;
  readonly requestRender: () => void;
}

/** What the visitor does with single turns, and the ids of those that have a form open or were just copied. */
export class TurnDesk implements TurnActions {
  editing: string | undefined;
  commenting: string | undefined;
  copied: string | undefined;
  forms: TurnForms | undefined;
  readonly #options: TurnDeskOptions;
  #copiedTimer?: ReturnType<typeof setTimeout>;

  constructor(options: TurnDeskOptions) {
    this.#options = options;
  }

  retry(turnId: string): void {
    this.#options.session().retry(turnId);
    this.#goOn();
  }

  regenerate(turnId: string): void {
    this.#options.session().regenerate(turnId);
    this.#goOn();
  }

  setEditing(turnId: string | undefined): void {
    this.editing = turnId;
    this.#showForm(turnId);
  }

  edit(turnId: string, text: string): void {
    this.editing = undefined;
    this.#options.session().edit(turnId, text);
    this.#goOn();
  }

  remove(turnId: string): void {
    this.#options.session().removeWaiting(turnId);
    this.#options.rest();
  }

  copy(turn: ChatTurn): void {
    void this.#copy(turn);
  }

  rate(turnId: string, rating: Rating, comment?: string): void {
    const { session, locale, rest, say, requestRender } = this.#options;
    session().feedback(turnId, rating, comment?.trim() || undefined);
    // The comment is asked for once the answer has been called a bad one.
    const commented = comment !== undefined;
    this.commenting = rating === "down" && !commented ? turnId : undefined;
    if (commented) rest();
    if (this.commenting) void this.#loadForms();
    else if (rating !== "none") say(locale().thanks);
    requestRender();
  }

  setCommenting(turnId: string | undefined): void {
    this.commenting = turnId;
    this.#showForm(turnId);
  }

  send(text: string): void {
    this.#options.send(text);
    this.#options.rest();
  }

  /** Whether a form was open. */
  closeForms(): boolean {
    const wasOpen = Boolean(this.editing ?? this.commenting);
    this.editing = this.commenting = undefined;
    return wasOpen;
  }

  #showForm(turnId: string | undefined): void {
    if (turnId) void this.#loadForms();
    else this.#options.rest();
    this.#options.requestRender();
  }

  async #loadForms(): Promise<void> {
    try {
      this.forms ??= await this.#options.loadForms();
    } catch (cause) {
      logError("The form could not be loaded.", cause);
      this.closeForms(); // The next one is tried again.
    }
    this.#options.requestRender();
  }

  #goOn(): void {
    this.#options.follow();
    this.#options.rest();
  }

  async #copy({ turnId, answer }: ChatTurn): Promise<void> {
    const { locale, say, requestRender } = this.#options;
    try {
      await navigator.clipboard.writeText(answer);
    } catch (cause) {
      logError("The answer could not be copied.", cause);
      return;
    }
    this.copied = turnId;
    say(locale().copied);
    clearTimeout(this.#copiedTimer);
    this.#copiedTimer = setTimeout(() => {
      this.copied = undefined;
      requestRender();
    }, COPIED_MS);
    requestRender();
  }
}
