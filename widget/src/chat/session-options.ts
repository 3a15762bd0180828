/** What a session is given and what it tells. */
import type {
  PageContext,
  Rating,
  StopReason,
  TurnError,
} from "../protocol.ts";
import type { TransportFactory } from "../transport/transport.ts";
import type { Forgetting } from "./forgetting.ts";
import type { HistoryLoader } from "./history-loader.ts";
import type { ChatFailure, ConnectionState } from "./model.ts";
import type { definitionsOf, PageTool, ToolRunner } from "./page-tools.ts";
import type { ChatStorage, Environment } from "./ports.ts";

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
  /** Asked for every `hello`, and once more when the server does not take the token, or not any more. */
  readonly getToken?: () => Promise<string | undefined> | undefined;
  /** May change a question before it is taken; `undefined` cancels it. Not asked for `retry` and `regenerate`. */
  readonly beforeSend?: (question: Question) => Question | undefined;
  /** The page's functions that the model may call; asked for every question and every call. */
  readonly tools?: () => Readonly<Record<string, PageTool>> | undefined;
  /** What runs them, once it is loaded; until then questions are asked without tools. */
  readonly pageTools?: () => PageTools | undefined;
  /** Fetches the module `past.ts`. */
  readonly loadPast: () => Promise<Past>;
  /** Tells the page's developer what is wrong with its tools. */
  readonly warn?: (sentence: string) => void;
  /** Lower bound than the server's, in UTF-16 code units. */
  readonly maxTextLength?: () => number | undefined;
}

/** The module `page-tools.ts`, which only pages with tools need. */
export interface PageTools {
  readonly definitionsOf: typeof definitionsOf;
  readonly ToolRunner: typeof ToolRunner;
}

/** The module `past.ts`, which only a conversation with a past needs. */
export interface Past {
  readonly HistoryLoader: typeof HistoryLoader;
  readonly Forgetting: typeof Forgetting;
}

/** The name of an event for the page, and what the class of that event is made with. */
export type SessionEvent =
  | readonly [name: "ready", conversationId: string]
  | readonly [
      name: "connection",
      state: ConnectionState,
      failure: ChatFailure | undefined,
    ]
  | readonly [name: "sent", turnId: string, text: string]
  | readonly [name: "response-start", turnId: string]
  | readonly [name: "response-delta", turnId: string, text: string]
  | readonly [
      name: "response-end",
      turnId: string,
      answer: string,
      status: "complete" | "stopped" | "failed",
      stopReason: StopReason | undefined,
    ]
  | readonly [name: "stopped", turnId: string]
  | readonly [
      name: "feedback",
      turnId: string,
      rating: Rating,
      comment: string | undefined,
    ]
  | readonly [name: "error", error: TurnError, turnId?: string]
  /** A tool is about to be run on this page. */
  | readonly [
      name: "tool-call",
      turnId: string,
      toolCallId: string,
      tool: string,
      input: unknown,
    ]
  | readonly [name: "conversation-change", conversationId: string];

/** What an earlier page of this tab (or visitor) left behind. */
export interface Restored {
  readonly open: boolean;
  /** The panel was open, a turn was running or a question waits: connect at once. */
  readonly connect: boolean;
}
