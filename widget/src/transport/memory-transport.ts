/**
 * A chat server in the memory of the page, for tests and demonstrations: it speaks the whole protocol, and answers what
 * its script says. Connections of one `MemoryServer` share its conversations, so reconnecting, several tabs and
 * resuming behave as they do with a real one.
 */
import {
  endsTurn,
  parseClientFrame,
  stringifyFrame,
  type ClientFrame,
  type ErrorCode,
  type ErrorFrame,
  type HelloFrame,
  type HistoryTurn,
  type ModelInfo,
  type Rating,
  type SendFrame,
  type ServerFrame,
  type StopReason,
  type TurnFrame,
  isRetryable,
} from "../protocol.ts";
import type { Transport, TransportHandlers } from "./transport.ts";

/** The pieces of an answer. Each is posted as one frame; throw a {@link ModelFault} to end the turn with an error. */
export type Answer = string | Iterable<string> | AsyncIterable<string>;

/** Ends an answer as failed, with the text so far. */
export class ModelFault extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = "ModelFault";
    this.code = code;
  }
}

export interface MemoryServerOptions {
  /** Default: repeats the question, word by word. */
  readonly answer?: (question: SendFrame, signal: Stopped) => Answer;
  readonly models?: readonly ModelInfo[];
  readonly maxTextLength?: number;
  /** Turns on a page of history that names no limit. */
  readonly pageSize?: number;
  readonly now?: () => number;
  /** Runs a task later, but soon; default: as a microtask. Everything that the server sends goes through it, in order. */
  readonly defer?: (task: () => void) => void;
}

/** Tells an answer that the visitor has stopped it. */
export interface Stopped {
  readonly stopped: boolean;
}

interface MemoryTurn {
  readonly question: SendFrame;
  readonly createdAt: string;
  readonly frames: TurnFrame[];
  readonly receivers: Set<MemoryConnection>;
  stopped: boolean;
  rating?: Rating;
  isReplaced?: boolean;
}

interface MemoryConversation {
  readonly visitor: string;
  readonly turns: MemoryTurn[];
  readonly members: Set<MemoryConnection>;
}

interface MemoryConnection {
  readonly handlers: TransportHandlers;
  visitor?: string;
  open: boolean;
}

