import { html, nothing, type TemplateResult } from "lit/html.js";
import { isRunning, type ChatTurn } from "../chat/model.ts";
import type { Rating, StopReason } from "../protocol.ts";
import type { Locale } from "../locales/locale.ts";
import type { Answer } from "./answer.ts";
import { iconButton, textButton } from "./button.ts";
import { icon } from "./icon.ts";
import { errorNotice, notice } from "./notice.ts";
import { exactTime } from "./time.ts";

export type TurnForm = "editing" | "commenting";

/** What a visitor can do with a turn. */
export interface TurnActions {
  /** Asks again what was not answered, or for another answer. */
  again(how: "retry" | "regenerate", turnId: string): void;
  /** Opens a form, or closes it. */
  setForm(form: TurnForm, turnId?: string): Promise<void>;
  edit(turnId: string, text: string): void;
  remove(turnId: string): void;
  copy(turn: ChatTurn): Promise<void>;
  rate(turnId: string, rating: Rating, comment?: string): void;
  send(text: string): void;
}

/** The forms of turns, fetched with the first one that is opened. */
export interface TurnForms {
  editing(props: TurnProps): TemplateResult;
  commenting(props: TurnProps): TemplateResult;
}

/** How one turn is shown: when any of it changes, the turn is drawn again. */
export interface TurnProps {
  readonly turn: ChatTurn;
  readonly locale: Locale;
  /** How long ago it was asked. */
  readonly ago: string;
  /** Milliseconds, in whole seconds, until it may be asked again. */
  readonly waitMs: number;
  /** It is the newest turn, no answer is being written and the chat may be used: it can be changed or asked again. */
  readonly changeable: boolean;
  readonly editing: boolean;
  readonly commenting: boolean;
  readonly copied: boolean;
  readonly forms: TurnForms | undefined;
  readonly actions: TurnActions;
  readonly answer: Answer | undefined;
}

/** One question with its answer. */
export const turnTemplate = (props: TurnProps): TemplateResult =>
  html`${question(props)} ${response(props)}`;

function question(props: TurnProps): TemplateResult {
  const { turn, locale, actions, changeable } = props;
  const { turnId, createdAt, status } = turn;
  const waiting = status === "waiting";
  if (props.editing && props.forms) return props.forms.editing(props);
  return html`<div
    class="message user entering"
    part="message message-user"
    role="article"
    aria-label="${locale.you}, ${exactTime(createdAt, locale)}"
  >
    <div class="asked">
      <div class="bubble" part="bubble" dir="auto">${turn.text}</div>
      ${
        changeable && !waiting
          ? html`<span class="meta actions" part="actions"
              >${iconButton("edit", locale.edit, () => actions.setForm("editing", turnId))}</span
            >`
          : nothing
      }
    </div>
    ${
      waiting
        ? html`<div class="meta">
            <span class="state">${icon("clock")} ${locale.waiting}</span>
            ${textButton(locale.remove, () => actions.remove(turnId), "link-button")}
          </div>`
        : nothing
    }
  </div>`;
}

function response(props: TurnProps): TemplateResult | typeof nothing {
  const { turn, locale, answer } = props;
  if (turn.status === "waiting") return nothing;
  const running = isRunning(turn);
  answer?.update(turn.answer, !running);
  return html`<div
    class="message assistant entering"
    part="message message-assistant"
    role="article"
    aria-label="${locale.assistant}, ${exactTime(turn.createdAt, locale)}"
    aria-busy=${running}
  >
    ${
      turn.answer
        ? answer?.element
        : running
          ? html`<div class="bubble" part="bubble">
              <div
                class="typing"
                part="typing"
                role="img"
                aria-label=${locale.writing}
              >
                <i></i><i></i><i></i>
              </div>
            </div>`
          : nothing
    }
    ${running ? nothing : ending(props)}
  </div>`;
}

/** What stands below an answer that is over. */
function ending(props: TurnProps): TemplateResult {
  const { turn, locale, actions, changeable, waitMs } = props;
  const { turnId, createdAt, status, rating } = turn;
  const failed = status === "failed";
  const error = turn.error ?? { code: "internal", message: "" };
  // Whatever says when it may be asked again may be: then, and not before.
  const retryable = turn.error?.retryable !== false || turn.error.retryAfterMs;
  const rate = (label: string, name: "up" | "down"): TemplateResult =>
    iconButton(
      "up",
      label,
      () => actions.rate(turnId, rating === name ? "none" : name),
      rating === name,
      name === "down",
    );
  return html`${
      failed
        ? errorNotice(
            error,
            locale,
            changeable && retryable && waitMs === 0
              ? textButton(
                  locale.retry,
                  () => actions.again("retry", turnId),
                  "text-button",
                  "retry",
                )
              : undefined,
            waitMs,
          )
        : nothing
    }
    ${limited(props)}
    <div class="meta">
      <time
        class="time"
        part="time"
        datetime=${new Date(createdAt).toISOString()}
        title=${exactTime(createdAt, locale)}
        >${props.ago}</time
      >
      ${
        status === "stopped"
          ? html`<span class="state">· ${locale.stopped}</span>`
          : nothing
      }
      ${
        turn.answer || changeable
          ? html`<span class="actions" part="actions">
              ${
                turn.answer
                  ? html`${iconButton(
                      props.copied ? "check" : "copy",
                      props.copied ? locale.copied : locale.copy,
                      () => actions.copy(turn),
                    )}
                    ${rate(locale.good, "up")} ${rate(locale.bad, "down")}`
                  : nothing
              }
              ${
                changeable && !failed
                  ? iconButton("retry", locale.regenerate, () =>
                      actions.again("regenerate", turnId),
                    )
                  : nothing
              }
            </span>`
          : nothing
      }
    </div>
    ${props.commenting && props.forms ? props.forms.commenting(props) : nothing}`;
}

/** Why an answer is not all that the model had to say. */
const LIMITS = {
  guardrail_intervened: "guarded",
  content_filtered: "filtered",
  max_tokens: "shortened",
  model_context_window_exceeded: "shortened",
} as const satisfies Partial<Record<StopReason, keyof Locale>>;

function limited({
  turn,
  locale,
  actions,
  changeable,
}: TurnProps): TemplateResult | typeof nothing {
  const limit = LIMITS[turn.stopReason as keyof typeof LIMITS];
  if (!limit) return nothing;
  return notice(
    locale[limit],
    changeable && limit === "shortened"
      ? textButton(locale.continue, () => actions.send(locale.continueQuestion))
      : undefined,
  );
}
