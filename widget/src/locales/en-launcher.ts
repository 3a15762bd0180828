import { plural } from "./format.ts";
import type { LauncherTexts } from "./locale.ts";

const lang = "en";

/** The part of English that a page needs before the chat is opened. */
export const enLauncher: LauncherTexts = {
  lang,
  dir: "ltr",
  openChat: "Open chat",
  closeChat: "Close chat",
  unread: plural(lang, { one: "# new answer", other: "# new answers" }),
  loadFailed: "The chat could not be loaded. Please try again.",
};
