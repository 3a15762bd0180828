import {
  parseClientFrame,
  type ClientFrame,
  type FrameRefusal,
  type PlainQuestion,
} from "bedrock-chat-widget/protocol";
import { send, sendPlain } from "./accept.ts";
import { deliver, deliverText } from "./deliver.ts";
import { Refusal, toChatError, type ChatError } from "./errors.ts";
import { feedback } from "./feedback.ts";
import { forget } from "./forget.ts";
import { refusalFrame } from "./frames.ts";
import { hello } from "./hello.ts";
import { history } from "./history.ts";
import { plainMessage } from "./plain.ts";
import {
  requestOf,
  type Origin,
  type Request,
  type RouterDeps,
} from "./request.ts";
import { resume } from "./resume.ts";
import { stop } from "./stop.ts";
import { toolResult } from "./tool-result.ts";

/** A text frame of a client. */
export interface Message extends Origin {
  /** Differs for every message of the API. */
  readonly messageId: string;
  readonly body: string;
}

/** The turn that a frame is about. Other frames may carry an unchecked field of that name. */
function namedTurn(frame: ClientFrame): string | undefined {
  switch (frame.type) {
    case "send":
    case "stop":
    case "resume":
    case "feedback":
    case "tool-result":
      return frame.turnId;
    default:
      return undefined;
  }
}

/** What the router does with the three kinds of events of a WebSocket. Every answer goes through the outbox. */
export class Router {
  readonly #deps: RouterDeps;

  constructor(deps: RouterDeps) {
    this.#deps = deps;
  }

  /** A connection that opens. */
  async connect(connectionId: string): Promise<void> {
    const { store, clock } = this.#deps;
    await store.putConnection({ connectionId, connectedAt: clock.now() });
  }

  /** A connection that has closed. */
  async disconnect(connectionId: string): Promise<void> {
    await this.#deps.store.deleteConnection(connectionId);
  }

  /** Serves a message. It never rejects: what goes wrong is told to the client and to the log. */
  async message(message: Message): Promise<void> {
    const parsed = parseClientFrame(message.body);
    if (parsed.kind === "frame") return this.#frame(message, parsed.frame);
    if (parsed.kind === "plain") return this.#plain(message, parsed.question);
    return this.#refused(message, parsed.refusal);
  }

  async #frame(message: Message, frame: ClientFrame): Promise<void> {
    const turnId = namedTurn(frame);
    const deps = this.#depsOf(message, {
      ...(frame.type !== "ping" && { conversationId: frame.conversationId }),
      turnId,
      type: frame.type,
    });
    const { connectionId, requestId } = message;
    try {
      if (frame.type === "ping") {
        await deliver(deps, connectionId, { type: "pong" });
        return;
      }
      const connection = await deps.store.getConnection(connectionId);
      if (frame.type === "hello") await hello(deps, message, frame, connection);
      else await serve(deps, requestOf(deps, message, connection), frame);
    } catch (thrown) {
      const error = counted(deps, thrown);
      await deliver(deps, connectionId, refusalFrame(error, requestId, turnId));
    }
  }

  async #plain(message: Message, question: PlainQuestion): Promise<void> {
    const deps = this.#depsOf(message, { type: "plain" });
    try {
      await sendPlain(deps, message, message.messageId, question);
    } catch (thrown) {
      const { sentence } = counted(deps, thrown);
      const text = plainMessage(sentence, deps.limits.maxPlainFrameBytes);
      await deliverText(deps, message.connectionId, text);
    }
  }

  async #refused(message: Message, refusal: FrameRefusal): Promise<void> {
    const deps = this.#depsOf(message, { turnId: refusal.turnId });
    const error = new Refusal(refusal.code, refusal.message);
    counted(deps, error);
    await deliver(
      deps,
      message.connectionId,
      refusalFrame(error, message.requestId, refusal.turnId),
    );
  }

  /** What serves a message: every line of its log names it. */
  #depsOf(
    { connectionId, requestId }: Origin,
    about: Readonly<Record<string, unknown>>,
  ): RouterDeps {
    const log = this.#deps.log.with({ connectionId, requestId, ...about });
    return { ...this.#deps, log };
  }
}

function serve(
  deps: RouterDeps,
  request: Request,
  frame: Exclude<ClientFrame, { type: "hello" | "ping" }>,
): Promise<void> {
  switch (frame.type) {
    case "send":
      return send(deps, request, frame);
    case "stop":
      return stop(deps, request, frame);
    case "resume":
      return resume(deps, request, frame);
    case "history":
      return history(deps, request, frame);
    case "feedback":
      return feedback(deps, request, frame);
    case "forget":
      return forget(deps, request, frame);
    case "tool-result":
      return toolResult(deps, request, frame);
  }
}

/** Sentences about a frame end with what was found in it, which a visitor may have written. */
const FOUND = /, got .*$/s;

/** What was thrown as one of ours, after it has been logged and counted. */
function counted({ log, metrics }: RouterDeps, thrown: unknown): ChatError {
  const error = toChatError(thrown);
  const { code, message, cause } = error;
  if (error instanceof Refusal) {
    metrics.add("refusals", 1, code);
    log.info("A frame was refused.", {
      code,
      reason: message.replace(FOUND, "."),
      ...(cause === undefined ? {} : { cause }),
    });
  } else {
    metrics.add("failures", 1);
    log.error("A frame could not be served.", { code, error });
  }
  return error;
}
