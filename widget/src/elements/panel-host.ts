import type { ChatSession } from "../chat/session.ts";
import type { Locale } from "../locales/locale.ts";
import type { BedrockChat } from "./bedrock-chat.ts";
import type { TurnForms } from "./message.ts";

/** What the parts of the panel see of it and have it do. */
export interface PanelHost {
  /** The element, with what the page wants. */
  readonly chat: BedrockChat;
  readonly session: ChatSession;
  readonly locale: Locale;
  /** An answer is being written: there is something to stop, and nothing can be sent. */
  readonly running: boolean;
  /** The one element that matches, once the panel is drawn. */
  find<T extends HTMLElement = HTMLElement>(selector: string): T;
  /** Draws at once. */
  render(): void;
  /** Draws soon, with whatever else there will be to draw by then. */
  requestRender(): void;
  /** Has screen readers say something. */
  say(text: string): void;
  /** Asks a question. Gives nothing when it was refused or cancelled. */
  send(text: string): string | undefined;
  /** The visitor begins to use the composer: once that connects, and not again what the page disconnects. */
  readonly engage: () => void;
  newConversation(): void;
  /** Goes to the end of the conversation, and back to the composer. */
  goOn(): void;
  /** Gives the focus back to the composer. */
  rest(): void;
  loadForms(): Promise<TurnForms>;
}
