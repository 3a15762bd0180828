import type { ErrorCode } from "../protocol.ts";

/** Every sentence that a visitor can see or hear. Sentences with a number or a name in them are functions. */
export interface Locale {
  /** BCP 47 tag; also used to format numbers and times. */
  readonly lang: string;
  readonly dir: "ltr" | "rtl";

  readonly heading: string;
  readonly greeting: string;
  readonly placeholder: string;

  /** Names of the launcher. */
  readonly openChat: string;
  readonly closeChat: string;
  readonly unread: (count: number) => string;
  readonly loadFailed: string;

  /** Names of things in the panel, for those who hear them. */
  readonly conversation: string;
  readonly question: string;
  readonly newConversation: string;
  readonly send: string;
  readonly stop: string;

  /** Who wrote a message. */
  readonly you: string;
  readonly assistant: string;

  /** What a turn is doing. */
  readonly writing: string;
  readonly waiting: string;
  readonly remove: string;
  readonly stopped: string;
  readonly shortened: string;
  /** By the model's own filter. */
  readonly filtered: string;
  /** By a guardrail of the site, whose words stand as the answer. */
  readonly guarded: string;
  readonly continue: string;
  /** What the button "continue" asks. */
  readonly continueQuestion: string;

  /** What can be done with a turn. */
  readonly retry: string;
  readonly regenerate: string;
  readonly edit: string;
  readonly save: string;
  readonly cancel: string;
  readonly copy: string;
  readonly copied: string;
  readonly copyCode: string;
  readonly good: string;
  readonly bad: string;
  readonly comment: string;
  readonly sendComment: string;
  readonly thanks: string;

  /** Names of parts of an answer, for those who hear them. */
  readonly code: (language: string) => string;
  readonly table: string;
  /** An item of a list of tasks. */
  readonly taskDone: string;
  readonly taskOpen: string;

  /** Name of the group of suggested questions. */
  readonly starters: string;
  /** Title of an exported conversation. */
  readonly transcript: (date: string) => string;

  readonly justNow: string;
  readonly jumpToLatest: string;
  readonly newAnswers: (count: number) => string;
  readonly loadingOlder: string;
  readonly charactersLeft: (count: number) => string;
  readonly tooLong: (count: number) => string;

  /** The connection. */
  readonly connecting: string;
  readonly online: string;
  readonly reconnecting: string;
  readonly offline: string;
  readonly failed: string;
  readonly connect: string;

  /** Errors as sentences. */
  readonly errors: Readonly<Record<ErrorCode, string>>;
  readonly tryAgainIn: (seconds: number) => string;
  readonly details: string;
  readonly requestId: (id: string) => string;
}

/** What is said before the chat itself is loaded, and when it cannot be. */
export type LauncherTexts = Pick<
  Locale,
  "lang" | "dir" | "openChat" | "closeChat" | "unread" | "loadFailed"
>;

/** What the page may replace by the property `strings`. */
export type Strings = Partial<Omit<Locale, "errors">> & {
  readonly errors?: Partial<Locale["errors"]>;
};
