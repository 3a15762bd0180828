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
import type { ChatSession, SessionEvent } from "./session.ts";

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

export interface SessionHost {
  /** Draws the session's present state. Called at most once an animation frame. */
  render(): void;
  /** Called before the event reaches the page. */
  handleSessionEvent(event: SessionEvent): void;
}

/** Ties a session to an element: however often its state changes there is one render a frame, and the page gets its events. */
export class SessionController {
  readonly #target: EventTarget;
  readonly #host: SessionHost;
  #session?: ChatSession;
  #frame = 0;

  constructor(target: EventTarget, host: SessionHost) {
    this.#target = target;
    this.#host = host;
  }

  /** Lets go of the session before, which is disposed of, and follows this one. */
  follow(session: ChatSession): void {
    this.#session?.dispose();
    this.#session = session;
    session.subscribe(() => this.requestRender());
    session.onEvent = (event) => {
      this.#host.handleSessionEvent(event);
      const [name, ...details] = event;
      const dispatched: unknown = Reflect.construct(pageEvents[name], details);
      this.#target.dispatchEvent(dispatched as ChatEvent);
      if (event[0] === "connection" && event[2]) {
        const failed = new ChatErrorEvent({ ...event[2], retryable: true });
        this.#target.dispatchEvent(failed);
      }
    };
    this.requestRender();
  }

  requestRender(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#host.render();
    });
  }

  /** Drops a render that was asked for and not done. */
  cancelRender(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}
