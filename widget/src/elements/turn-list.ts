import { render } from "lit/html.js";
import type { ChatTurn } from "../chat/model.ts";
import { Answer } from "./answer.ts";
import { isSame } from "./memo.ts";
import { turnTemplate, type TurnProps } from "./message.ts";
import type { PanelHost } from "./panel-host.ts";
import { relativeTime } from "./time.ts";
import type { TurnDesk } from "./turn-desk.ts";
import { waitLeft } from "./wait.ts";

interface ShownTurn {
  readonly element: HTMLElement;
  answer?: Answer;
  turn?: ChatTurn;
  /** What the turn was last drawn with. */
  drawn: readonly unknown[];
}

/** How late a turn may say how long ago it was, while nothing else changes. */
const CLOCK_MS = 15_000;

/** The turns of a conversation, each an element of its own that is drawn again only when something in it has changed. */
export class TurnList {
  readonly element = document.createElement("div");
  readonly #host: PanelHost;
  readonly #shown = new Map<string, ShownTurn>();
  /** What all turns were last drawn with. */
  #common: readonly unknown[] = [];

  constructor(host: PanelHost) {
    this.#host = host;
    this.element.className = "turns";
  }

  /** The element of an answer. */
  find(turnId: string): HTMLElement | undefined {
    return this.#shown.get(turnId)?.answer?.element;
  }

  update(actions: TurnDesk): void {
    const { chat, locale, session } = this.#host;
    const { turns, status } = session.state;
    const { editing, commenting, copied, forms } = actions;
    const last = turns.at(-1);
    const ready =
      !chat.disabled && status !== "submitted" && status !== "streaming";
    const now = Date.now();
    const clock = Math.floor(now / CLOCK_MS);
    const ids = [editing, commenting, copied, last?.turnId];
    const common = [...ids, locale, forms, ready, clock];
    const isNew = !isSame(common, this.#common);
    this.#common = common;
    let place = this.element.firstElementChild;
    for (const turn of turns) {
      const { turnId, error } = turn;
      let shown = this.#shown.get(turnId);
      if (!shown) {
        const element = document.createElement("div");
        element.className = "turn";
        element.dataset.turn = turnId;
        shown = { element, drawn: [] };
        this.#shown.set(turnId, shown);
      }
      const { element } = shown;
      if (element === place) place = place.nextElementSibling;
      else this.element.insertBefore(element, place);
      // Of thousands of turns one or two have changed, and what is left to wait after an error does by itself.
      if (!isNew && shown.turn === turn && !error) continue;
      shown.turn = turn;
      if (turn.answer) shown.answer ??= new Answer(this.#host);
      const props: TurnProps = {
        turn,
        locale,
        ago: relativeTime(turn.createdAt, now, locale),
        waitMs: Math.ceil(waitLeft(error, now) / 1_000) * 1_000,
        changeable: turn === last && ready,
        editing: editing === turnId,
        commenting: commenting === turnId,
        copied: copied === turnId,
        forms,
        actions,
        answer: shown.answer,
      };
      const drawn = Object.values(props);
      if (isSame(drawn, shown.drawn)) continue;
      shown.drawn = drawn;
      render(turnTemplate(props), element);
    }
    while (place) {
      const gone = place as HTMLElement;
      place = place.nextElementSibling;
      this.#shown.delete(gone.dataset.turn!);
      gone.remove();
    }
  }
}
