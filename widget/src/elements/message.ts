import { html, nothing, type TemplateResult } from "lit/html.js";
import { isRunning, type ChatTurn } from "../chat/model.ts";
import type { Rating } from "../protocol.ts";
import type { MarkdownOptions } from "../markdown/markdown-view.ts";
import type { Locale } from "../locales/locale.ts";
import { answer } from "./answer.ts";
import { icon } from "./icon.ts";
import type { IconName } from "./icons.ts";
import { errorNotice } from "./notice.ts";
import { exactTime, relativeTime } from "./time.ts";
import { waitLeft } from "./wait.ts";

/** What a visitor can do with a turn. */
export interface TurnActions {
  retry(turnId: string): void;
  regenerate(turnId: string): void;
  /** Opens the question for changing, or closes it again. */
  setEditing(turnId: string | undefined): void;
  edit(turnId: string, text: string): void;
  remove(turnId: string): void;
  copy(turn: ChatTurn): void;
  rate(turnId: string, rating: Rating, comment?: string): void;
  setCommenting(turnId: string | undefined): void;
  send(text: string): void;
}

/** The forms of turns, fetched with the first one that is opened. */
export interface TurnForms {
  editor(props: TurnProps): TemplateResult;
  commentForm(props: TurnProps): TemplateResult;
}

/** How one turn is shown. */
export interface TurnProps {
  readonly turn: ChatTurn;
  readonly locale: Locale;
  readonly now: number;
  /** The newest turn: only this one can be changed or asked again. */
  readonly last: boolean;
  /** No answer is being written and the chat may be used. */
  readonly ready: boolean;
  readonly editing: boolean;
  readonly commenting: boolean;
  readonly copied: boolean;
  readonly forms: TurnForms | undefined;
  readonly actions: TurnActions;
  readonly markdown: MarkdownOptions;
}

/** One question with its answer. */
export const turnTemplate = (props: TurnProps): TemplateResult =>
  html`${question(props)} ${response(props)}`;

function question(props: TurnProps): TemplateResult {
  const { turn, locale, actions } = props;
  const time = exactTime(turn.createdAt, locale);
  if (props.editing && props.forms) return props.forms.editor(props);
  const editable = props.last && props.ready && turn.status !== "waiting";
  return html`<div
    class="message user entering"
    part="message message-user"
    role="article"
    aria-label="${locale.you}, ${time}"
  >
    <div class="asked">
      <div class="bubble" part="bubble" dir="auto">${turn.text}</div>
      ${
        editable
          ? html`<span class="meta actions" part="actions"
              >${action("edit", locale.edit, () =>
                actions.setEditing(turn.turnId),
              )}</span
            >`
          : nothing
      }
    </div>
    ${
      turn.status === "waiting"
        ? html`<div class="meta">
            <span class="state">${icon("clock")} ${locale.waiting}</span>
            <button
              class="link-button"
              part="action"
              type="button"
              @click=${() => actions.remove(turn.turnId)}
            >
              ${locale.remove}
            </button>
          </div>`
        : nothing
    }
  </div>`;
}

function response(props: TurnProps): TemplateResult | typeof nothing {
  const { turn, locale } = props;
  if (turn.status === "waiting") return nothing;
  const running = isRunning(turn);
  const bubble =
    turn.answer !== ""
      ? html`<div
          class="bubble"
          part="bubble"
          dir="auto"
          ${answer(turn.answer, !running, props.markdown)}
        ></div>`
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
        : nothing;
  return html`<div
    class="message assistant entering"
    part="message message-assistant"
    role="article"
    aria-label="${locale.assistant}, ${exactTime(turn.createdAt, locale)}"
    aria-busy=${running}
  >
    ${bubble} ${running ? nothing : ending(props)}
  </div>`;
}

/** What stands below an answer that is over. */
function ending(props: TurnProps): TemplateResult {
  const { turn, locale, actions } = props;
  const again = props.last && props.ready;
  const { error } = turn;
  const waitMs = waitLeft(error, props.now);
  // Whatever says when it may be asked again may be: then, and not before.
  const retryable = error?.retryable !== false || error.retryAfterMs;
  return html`${
      turn.status === "failed"
        ? errorNotice(
            error ?? { code: "internal", message: "" },
            locale,
            again && retryable && waitMs === 0
              ? {
                  label: locale.retry,
                  handle: () => actions.retry(turn.turnId),
                }
              : undefined,
            waitMs,
          )
        : nothing
    }
    ${limited(props, again)}
    <div class="meta">
      <time
        class="time"
        part="time"
        datetime=${new Date(turn.createdAt).toISOString()}
        title=${exactTime(turn.createdAt, locale)}
        >${relativeTime(turn.createdAt, props.now, locale)}</time
      >
      ${
        turn.status === "stopped"
          ? html`<span class="state">· ${locale.stopped}</span>`
          : nothing
      }
      ${answerActions(props, again)}
    </div>
    ${(props.commenting && props.forms?.commentForm(props)) || nothing}`;
}

/** Says that an answer is not all that the model had to say. */
function limited(
  { turn, locale, actions }: TurnProps,
  again: boolean,
): TemplateResult | typeof nothing {
  if (turn.stopReason === "guardrail_intervened")
    return html`<div class="notice" part="notice">${locale.guarded}</div>`;
  if (turn.stopReason === "content_filtered")
    return html`<div class="notice" part="notice">${locale.filtered}</div>`;
  if (
    turn.stopReason !== "max_tokens" &&
    turn.stopReason !== "model_context_window_exceeded"
  )
    return nothing;
  return html`<div class="notice" part="notice">
    <p class="notice-text">${locale.shortened}</p>
    ${
      again
        ? html`<button
            class="text-button"
            part="action"
            type="button"
            @click=${() => actions.send(locale.continueQuestion)}
          >
            ${locale.continue}
          </button>`
        : nothing
    }
  </div>`;
}

function answerActions(
  { turn, locale, actions, copied }: TurnProps,
  again: boolean,
): TemplateResult | typeof nothing {
  const { turnId, rating } = turn;
  if (turn.answer === "" && !again) return nothing;
  const rate = (value: "up" | "down"): void =>
    actions.rate(turnId, rating === value ? "none" : value);
  return html`<span class="actions" part="actions">
    ${
      turn.answer === ""
        ? nothing
        : html`${action(
            copied ? "check" : "copy",
            copied ? locale.copied : locale.copy,
            () => actions.copy(turn),
          )}
          ${action("up", locale.good, () => rate("up"), rating === "up")}
          ${action(
            "thumbsDown",
            locale.bad,
            () => rate("down"),
            rating === "down",
          )}`
    }
    ${
      again && turn.status !== "failed"
        ? action("retry", locale.regenerate, () => actions.regenerate(turnId))
        : nothing
    }
  </span>`;
}

const action = (
  name: IconName,
  label: string,
  handleClick: () => void,
  pressed?: boolean,
): TemplateResult =>
  html`<button
    class="icon-button"
    part="action"
    type="button"
    aria-label=${label}
    title=${label}
    aria-pressed=${pressed ?? nothing}
    @click=${handleClick}
  >
    ${icon(name)}
  </button>`;