/** A refusal that a script wants in place of the server's answer. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message?: string;
  readonly retryAfterMs?: number;
}

export class MemoryServer {
  /** Every frame that arrived, oldest first. */
  readonly received: ClientFrame[] = [];
  /** How often the model was asked. */
  modelCalls = 0;
  /** Called for each frame that arrives; a refusal is sent in place of the answer, `"ignore"` leaves it unanswered. */
  intercept?: (frame: ClientFrame) => Refusal | "ignore" | undefined;
  /** Refuses handshakes with this close code. */
  refuseConnections?: number;
  readonly #options: MemoryServerOptions;
  readonly #conversations = new Map<string, MemoryConversation>();
  readonly #connections = new Set<MemoryConnection>();
  #visitors = 0;
  #requests = 0;

  constructor(options: MemoryServerOptions = {}) {
    this.#options = options;
  }

  /** The transport factory of this server. */
  readonly connect = (_url: string, handlers: TransportHandlers): Transport => {
    const connection: MemoryConnection = { handlers, open: false };
    let closed = false;
    this.#defer(() => {
      if (closed) return;
      if (this.refuseConnections)
        return handlers.onClose({ code: this.refuseConnections, reason: "" });
      connection.open = true;
      this.#connections.add(connection);
      handlers.onOpen();
    });
    return {
      send: (text) => {
        if (connection.open) this.#defer(() => this.#receive(connection, text));
      },
      close: () => {
        closed = true;
        this.#leave(connection);
      },
    };
  };

  /** How many connections are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Cuts every connection; the clients notice. */
  cut(code = 1006): void {
    for (const connection of [...this.#connections]) {
      this.#leave(connection);
      connection.handlers.onClose({ code, reason: "" });
    }
  }

  /** Every connection goes on to look open, but nothing passes any more. */
  silence(): void {
    for (const connection of [...this.#connections]) this.#leave(connection);
  }

  /** Sends a frame, or any text, to every connection. */
  emit(frame: ServerFrame | string): void {
    const text = typeof frame === "string" ? frame : stringifyFrame(frame);
    for (const { handlers } of [...this.#connections]) handlers.onMessage(text);
  }

  #defer(task: () => void): void {
    if (this.#options.defer) this.#options.defer(task);
    else void Promise.resolve().then(task);
  }

  #leave(connection: MemoryConnection): void {
    connection.open = false;
    this.#connections.delete(connection);
    for (const { members, turns } of this.#conversations.values()) {
      members.delete(connection);
      for (const turn of turns) turn.receivers.delete(connection);
    }
  }

  #post(connection: MemoryConnection, frame: ServerFrame): void {
    this.#defer(() => {
      if (connection.open) connection.handlers.onMessage(stringifyFrame(frame));
    });
  }

  #receive(connection: MemoryConnection, text: string): void {
    if (!connection.open) return;
    const parsed = parseClientFrame(text);
    if (parsed.kind === "refused")
      return this.#refuse(connection, parsed.refusal, parsed.refusal.turnId);
    if (parsed.kind === "plain")
      return this.#refuse(connection, { code: "bad_request" });
    const { frame } = parsed;
    this.received.push(frame);
    const turnId = "turnId" in frame ? frame.turnId : undefined;
    const verdict = this.intercept?.(frame);
    if (verdict === "ignore") return;
    if (verdict) return this.#refuse(connection, verdict, turnId);
    if (frame.type === "hello") return this.#hello(connection, frame);
    if (frame.type === "ping") return this.#post(connection, { type: "pong" });
    if (!connection.visitor)
      return this.#refuse(connection, { code: "not_ready" }, turnId);
    this.#serve(connection, connection.visitor, frame);
  }

  #refuse(
    connection: MemoryConnection,
    refusal: Refusal,
    turnId?: string,
  ): void {
    const { code, message = `Refused: ${code}.`, retryAfterMs } = refusal;
    this.#post(connection, {
      ...this.#error(code, message),
      ...(turnId === undefined ? {} : { turnId }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  #error(code: ErrorCode, message: string): ErrorFrame {
    const requestId = `memory-${++this.#requests}`;
    return {
      type: "error",
      code,
      message,
      retryable: isRetryable(code),
      requestId,
    };
  }

  #hello(connection: MemoryConnection, frame: HelloFrame): void {
    const { visitorToken, conversationId } = frame;
    const visitor = visitorToken ?? `visitor-${++this.#visitors}`;
    connection.visitor = visitor;
    const known = conversationId
      ? this.#conversations.get(conversationId)
      : undefined;
    const own = known?.visitor === visitor ? known : undefined;
    own?.members.add(connection);
    const active = own?.turns.find(isRunning);
    const { models, maxTextLength = 8_000, now } = this.#options;
    this.#post(connection, {
      type: "ready",
      visitorToken: visitor,
      ...(own && conversationId ? { conversationId } : {}),
      limits: { maxTextLength, maxFrameBytes: 32_000 },
      models: models ?? [{ id: "memory", label: "Memory" }],
      ...(active
        ? {
            activeTurn: {
              turnId: active.question.turnId,
              lastSeq: active.frames.length - 1,
            },
          }
        : {}),
      serverTime: new Date(now?.() ?? 0).toISOString(),
    });
  }

  #serve(
    connection: MemoryConnection,
    visitor: string,
    frame: Exclude<ClientFrame, HelloFrame | { type: "ping" }>,
  ): void {
    const { conversationId } = frame;
    let conversation = this.#conversations.get(conversationId);
    if (!conversation && frame.type === "send") {
      conversation = { visitor, turns: [], members: new Set() };
      this.#conversations.set(conversationId, conversation);
    }
    const turnId = "turnId" in frame ? frame.turnId : undefined;
    if (conversation?.visitor !== visitor)
      return this.#refuse(connection, { code: "not_found" }, turnId);
    if (frame.type !== "forget") conversation.members.add(connection);
    const turn = conversation.turns.find(
      ({ question }) => question.turnId === turnId,
    );
    switch (frame.type) {
      case "send":
        return this.#send(connection, conversation, frame, turn);
      case "history":
        return this.#history(connection, conversation, frame);
      case "forget":
        this.#conversations.delete(conversationId);
        for (const each of conversation.turns) each.stopped = true;
        for (const member of conversation.members.add(connection))
          this.#post(member, { type: "forgotten", conversationId });
        return;
    }
    if (!turn) return this.#refuse(connection, { code: "not_found" }, turnId);
    if (frame.type === "resume") this.#resume(connection, turn, frame.lastSeq);
    else if (frame.type === "feedback") turn.rating = frame.rating;
    else if (frame.type === "stop") this.#stop(connection, turn);
  }

  #send(
    connection: MemoryConnection,
    conversation: MemoryConversation,
    frame: SendFrame,
    known: MemoryTurn | undefined,
  ): void {
    const { turnId, replaces } = frame;
    if (known) return this.#resume(connection, known, -1);
    if (conversation.turns.some(isRunning))
      return this.#refuse(connection, { code: "busy" }, turnId);
    const from = conversation.turns.findIndex(
      ({ question }) => question.turnId === replaces,
    );
    if (from >= 0)
      for (const turn of conversation.turns.slice(from)) turn.isReplaced = true;
    const turn: MemoryTurn = {
      question: frame,
      createdAt: new Date(this.#options.now?.() ?? 0).toISOString(),
      frames: [],
      receivers: new Set(conversation.members),
      stopped: false,
    };
    conversation.turns.push(turn);
    this.#post(connection, { type: "ack", turnId });
    void this.#answer(turn);
  }

  async #answer(turn: MemoryTurn): Promise<void> {
    const { conversationId, turnId, text, model } = turn.question;
    const { answer, models } = this.#options;
    const usage = { inputTokens: 1, outputTokens: 0 };
    let length = 0;
    const end = (stopReason: StopReason) =>
      this.#frame(turn, {
        type: "turn-end",
        turnId,
        seq: turn.frames.length,
        stopReason,
        length,
        usage,
      });
    await new Promise<void>((resume) => this.#defer(resume));
    if (turn.stopped) return end("stopped");
    this.modelCalls++;
    const known = models?.find(({ id }) => id === model) ?? models?.[0];
    this.#frame(turn, {
      type: "turn-start",
      conversationId,
      turnId,
      seq: 0,
      model: known?.id ?? "memory",
      createdAt: turn.createdAt,
    });
    try {
      const pieces = answer?.(turn.question, turn) ?? words(text);
      for await (const piece of typeof pieces === "string"
        ? [pieces]
        : pieces) {
        if (turn.stopped) break;
        usage.outputTokens++;
        length += piece.length;
        const seq = turn.frames.length;
        this.#frame(turn, { type: "text-delta", turnId, seq, text: piece });
      }
      end(turn.stopped ? "stopped" : "end_turn");
    } catch (cause) {
      const { code, message } =
        cause instanceof ModelFault
          ? cause
          : new ModelFault("internal", String(cause));
      const seq = turn.frames.length;
      this.#frame(turn, { ...this.#error(code, message), turnId, seq });
    }
  }

  #frame(turn: MemoryTurn, frame: TurnFrame): void {
    turn.frames.push(frame);
    for (const receiver of turn.receivers) this.#post(receiver, frame);
  }

  #resume(
    connection: MemoryConnection,
    turn: MemoryTurn,
    lastSeq: number,
  ): void {
    const { turnId } = turn.question;
    const missed = turn.frames.slice(lastSeq + 1);
    if (isRunning(turn)) {
      this.#post(connection, { type: "ack", turnId, duplicate: true });
      turn.receivers.add(connection);
    } else if (lastSeq === -1) {
      this.#post(connection, { type: "ack", turnId, duplicate: true });
    }
    const last = turn.frames.at(-1);
    const again = last && !isRunning(turn) ? [last] : [];
    for (const frame of missed.length > 0 ? missed : again)
      this.#post(connection, frame);
  }

  #stop(connection: MemoryConnection, turn: MemoryTurn): void {
    turn.stopped = true;
    if (!isRunning(turn)) this.#resume(connection, turn, turn.frames.length);
  }

  #history(
    connection: MemoryConnection,
    { turns }: MemoryConversation,
    frame: Extract<ClientFrame, { type: "history" }>,
  ): void {
    const { conversationId, before, limit } = frame;
    const visible = turns.filter(({ isReplaced }) => !isReplaced);
    const end = before === undefined ? visible.length : Number(before);
    const start = Math.max(0, end - (limit ?? this.#options.pageSize ?? 20));
    this.#post(connection, {
      type: "history",
      conversationId,
      turns: visible.slice(start, end).map(toHistory),
      ...(start > 0 ? { before: String(start) } : {}),
    });
  }
}

const isRunning = ({ frames }: MemoryTurn): boolean => {
  const last = frames.at(-1);
  return !last || !endsTurn(last);
};

function* words(text: string): Iterable<string> {
  yield* text.split(/(?<= )/);
}

function toHistory(turn: MemoryTurn): HistoryTurn {
  const { question, createdAt, frames, rating } = turn;
  const last = frames.at(-1);
  const [first] = frames;
  const entry = {
    turnId: question.turnId,
    text: question.text,
    model: first?.type === "turn-start" ? first.model : "memory",
    createdAt,
    ...(rating ? { rating } : {}),
  };
  const answer = frames
    .map((frame) => (frame.type === "text-delta" ? frame.text : ""))
    .join("");
  if (last?.type === "turn-end")
    return {
      ...entry,
      answer,
      status: last.stopReason === "stopped" ? "stopped" : "complete",
      stopReason: last.stopReason,
    };
  if (last?.type === "error") {
    const { code, message, retryable, requestId } = last;
    const error = { code, message, retryable, requestId };
    return { ...entry, answer, status: "failed", error };
  }
  return { ...entry, answer: "", status: "streaming" };
}
