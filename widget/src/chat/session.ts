/** One conversation of one visitor: takes commands, keeps the state, and sees to it that every question gets its answer. */
import type { PageContext, Rating, TurnError } from "../protocol.ts";
import type { TransportFactory } from "../transport/transport.ts";
import type { ChatStorage, Environment } from "./ports.ts";
import type {
  ChatFailure,
  ChatState,
  ChatTurn,
  ConnectionState,
} from "./state.ts";

export interface Question {
  readonly text: string;
  readonly context?: PageContext;
}

export interface SessionOptions {
  /** `wss://…` */
  readonly endpoint: string;
  readonly client: {
    readonly name: string;
    readonly version: string;
    readonly locale: string;
  };
  readonly createTransport: TransportFactory;
  readonly environment: Environment;
  readonly storage: ChatStorage;
  /** Continues this conversation instead of the stored one. */
  readonly conversationId?: string;
  /** Separates what is stored for different users of one browser; never sent. */
  readonly userId?: string;
  /** Asked for every question. */
  readonly model?: () => string | undefined;
  /** Asked for every question that brings no context of its own. */
  readonly context?: () => PageContext | undefined;
  /** Asked on every connection, and once more when the server refuses the token. */
  readonly getToken?: () => Promise<string | undefined>;
  /** May change a question before it is taken; `undefined` cancels it. Not asked for `retry` and `regenerate`. */
  readonly beforeSend?: (question: Question) => Question | undefined;
  /** Lower bound than the server's, in UTF-16 code units. */
  readonly maxTextLength?: () => number | undefined;
}

export type SessionEvent =
  | { readonly type: "ready"; readonly conversationId: string }
  | {
      readonly type: "connection";
      readonly state: ConnectionState;
      readonly failure?: ChatFailure;
    }
  | { readonly type: "sent"; readonly turnId: string; readonly text: string }
  | { readonly type: "response-start"; readonly turnId: string }
  | {
      readonly type: "response-delta";
      readonly turnId: string;
      readonly text: string;
    }
  | { readonly type: "response-end"; readonly turn: ChatTurn }
  | { readonly type: "stopped"; readonly turnId: string }
  | {
      readonly type: "feedback";
      readonly turnId: string;
      readonly rating: Rating;
    }
  | {
      readonly type: "error";
      readonly turnId?: string;
      readonly error: TurnError;
    }
  | { readonly type: "conversation-change"; readonly conversationId: string };

/** What an earlier page of this tab (or visitor) left behind. */
export interface Restored {
  readonly open: boolean;
  /** The panel was open, a turn was running or a question waits: connect at once. */
  readonly connect: boolean;
}

export declare class ChatSession {
  readonly state: ChatState;
  readonly restored: Restored;
  onEvent?: (event: SessionEvent) => void;
  constructor(options: SessionOptions);
  subscribe(listener: (state: ChatState) => void): () => void;
  connect(): void;
  disconnect(): void;
  send(
    text: string,
    options?: { context?: PageContext; replaces?: string },
  ): string | undefined;
  stop(turnId?: string): void;
  removeWaiting(turnId: string): void;
  retry(turnId?: string): void;
  regenerate(turnId?: string): void;
  edit(turnId: string, text: string): void;
  loadOlder(): void;
  feedback(turnId: string, rating: Rating, comment?: string): void;
  newConversation(): void;
  forget(): Promise<void>;
  reset(): void;
  setPanelOpen(open: boolean): void;
  dispose(): void;
}
