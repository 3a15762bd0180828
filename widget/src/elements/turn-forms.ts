import type { html as Html, TemplateResult } from "lit/html.js";
import type { Locale } from "../locales/locale.ts";
import { styleSheet } from "./css.ts";
import type { TurnForms } from "./message.ts";
import { turnFormStyles } from "./turn-forms.styles.ts";

/** What the forms look like, for the tree that they are drawn in. */
export const turnFormSheet = styleSheet(turnFormStyles);

/**
 * The forms of turns. They are given Lit's `html`: if a chunk beside the panel's imported it, then bundlers would put Lit
 * into one more file.
 */
export function turnForms(html: typeof Html): TurnForms {
  const buttons = (
    locale: Locale,
    submit: string,
    handleCancel: () => unknown,
  ): TemplateResult =>
    html`<div class="editor-actions">
      <button
        class="text-button"
        part="action"
        type="button"
        @click=${handleCancel}
      >
        ${locale.cancel}
      </button>
      <button class="text-button primary" part="action">${submit}</button>
    </div>`;
  return {
    editing({ turn, locale, actions }) {
      const submit = (form: HTMLFormElement): void => {
        const text = form.querySelector("textarea")!.value;
        if (text.trim() !== "") actions.edit(turn.turnId, text);
      };
      return html`<form
        class="message editor"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          submit(event.currentTarget as HTMLFormElement);
        }}
        @keydown=${(event: KeyboardEvent) => {
          if (event.isComposing || event.key !== "Enter" || event.shiftKey)
            return;
          event.preventDefault();
          submit(event.currentTarget as HTMLFormElement);
        }}
      >
        <textarea
          aria-label=${locale.edit}
          dir="auto"
          data-form="editing"
          .value=${turn.text}
        ></textarea>
        ${buttons(locale, locale.save, () => actions.setForm("editing"))}
      </form>`;
    },
    commenting: ({ turn, locale, actions }) =>
      html`<form
        class="editor"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          const form = event.currentTarget as HTMLFormElement;
          const comment = form.querySelector("textarea")!.value;
          actions.rate(turn.turnId, "down", comment);
        }}
      >
        <textarea
          aria-label=${locale.comment}
          placeholder=${locale.comment}
          maxlength="2000"
          dir="auto"
          data-form="commenting"
        ></textarea>
        ${buttons(locale, locale.sendComment, () =>
          actions.setForm("commenting"),
        )}
      </form>`,
  };
}
