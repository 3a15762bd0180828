import type { ChatTurn } from "../chat/model.ts";
import { logError } from "../log.ts";
import type { Rating } from "../protocol.ts";
import type { TurnActions, TurnForm, TurnForms } from "./message.ts";
import type { PanelHost } from "./panel-host.ts";

const COPIED_MS = 2_000;

/** What the visitor does with single turns, and the ids of those that have a form open or were just copied. */
export class TurnDesk implements TurnActions {
  editing: string | undefined;
  commenting: string | undefined;
  copied: string | undefined;
  forms: TurnForms | undefined;
  readonly #host: PanelHost;
  #copiedTimer?: ReturnType<typeof setTimeout>;

  constructor(host: PanelHost) {
    this.#host = host;
  }

  again(how: "retry" | "regenerate", turnId: string): void {
    this.#host.session[how](turnId);
    this.#host.goOn();
  }

  edit(turnId: string, text: string): void {
    this.editing = undefined;
    this.#host.session.edit(turnId, text);
    this.#host.goOn();
  }

  remove(turnId: string): void {
    this.#host.session.stop(turnId);
    this.#host.rest();
  }

  send(text: string): void {
    this.#host.send(text);
    this.#host.rest();
  }

  /** Opens a form of a turn, or closes it. */
  async setForm(form: TurnForm, turnId?: string): Promise<void> {
    this[form] = turnId;
    if (turnId)
      try {
        this.forms ??= await this.#host.loadForms();
        this.#host.render();
        this.#host.find(`[data-form=${form}]`)?.focus();
      } catch (cause) {
        logError("The form could not be loaded.", cause);
        this.closeForms(); // The next one is tried again.
      }
    else this.#host.rest();
    this.#host.requestRender();
  }

  /** Whether a form was open. */
  closeForms(): boolean {
    const wasOpen = Boolean(this.editing ?? this.commenting);
    this.editing = this.commenting = undefined;
    return wasOpen;
  }

  rate(turnId: string, rating: Rating, comment?: string): void {
    const host = this.#host;
    const commented = comment !== undefined;
    host.session.feedback(turnId, rating, comment?.trim() || undefined);
    // The comment is asked for once the answer has been called a bad one.
    if (rating === "down" && !commented)
      return void this.setForm("commenting", turnId);
    if (rating !== "none") host.say(host.locale.thanks);
    this.commenting = undefined;
    if (commented) host.rest();
    host.requestRender();
  }

  async copy({ turnId, answer }: ChatTurn): Promise<void> {
    const host = this.#host;
    try {
      await navigator.clipboard.writeText(answer);
    } catch (cause) {
      logError("The answer could not be copied.", cause);
      return;
    }
    this.copied = turnId;
    host.say(host.locale.copied);
    clearTimeout(this.#copiedTimer);
    this.#copiedTimer = setTimeout(() => {
      this.copied = undefined;
      host.requestRender();
    }, COPIED_MS);
    host.requestRender();
  }
}
