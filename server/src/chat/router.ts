import {
  parseClientFrame,
  type ClientFrame,
  type ParsedClientFrame,
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
import type { Connection } from "./ports.ts";
import {
  addressOf,
  requestOf,
  UNKNOWN_ADDRESS,
  type Origin,
  type Request,
  type RouterDeps,
} from "./request.ts";
import { resume } from "./resume.ts";
import { stop } from "./stop.ts";
import { toolResult } from "./tool-result.ts";
import { WINDOWS } from "./windows.ts";

/** A text frame of a client. */
export interface Message extends Origin {
  /** Differs for every message of the API. */
  readonly messageId: string;
  readonly body: string;
}

/** The turn that a message is about. Other frames may carry an unchecked field of that name. */
function namedTurn(parsed: ParsedClientFrame): string | undefined {
  if (parsed.kind === "refused") return parsed.refusal.turnId;
  if (parsed.kind === "plain") return undefined;
  const { frame } = parsed;
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

/** The frame that is one too many: it is refused, and with it the connection. */
class TooManyFrames extends Refusal {
  constructor(retryAfterMs: number) {
    super(
      "rate_limited",
      "The connection sent too many frames and is closed. Please try again in a moment.",
      { retryAfterMs },
    );
  }
}

/** What the router does with the three kinds of events of a WebSocket. Every answer goes through the outbox. */
export class Router {
  readonly #deps: RouterDeps;

  constructor(deps: RouterDeps) {
    this.#deps = deps;
  }

  /**
   * A connection that opens; `address` is the pseudonym of where it comes from. Gives how long to wait when too many come
   * from there, and then it must not open.
   */
  async connect(
    connectionId: string,
    address = UNKNOWN_ADDRESS,
  ): Promise<{ readonly retryAfterMs: number } | undefined> {
    const { store, clock, rates } = this.#deps;
    const retryAfterMs = await rates.connect(address);
    if (retryAfterMs !== undefined) return { retryAfterMs };
    const connectedAt = clock.now();
    await store.putConnection({ connectionId, connectedAt, address });
    return undefined;
  }

  /** A connection that has closed. */
  async disconnect(connectionId: string): Promise<void> {
    await this.#deps.store.deleteConnection(connectionId);
  }

  /** Serves a message. It never rejects: what goes wrong is told to the client and to the log. */
  async message(message: Message): Promise<void> {
    const parsed = parseClientFrame(message.body);
    const { connectionId, requestId } = message;
    const turnId = namedTurn(parsed);
    const deps = this.#depsOf(message, { ...aboutOf(parsed), turnId });
    try {
      const sender = await admit(deps, message);
      if (sender) await answer(deps, message, parsed, sender.connection);
    } catch (thrown) {
      const error = counted(deps, thrown);
      if (parsed.kind === "plain") {
        const most = deps.limits.maxPlainFrameBytes;
        const text = plainMessage(error.sentence, most);
        await deliverText(deps, connectionId, text);
      } else {
        const frame = refusalFrame(error, requestId, turnId);
        await deliver(deps, connectionId, frame);
      }
      if (error instanceof TooManyFrames) await close(deps, message);
    }
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

/** What a message is about, for the log. */
function aboutOf(parsed: ParsedClientFrame): Readonly<Record<string, unknown>> {
  if (parsed.kind === "refused") return {};
  if (parsed.kind === "plain") return { type: "plain" };
  const { frame } = parsed;
  return {
    ...(frame.type !== "ping" && { conversationId: frame.conversationId }),
    type: frame.type,
  };
}

/**
 * Counts the message and gives its connection, where that is known. The first of those that are too many is refused and
 * ends the connection; nothing is said to the others.
 */
async function admit(
  deps: RouterDeps,
  message: Message,
): Promise<{ readonly connection?: Connection } | undefined> {
  const { store, clock, usage } = deps;
  const most = usage.connectionFramesPerMinute || Infinity;
  const now = clock.now();
  const window = WINDOWS.minute(now);
  const met = await store.countFrame(message.connectionId, window, most);
  if (met.outcome === "unknown") return {};
  if (met.outcome === "counted") {
    if (met.frames > most) throw new TooManyFrames(window.until - now);
    return met;
  }
  // Whoever met the first one may have died before it had closed the connection.
  await close(deps, message);
  return undefined;
}

async function close(
  { outbox, log }: RouterDeps,
  { connectionId }: Origin,
): Promise<void> {
  try {
    await outbox.disconnect(connectionId);
  } catch (error) {
    log.warn("A connection could not be closed.", { error });
  }
}

async function answer(
  deps: RouterDeps,
  message: Message,
  parsed: ParsedClientFrame,
  connection: Connection | undefined,
): Promise<void> {
  if (parsed.kind === "refused") {
    const { code, message: sentence } = parsed.refusal;
    throw new Refusal(code, sentence);
  }
  if (parsed.kind === "plain") {
    const { messageId } = message;
    const address = addressOf(connection);
    return sendPlain(deps, message, address, messageId, parsed.question);
  }
  const { frame } = parsed;
  if (frame.type === "ping")
    await deliver(deps, message.connectionId, { type: "pong" });
  else if (frame.type === "hello")
    await hello(deps, message, frame, connection);
  else await serve(deps, requestOf(deps, message, connection), frame);
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
