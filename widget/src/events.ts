/** Every event that `<bedrock-chat>` fires. All of them bubble and leave shadow trees. */
import type { PageContext, Rating, StopReason, TurnError } from "./protocol.ts";
import type { ConnectionState } from "./chat/model.ts";

/** What the events of the chat have in common. */
export class ChatEvent extends Event {
  constructor(type: keyof ChatEventMap, cancelable = false) {
    super(type, { bubbles: true, composed: true, cancelable });
  }
}

/** `chat-ready`: the server has answered; questions reach it. */
export class ChatReadyEvent extends ChatEvent {
  readonly conversationId: string;
  constructor(conversationId: string) {
    super("chat-ready");
    this.conversationId = conversationId;
  }
}

/** `chat-show`: the panel was opened. */
export class ChatShowEvent extends ChatEvent {
  constructor() {
    super("chat-show");
  }
}

/** `chat-hide`: the panel was closed. */
export class ChatHideEvent extends ChatEvent {
  constructor() {
    super("chat-hide");
  }
}

/** `chat-before-send`: a question is about to be sent. Change `text` or `context`, or cancel it by `preventDefault()`. */
export class ChatBeforeSendEvent extends ChatEvent {
  text: string;
  context: PageContext | undefined;
  constructor(text: string, context: PageContext | undefined) {
    super("chat-before-send", true);
    this.text = text;
    this.context = context;
  }
}

/** `chat-send`: a question was taken. It may still wait for a connection. */
export class ChatSendEvent extends ChatEvent {
  readonly turnId: string;
  readonly text: string;
  constructor(turnId: string, text: string) {
    super("chat-send");
    this.turnId = turnId;
    this.text = text;
  }
}

/** `chat-response-start`: the model has begun to answer. */
export class ChatResponseStartEvent extends ChatEvent {
  readonly turnId: string;
  constructor(turnId: string) {
    super("chat-response-start");
    this.turnId = turnId;
  }
}

/** `chat-response-delta`: the next piece of an answer. */
export class ChatResponseDeltaEvent extends ChatEvent {
  readonly turnId: string;
  readonly text: string;
  constructor(turnId: string, text: string) {
    super("chat-response-delta");
    this.turnId = turnId;
    this.text = text;
  }
}

/** `chat-response-end`: an answer is complete, was stopped or failed. `text` is all of it. */
export class ChatResponseEndEvent extends ChatEvent {
  readonly turnId: string;
  readonly text: string;
  readonly status: "complete" | "stopped" | "failed";
  readonly stopReason: StopReason | undefined;
  constructor(
    turnId: string,
    text: string,
    status: ChatResponseEndEvent["status"],
    stopReason?: StopReason,
  ) {
    super("chat-response-end");
    this.turnId = turnId;
    this.text = text;
    this.status = status;
    this.stopReason = stopReason;
  }
}

/** `chat-stop`: the visitor or the page stopped an answer. */
export class ChatStopEvent extends ChatEvent {
  readonly turnId: string;
  constructor(turnId: string) {
    super("chat-stop");
    this.turnId = turnId;
  }
}

/** `chat-error`: a question failed or was refused, or the chat cannot connect. `message` is safe to show. */
export class ChatErrorEvent extends ChatEvent {
  /** A stable code of the protocol, or of the connection. */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
  /** The question that it is about, if any. */
  readonly turnId: string | undefined;
  constructor(
    error: Pick<TurnError, "message" | "retryable" | "retryAfterMs"> & {
      readonly code: string;
      readonly requestId?: string;
    },
    turnId?: string,
  ) {
    super("chat-error");
    this.code = error.code;
    this.message = error.message;
    this.retryable = error.retryable;
    this.retryAfterMs = error.retryAfterMs;
    this.requestId = error.requestId;
    this.turnId = turnId;
  }
}

/** `chat-connection`: the state of the connection changed. */
export class ChatConnectionEvent extends ChatEvent {
  readonly state: ConnectionState;
  constructor(state: ConnectionState) {
    super("chat-connection");
    this.state = state;
  }
}

/** `chat-feedback`: the visitor rated an answer, or added a comment to the rating. */
export class ChatFeedbackEvent extends ChatEvent {
  readonly turnId: string;
  readonly rating: Rating;
  readonly comment: string | undefined;
  constructor(turnId: string, rating: Rating, comment?: string) {
    super("chat-feedback");
    this.turnId = turnId;
    this.rating = rating;
    this.comment = comment;
  }
}

/** `chat-tool-call`: the model has called a tool of the page, and its handler is about to be run. */
export class ChatToolCallEvent extends ChatEvent {
  readonly turnId: string;
  readonly toolCallId: string;
  readonly name: string;
  readonly input: unknown;
  constructor(
    turnId: string,
    toolCallId: string,
    name: string,
    input: unknown,
  ) {
    super("chat-tool-call");
    this.turnId = turnId;
    this.toolCallId = toolCallId;
    this.name = name;
    this.input = input;
  }
}

/** `chat-unread`: the number of answers that ended while the panel was closed changed. */
export class ChatUnreadEvent extends ChatEvent {
  readonly count: number;
  constructor(count: number) {
    super("chat-unread");
    this.count = count;
  }
}

/** `chat-conversation-change`: from now on questions belong to another conversation. */
export class ChatConversationChangeEvent extends ChatEvent {
  readonly conversationId: string;
  constructor(conversationId: string) {
    super("chat-conversation-change");
    this.conversationId = conversationId;
  }
}

/** Event names and their classes. */
export interface ChatEventMap {
  "chat-ready": ChatReadyEvent;
  "chat-show": ChatShowEvent;
  "chat-hide": ChatHideEvent;
  "chat-before-send": ChatBeforeSendEvent;
  "chat-send": ChatSendEvent;
  "chat-response-start": ChatResponseStartEvent;
  "chat-response-delta": ChatResponseDeltaEvent;
  "chat-response-end": ChatResponseEndEvent;
  "chat-stop": ChatStopEvent;
  "chat-error": ChatErrorEvent;
  "chat-connection": ChatConnectionEvent;
  "chat-feedback": ChatFeedbackEvent;
  "chat-tool-call": ChatToolCallEvent;
  "chat-unread": ChatUnreadEvent;
  "chat-conversation-change": ChatConversationChangeEvent;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merged with the built-in events
  interface HTMLElementEventMap extends ChatEventMap {}
}
