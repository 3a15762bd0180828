/**
 * What the styles and templates offer to a page, in words: parts, slots and custom properties. Types and code describe the
 * rest. `widget/test/manifest.test.ts` holds these lists to what the sources really have.
 */

/** Names and what they are. */
export type Descriptions = Readonly<Record<string, string>>;

export const SLOTS: Descriptions = {
  "launcher-icon": "In place of the speech bubble on the launcher.",
  header: "In place of the whole header.",
  "header-actions": "Buttons of the page's own, before those of the header.",
  empty: "In place of the greeting of an empty conversation.",
  starters: "In place of the questions to begin with.",
  "before-composer": "Between the transcript and the composer.",
  "after-composer": "Below the composer.",
  footer: "At the bottom of the panel.",
  disclaimer: "In place of the attribute `disclaimer`.",
  "avatar-assistant": "In place of the mark beside the title.",
};

export const PARTS: Descriptions = {
  launcher: "The button that opens the chat.",
  "launcher-icon": "The picture on it.",
  badge: "The number of unread answers.",
  panel: "The chat itself.",
  header: "Its top.",
  title: "The heading in it.",
  "header-actions": "The buttons in it.",
  transcript: "What was said, scrolling.",
  message: "A question or an answer, with all that belongs to it.",
  "message-user": "A question.",
  "message-assistant": "An answer.",
  bubble: "The text of a message.",
  avatar: "The mark beside the title.",
  time: "When a message was written.",
  actions: "The buttons of a message.",
  action: "One of them.",
  code: "A block of code.",
  "copy-code": "The button that copies it.",
  typing: "The sign that an answer is on its way.",
  notice: "A line about the connection or a message.",
  error: "A notice of something that failed.",
  retry: "The button that tries again.",
  starter: "A question to begin with.",
  composer: "Where the visitor writes.",
  input: "The text field in it.",
  send: "The button that sends.",
  stop: "The button that stops an answer.",
  status: "The state of the connection.",
  footer: "The bottom of the panel.",
};

export const CUSTOM_PROPERTIES: Descriptions = {
  "--chat-accent": "Launcher, send button and links.",
  "--chat-on-accent": "Text and icons on the accent.",
  "--chat-surface": "Ground of the panel.",
  "--chat-on-surface": "Text on it.",
  "--chat-muted": "Secondary text.",
  "--chat-border": "Lines.",
  "--chat-radius": "Roundness of the panel.",
  "--chat-font": "Font family.",
  "--chat-font-size": "Size of the text.",
  "--chat-font-mono": "Font family of code.",
  "--chat-user-surface": "Ground of questions.",
  "--chat-on-user-surface": "Text of questions.",
  "--chat-assistant-surface": "Ground of answers.",
  "--chat-on-assistant-surface": "Text of answers.",
  "--chat-error": "Text of what failed.",
  "--chat-focus-ring": "The ring around what has the focus.",
  "--chat-launcher-size": "Width and height of the launcher.",
  "--chat-launcher-surface": "Ground of the launcher.",
  "--chat-width": "Width of the panel.",
  "--chat-height": "Height of the panel.",
  "--chat-inset": "Distance from the edges of the window.",
  "--chat-z-index": "Layer of launcher and panel.",
};
