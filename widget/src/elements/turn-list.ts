import { render } from "lit/html.js";
import type { ChatState, ChatTurn } from "../chat/model.ts";
import type { MarkdownOptions } from "../markdown/markdown-view.ts";
import type { Locale } from "../locales/locale.ts";
import { isSame } from "./memo.ts";
import {
  turnTemplate,
  type TurnActions,
  type TurnForms,
  type TurnProps,
} from "./message.ts";
import { timeStep } from "./time.ts";
import { waitLeft } from "./wait.ts";

/** What all turns are shown with. */
export interface TurnListProps {
  readonly state: ChatState;
  readonly locale: Locale;
  readonly disabled: boolean;
  readonly now: number;
  /** Ids of the turns that are in these states. */
  readonly editing: string | undefined;
  readonly commenting: string | undefined;
  readonly copied: string | undefined;
  readonly forms: TurnForms | undefined;
  readonly actions: TurnActions;
  readonly markdown: MarkdownOptions;
}

interface ShownTurn {
  readonly element: HTMLElement;
  turn?: ChatTurn;
  /** What the turn was last drawn with. */
  drawn: readonly unknown[];
}

/** How late a turn may say how long ago it was, while nothing else changes. */
const CLOCK_MS = 5_000;

/** The turns of a conversation, each an element of its own that is drawn again only when something in it has changed. */
export class TurnList {
  readonly #container: HTMLElement;
  readonly #shown = new Map<string, ShownTurn>();
  /** What all turns were last drawn with. */
  #common: readonly unknown[] = [];

  constructor(container: HTMLElement) {
    this.#container = container;
  }

  update({
    state,
    editing,
    commenting,
    copied,
    disabled,
    ...shared
  }: TurnListProps): void {
    const { turns, status } = state;
    const last = turns.at(-1);
    const ready = !disabled && status !== "submitted" && status !== "streaming";
    const { now, locale, actions, forms, markdown } = shared;
    const clock = Math.floor(now / CLOCK_MS);
    const ids = [editing, commenting, copied, last?.turnId];
    const common = [...ids, locale, actions, forms, markdown, ready, clock];
    const isNew = !isSame(common, this.#common);
    this.#common = common;
    let place = this.#container.firstElementChild;
    for (const turn of turns) {
      const { turnId } = turn;
      const shown = this.#shown.get(turnId) ?? this.#begin(turnId);
      if (shown.element === place) place = place.nextElementSibling;
      else this.#container.insertBefore(shown.element, place);
      // Of thousands of turns one or two have changed, and what is left to wait after an error does by itself.
      if (!isNew && shown.turn === turn && !turn.error) continue;
      shown.turn = turn;
      draw(shown, {
        ...shared,
        turn,
        last: turn === last,
        ready: turn === last && ready,
        editing: editing === turnId,
        commenting: commenting === turnId,
        copied: copied === turnId,
      });
    }
    while (place) {
      const gone = place as HTMLElement;
      place = place.nextElementSibling;
      this.#shown.delete(gone.dataset.turn!);
      gone.remove();
    }
  }

  #begin(turnId: string): ShownTurn {
    const element = document.createElement("div");
    element.className = "turn";
    element.dataset.turn = turnId;
    const shown = { element, drawn: [] };
    this.#shown.set(turnId, shown);
    return shown;
  }
}

function draw(shown: ShownTurn, props: TurnProps): void {
  const { now, ...others } = props;
  const step = timeStep(props.turn.createdAt, now);
  const seconds = Math.ceil(waitLeft(props.turn.error, now) / 1_000);
  const drawn = [step, seconds, ...Object.values(others)];
  if (isSame(drawn, shown.drawn)) return;
  shown.drawn = drawn;
  render(turnTemplate(props), shown.element);
}
