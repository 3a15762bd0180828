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
      for (const domEvent of domEvents(event))
        this.#target.dispatchEvent(domEvent);
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

function domEvents(event: SessionEvent): ChatEvent[] {
  switch (event.type) {
    case "ready":
      return [new ChatReadyEvent(event.conversationId)];
    case "connection": {
      const { state, failure } = event;
      const changed = new ChatConnectionEvent(state);
      return failure
        ? [changed, new ChatErrorEvent({ ...failure, retryable: true })]
        : [changed];
    }
    case "sent":
      return [new ChatSendEvent(event.turnId, event.text)];
    case "response-start":
      return [new ChatResponseStartEvent(event.turnId)];
    case "response-delta":
      return [new ChatResponseDeltaEvent(event.turnId, event.text)];
    case "response-end": {
      const { turnId, answer, status, stopReason } = event.turn;
      // The session ends a response only when its turn is in one of the final states.
      const final = status as ChatResponseEndEvent["status"];
      return [new ChatResponseEndEvent(turnId, answer, final, stopReason)];
    }
    case "stopped":
      return [new ChatStopEvent(event.turnId)];
    case "feedback":
      return [new ChatFeedbackEvent(event.turnId, event.rating, event.comment)];
    case "error":
      return [new ChatErrorEvent(event.error, event.turnId)];
    case "tool-call": {
      const { turnId, toolCallId, name, input } = event;
      return [new ChatToolCallEvent(turnId, toolCallId, name, input)];
    }
    case "conversation-change":
      return [new ChatConversationChangeEvent(event.conversationId)];
  }
}
