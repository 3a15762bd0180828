import { html, nothing, type TemplateResult } from "lit/html.js";
import type { ErrorCode } from "../protocol.ts";
import type { Locale } from "../locales/locale.ts";
import { icon } from "./icon.ts";

/** An error as the protocol knows it, or as the connection does. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs?: number;
  /** When it came, in epoch milliseconds, if that is known. */
  readonly since?: number;
  readonly requestId?: string;
}

/** `error` as a sentence for people, in their language where the code is known, with how long is left to wait. */
export function errorText(
  error: ShownError,
  locale: Locale,
  waitMs = error.retryAfterMs ?? 0,
): string {
  const known = Object.hasOwn(locale.errors, error.code);
  const sentence = known
    ? locale.errors[error.code as ErrorCode]
    : error.message || locale.errors.internal;
  return waitMs > 0
    ? `${sentence} ${locale.tryAgainIn(Math.ceil(waitMs / 1_000))}`
    : sentence;
}

/** A sentence about the conversation, and perhaps what can be done about it. */
export const notice = (text: string, button?: TemplateResult): TemplateResult =>
  html`<div class="notice" part="notice">
    <p class="notice-text">${text}</p>
    ${button}
  </div>`;

/** What went wrong, what can be done, and, one click away, what the site's owner needs to find it in a log. */
export const errorNotice = (
  error: ShownError,
  locale: Locale,
  button?: TemplateResult,
  waitMs?: number,
): TemplateResult =>
  html`<div class="notice error" part="notice error">
    ${icon("warning")}
    <p class="notice-text">${errorText(error, locale, waitMs)}</p>
    ${button}
    ${
      error.requestId
        ? html`<details>
            <summary>${locale.details}</summary>
            ${locale.requestId(error.requestId)}
          </details>`
        : nothing
    }
  </div>`;
