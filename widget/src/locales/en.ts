import { enLauncher } from "./en-launcher.ts";
import { inTime, plural } from "./format.ts";
import type { LauncherTexts, Locale, Strings } from "./locale.ts";

const { lang, unread } = enLauncher;

/** English, always at hand: what the chat says until another language has arrived. */
export const en: Locale = {
  ...enLauncher,

  heading: "Chat",
  greeting: "Hello! How can I help?",
  placeholder: "Ask a question…",

  conversation: "Conversation",
  question: "Your question",
  newConversation: "New conversation",
  send: "Send",
  stop: "Stop answering",

  you: "You",
  assistant: "Assistant",

  writing: "Writing an answer",
  waiting: "Waiting to send",
  remove: "Remove",
  stopped: "Stopped",
  shortened: "This answer has become too long.",
  filtered: "A filter held back part of this answer.",
  guarded: "This site's safeguards changed or held back this answer.",
  continue: "Continue",
  continueQuestion: "Please continue.",

  retry: "Try again",
  regenerate: "Answer again",
  edit: "Edit question",
  save: "Send",
  cancel: "Cancel",
  copy: "Copy",
  copied: "Copied",
  copyCode: "Copy code",
  good: "Good answer",
  bad: "Bad answer",
  comment: "What went wrong? (optional)",
  sendComment: "Send comment",
  thanks: "Thank you for telling us.",

  code: (language) => `Code: ${language}`,
  table: "Table",
  taskDone: "Done",
  taskOpen: "To do",

  starters: "Suggested questions",
  transcript: (date) => `Conversation, ${date}`,

  justNow: "just now",
  jumpToLatest: "Jump to latest",
  newAnswers: unread,
  loadingOlder: "Loading earlier messages…",
  charactersLeft: plural(lang, {
    one: "# character left",
    other: "# characters left",
  }),
  tooLong: plural(lang, {
    one: "# character too long",
    other: "# characters too long",
  }),

  connecting: "Connecting…",
  online: "Online",
  reconnecting: "Connection lost. Reconnecting…",
  offline: "You are offline. Questions are sent when you are back.",
  failed: "The chat cannot be reached.",
  connect: "Connect again",

  errors: {
    bad_request: "The server does not understand the chat.",
    too_large: "This question is too long. Please shorten it.",
    unauthorized: "Please sign in to use the chat.",
    forbidden_origin: "The chat is not available on this page.",
    not_found: "This conversation is no longer there.",
    model_rejected: "This question could not be answered.",
    context_too_long:
      "This conversation has become too long. Please start a new one.",
    budget_exceeded: "The chat has reached its limit for now.",
    not_ready: "The chat is not ready yet.",
    busy: "The last question is still being answered.",
    rate_limited: "That was a little fast.",
    model_throttled: "Many people are asking right now.",
    model_unavailable: "The assistant is not available at the moment.",
    stream_truncated: "The answer broke off.",
    timeout: "The answer took too long.",
    internal: "Something went wrong.",
  },
  tryAgainIn: (seconds) => `Please try again ${inTime(lang, seconds)}.`,
  details: "Details",
  requestId: (id) => `Request ${id}`,
};

/** All texts of a language, with what the page replaced; of English this has more than {@link loadLocale} gives. */
export const inFull = (texts: LauncherTexts, strings?: Strings): Locale => {
  const locale = { ...en, ...texts };
  return {
    ...locale,
    ...strings,
    errors: { ...locale.errors, ...strings?.errors },
  };
};
