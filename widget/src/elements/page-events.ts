import {
  ChatConnectionEvent,
  ChatConversationChangeEvent,
  ChatErrorEvent,
  ChatFeedbackEvent,
  ChatReadyEvent,
  ChatResponseDeltaEvent,
  ChatResponseEndEvent,
  ChatResponseStartEvent,
  ChatSendEvent,
  ChatStopEvent,
  ChatToolCallEvent,
  type ChatEvent,
} from "../events.ts";
import type { SessionEvent } from "../chat/session.ts";

type EventClass<E> = E extends readonly [string, ...infer Details]
  ? new (...details: Details) => ChatEvent
  : never;

const pageEvents: { readonly [E in SessionEvent as E[0]]: EventClass<E> } = {
  ready: ChatReadyEvent,
  connection: ChatConnectionEvent,
  sent: ChatSendEvent,
  "response-start": ChatResponseStartEvent,
  "response-delta": ChatResponseDeltaEvent,
  "response-end": ChatResponseEndEvent,
  stopped: ChatStopEvent,
  feedback: ChatFeedbackEvent,
  error: ChatErrorEvent,
  "tool-call": ChatToolCallEvent,
  "conversation-change": ChatConversationChangeEvent,
};

/** Has `chat` fire the events of its session. */
export function tellPage(chat: EventTarget, event: SessionEvent): void {
  const [name, ...details] = event;
  const dispatched: unknown = Reflect.construct(pageEvents[name], details);
  chat.dispatchEvent(dispatched as ChatEvent);
  if (event[0] === "connection" && event[2])
    chat.dispatchEvent(new ChatErrorEvent({ ...event[2], retryable: true }));
}
