import { css } from "./css.ts";

/** What is inside the panel. Loaded with it. Lengths follow the text size where they hold text. */
export const panelStyles = css`
  .frame {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
    /* The visitor's own default size, a little smaller: a page cannot change it by accident. */
    font-size: var(--chat-font-size, 0.9375em);
    container: panel / inline-size;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: pre-wrap;
  }
  button,
  textarea {
    margin: 0;
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    padding: 0;
    border: 1px solid transparent;
    background: none;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }
  button:disabled {
    cursor: default;
  }

  /* Buttons. */

  .icon-button {
    display: inline-grid;
    place-items: center;
    width: 2.4em;
    height: 2.4em;
    min-width: 24px;
    min-height: 24px;
    border-radius: 10px;
    color: var(--_muted);
    transition:
      background 120ms,
      color 120ms;
  }
  .icon-button:hover {
    background: var(--_hover);
    color: var(--_on-surface);
  }
  .text-button {
    min-height: 28px;
    padding: 0.2em 0.75em;
    border-color: var(--_outline);
    border-radius: 9px;
    background: var(--_surface);
    color: var(--_on-surface);
    font-weight: 550;
    transition: background 120ms;
  }
  .text-button:hover {
    background-image: linear-gradient(var(--_hover), var(--_hover));
  }
  .text-button.primary {
    border-color: transparent;
    background-color: var(--_accent);
    color: var(--_on-accent);
  }
  .link-button {
    min-height: 24px;
    padding: 0 0.2em;
    border-radius: 5px;
    text-decoration: underline;
    text-underline-offset: 0.15em;
  }

  /* Header. */

  .header {
    display: flex;
    flex-wrap: wrap; /* Where text is large, the buttons go below the title. */
    align-items: center;
    gap: 0 0.75em;
    min-height: 4.1em;
    padding-block: 0.6em;
    padding-inline: 1em 0.6em;
    border-block-end: 1px solid var(--_border);
  }
  .avatar {
    display: grid;
    flex: none;
    place-items: center;
    width: 2.3em;
    height: 2.3em;
    border-radius: 0.75em;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .avatar svg {
    fill: currentColor;
    stroke: none;
  }
  ::slotted([slot="avatar-assistant"]) {
    flex: none;
    width: 2.3em;
    height: 2.3em;
    border-radius: 0.75em;
    object-fit: cover;
  }
  .titles {
    flex: 1 1 5.5em;
    min-width: 0;
    line-height: 1.3;
  }
  .title {
    margin: 0;
    font-size: 1.067em;
    font-weight: 650;
    letter-spacing: -0.01em;
  }
  .subtitle {
    display: flex;
    align-items: center;
    gap: 0.45em;
    margin: 0;
    color: var(--_muted);
    font-size: 0.867em;
  }
  .dot {
    flex: none;
    width: 0.55em;
    height: 0.55em;
    border-radius: 50%;
    background: var(--_outline);
  }
  .dot[data-state="ready"] {
    background: #1f9d68;
  }
  .dot[data-state="connecting"],
  .dot[data-state="reconnecting"] {
    background: #c98a10;
    animation: pulse 1.2s ease-in-out infinite;
  }
  .dot[data-state="failed"],
  .dot[data-state="offline"] {
    background: var(--_error);
  }
  .header-actions {
    display: flex;
    flex: none;
    gap: 0.1em;
    margin-inline-start: auto;
  }

  /* Transcript. */

  .transcript-area {
    position: relative;
    display: flex;
    flex: 1;
    min-height: 0;
  }
  .transcript {
    flex: 1;
    min-width: 0;
    overflow: hidden auto;
    overscroll-behavior: contain;
    padding: 1.1em 1em 0.6em;
    scrollbar-width: thin;
    scrollbar-color: var(--_border) transparent;
  }
  .transcript:focus-visible {
    outline-offset: -2px;
  }
  .transcript > * {
    max-width: 48em;
    margin-inline: auto;
  }
  .older {
    margin-block-end: 1em;
    color: var(--_muted);
    font-size: 0.867em;
    text-align: center;
  }
  .empty {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 0.9em;
    min-height: 100%;
    padding-block: 0.4em 1em;
  }
  .greeting {
    margin: auto 0 0;
    font-size: 1.4em;
    font-weight: 620;
    letter-spacing: -0.015em;
    line-height: 1.3;
    text-wrap: balance;
  }
  .starters {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5em;
  }
  .starter {
    min-height: 32px;
    padding: 0.45em 0.95em;
    border-color: var(--_border);
    border-radius: 1.2em;
    background: var(--_surface);
    text-align: start;
    transition:
      border-color 120ms,
      background 120ms;
  }
  .starter:hover {
    border-color: var(--_accent);
    background-image: linear-gradient(var(--_hover), var(--_hover));
  }
  .turn {
    display: flex;
    flex-direction: column;
    gap: 0.9em;
    padding-block-end: 1.1em;
  }
  /* Turns far out of sight are not laid out; the last ones always are, so that following the end is exact. */
  .turn:not(:nth-last-child(-n + 6)) {
    content-visibility: auto;
    contain-intrinsic-size: auto 14em;
  }
  .message {
    display: flex;
    flex-direction: column;
    gap: 0.3em;
    min-width: 0;
  }
  .user {
    align-items: flex-end;
  }
  .assistant {
    align-items: flex-start;
  }
  .bubble {
    max-width: 100%;
    padding: 0.6em 0.95em;
    border: 1px solid transparent;
    border-radius: var(--_radius);
  }
  .asked {
    display: flex;
    flex-direction: row-reverse;
    align-items: center;
    gap: 0.3em;
    max-width: 88%;
  }
  .user .bubble {
    min-width: 0;
    border-end-end-radius: 5px;
    background: var(--_user-surface);
    color: var(--_on-user-surface);
    white-space: pre-wrap;
  }
  .assistant .bubble {
    border-end-start-radius: 5px;
    background: var(--_assistant-surface);
    color: var(--_on-assistant-surface);
  }
  .bubble ::selection {
    background: color-mix(in srgb, var(--_accent) 30%, transparent);
  }
  .user .bubble::selection {
    background: rgb(255 255 255 / 35%);
  }

  /* Markdown. */

  .bubble :where(p, ul, ol, pre, blockquote, table, h3, h4, h5, h6, hr) {
    margin: 0;
  }
  .bubble > * + *,
  .bubble :is(li, blockquote) > * + *,
  .bubble .loose > li + li {
    margin-block-start: 0.7em;
  }
  /* The panel's title is the second level, so an answer's first heading is of the third. */
  .bubble :is(h3, h4, h5, h6) {
    font-size: 1em;
    font-weight: 650;
    line-height: 1.35;
  }
  .bubble h3 {
    font-size: 1.25em;
  }
  .bubble h4 {
    font-size: 1.133em;
  }
  .bubble > * + :is(h3, h4) {
    margin-block-start: 1.1em;
  }
  .bubble :is(ul, ol) {
    padding-inline-start: 1.5em;
  }
  .bubble li > :is(ul, ol) {
    margin-block-start: 0.2em;
  }
  .bubble li + li {
    margin-block-start: 0.25em;
  }
  .bubble li::marker {
    color: var(--_muted);
  }
  .bubble input[type="checkbox"] {
    margin-block: 0;
    margin-inline: -1.3em 0.4em;
    vertical-align: -0.1em;
    accent-color: var(--_accent);
  }
  .bubble li:has(> input, > p > input)::marker {
    content: "";
  }
  .assistant a {
    color: var(--_accent);
    text-underline-offset: 0.15em;
    text-decoration-thickness: 1px;
  }
  .bubble a:hover {
    text-decoration-thickness: 2px;
  }
  .bubble blockquote {
    padding-inline-start: 0.9em;
    border-inline-start: 3px solid var(--_border);
    color: var(--_muted);
  }
  .bubble hr {
    border: 0;
    border-block-start: 1px solid var(--_border);
  }
  .bubble img {
    max-width: 100%;
    height: auto;
    border-radius: 8px;
  }
  .bubble code {
    padding: 0.1em 0.35em;
    border-radius: 5px;
    background: var(--_hover);
    font-family: var(--chat-font-mono, ui-monospace, Consolas, monospace);
    font-size: 0.9em;
  }
  .code {
    border: 1px solid var(--_border);
    border-radius: 10px;
    background: var(--_surface);
    color: var(--_on-surface);
  }
  .code-header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    min-height: 2.2em;
    padding-inline: 0.8em 0.3em;
    border-block-end: 1px solid var(--_border);
    color: var(--_muted);
    font-size: 0.82em;
  }
  .code-header button {
    min-height: 24px;
    padding: 0.1em 0.6em;
    border-radius: 6px;
  }
  .code-header button:hover {
    background: var(--_hover);
    color: var(--_on-surface);
  }
  .code pre {
    overflow-x: auto;
    padding: 0.7em 0.8em;
    line-height: 1.5;
    tab-size: 2;
    overflow-wrap: normal;
    scrollbar-width: thin;
  }
  .code pre code {
    padding: 0;
    background: none;
  }
  .table {
    overflow-x: auto;
    scrollbar-width: thin;
  }
  .bubble table {
    border-collapse: collapse;
    font-size: 0.933em;
    overflow-wrap: normal;
  }
  .bubble :is(th, td) {
    padding-block: 0.35em;
    padding-inline: 0 1em;
    border-block-end: 1px solid var(--_border);
    text-align: start;
    vertical-align: top;
  }
  .bubble th {
    font-weight: 650;
  }
  .bubble tr:last-child td {
    border: 0;
  }
  .entering {
    animation: enter 260ms var(--_ease) backwards;
  }
  .typing {
    display: flex;
    gap: 0.3em;
    align-items: center;
    height: 1.5em;
  }
  .typing i {
    width: 0.45em;
    height: 0.45em;
    border-radius: 50%;
    background: var(--_muted);
    animation: typing 1.2s ease-in-out infinite;
  }
  .typing i:nth-child(2) {
    animation-delay: 0.15s;
  }
  .typing i:nth-child(3) {
    animation-delay: 0.3s;
  }
  .meta {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.15em 0.4em;
    min-height: 28px;
    color: var(--_muted);
    font-size: 0.82em;
  }
  .meta svg {
    width: 1.35em;
    height: 1.35em;
  }
  .meta .icon-button {
    width: 28px;
    height: 28px;
    border-radius: 8px;
  }
  .meta .icon-button[aria-pressed="true"] {
    color: var(--_accent);
  }
  .meta .icon-button[aria-pressed="true"] svg {
    fill: color-mix(in srgb, currentColor 25%, transparent);
  }
  .actions {
    display: flex;
    align-items: center;
    margin-inline-start: -0.3em;
  }
  .state {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
  }
  /* On hover or focus in older turns, always in the last and where nothing can hover. */
  @media (hover: hover) {
    .turn:not(:last-child, :hover, :focus-within) :is(.actions, .time) {
      opacity: 0;
    }
    .turn:last-child .user:not(:hover, :focus-within) .actions {
      opacity: 0;
    }
  }
  .actions,
  .time {
    transition: opacity 120ms;
  }
  .editor {
    display: flex;
    flex-direction: column;
    gap: 0.5em;
    width: 100%;
  }
  .editor textarea {
    width: 100%;
    min-height: 4.5em;
    max-height: 14em;
    padding: 0.6em 0.8em;
    border: 1px solid var(--_outline);
    border-radius: 12px;
    background: var(--_surface);
    resize: vertical;
  }
  .editor-actions {
    display: flex;
    gap: 0.5em;
    justify-content: flex-end;
  }

  /* Notices: what went wrong, in a sentence, with what can be done about it. */

  .notice {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4em 0.8em;
    max-width: 100%;
    padding: 0.6em 0.9em;
    border: 1px solid transparent;
    border-radius: 12px;
    background: var(--_assistant-surface);
    font-size: 0.933em;
    line-height: 1.4;
  }
  .notice.error {
    background: var(--_error-surface);
    color: var(--_error);
  }
  .notice > svg {
    flex: none;
  }
  .notice-text {
    flex: 1 1 12em;
    margin: 0;
  }
  .notice .text-button {
    font-size: 0.933em;
  }
  .notice details {
    flex-basis: 100%;
    font-size: 0.867em;
  }
  .notice summary {
    width: fit-content;
    min-height: 24px;
    border-radius: 5px;
    cursor: pointer;
  }
  .notice code {
    font-family: var(--chat-font-mono, ui-monospace, Consolas, monospace);
    user-select: all;
  }
  .banner {
    margin: 0 0.8em 0.5em;
  }
  .jump {
    position: absolute;
    inset-block-end: 0.7em;
    inset-inline: 0;
    display: flex;
    align-items: center;
    gap: 0.35em;
    width: fit-content;
    min-height: 34px;
    margin-inline: auto;
    padding: 0 1em 0 0.75em;
    border-color: var(--_border);
    border-radius: 17px;
    background: var(--_surface);
    color: var(--_on-surface);
    font-size: 0.867em;
    font-weight: 550;
    box-shadow: 0 2px 10px rgb(0 0 0 / 16%);
    animation: enter 200ms var(--_ease) backwards;
  }

  /* Composer. */

  .composer {
    padding: 0 0.8em calc(0.8em + env(safe-area-inset-bottom, 0px));
  }
  .field {
    position: relative;
    display: flex;
    align-items: flex-end;
    gap: 0.3em;
    padding: 0.3em;
    border: 1px solid var(--_outline);
    border-radius: calc(var(--_radius) + 2px);
    background: var(--_surface);
    transition: border-color 120ms;
  }
  .field:focus-within {
    border-color: var(--_focus-ring);
    outline: 1px solid var(--_focus-ring);
  }
  .input {
    flex: 1;
    min-width: 0;
    height: 2.6em;
    max-height: 10em;
    padding: 0.55em 0.7em;
    border: 0;
    outline: 0;
    background: none;
    line-height: 1.5;
    resize: none;
    scrollbar-width: thin;
  }
  .input::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .input:placeholder-shown {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .send {
    display: grid;
    flex: none;
    place-items: center;
    width: 2.6em;
    height: 2.6em;
    border-radius: calc(var(--_radius) - 2px);
    background: var(--_accent);
    color: var(--_on-accent);
    transition:
      background 120ms,
      scale 120ms,
      color 120ms;
  }
  .send:active:not([aria-disabled="true"]) {
    scale: 0.92;
  }
  .send[aria-disabled="true"] {
    background: var(--_assistant-surface);
    color: var(--_muted);
  }
  .send[part="stop"] svg {
    fill: currentColor;
  }
  .count {
    margin: 0.35em 0.6em 0;
    color: var(--_muted);
    font-size: 0.82em;
    text-align: end;
  }
  .count.over {
    color: var(--_error);
  }
  .footer {
    margin: 0.55em 0 0;
    color: var(--_muted);
    font-size: 0.8em;
    line-height: 1.4;
    text-align: center;
  }
  .footer:empty {
    display: none;
  }

  @container panel (max-width: 16em) {
    .avatar {
      display: none;
    }
  }
  @container panel (min-width: 640px) {
    .composer > *,
    .banner {
      width: 100%;
      max-width: 48em;
      margin-inline: auto;
    }
  }
  /* Below 16 px iOS zooms the page into a focused field. */
  @media (pointer: coarse) {
    .input,
    .editor textarea {
      font-size: max(16px, 1em);
    }
    .meta .icon-button {
      width: 36px;
      height: 36px;
    }
  }
  @media (forced-colors: active) {
    .dot,
    .typing i {
      forced-color-adjust: none;
    }
    .send[aria-disabled="true"] {
      border-color: GrayText;
      color: GrayText;
    }
    .text-button,
    .starter,
    .send {
      border-color: ButtonText;
    }
  }

  @keyframes enter {
    from {
      opacity: 0;
      translate: 0 6px;
    }
  }
  @keyframes pulse {
    50% {
      opacity: 0.35;
    }
  }
  @keyframes typing {
    0%,
    60%,
    100% {
      opacity: 0.35;
      translate: 0 0;
    }
    30% {
      opacity: 1;
      translate: 0 -0.2em;
    }
  }
`;
