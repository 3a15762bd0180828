import assert from "node:assert/strict";
import { once } from "node:events";
import { parseServerFrame, SUBPROTOCOL } from "bedrock-chat-widget/protocol";
import type {
  ClientFrame,
  ErrorFrame,
  HelloFrame,
  SendFrame,
  ServerFrame,
  TurnEndFrame,
  TurnFrame,
} from "bedrock-chat-widget/protocol";
import { WebSocket } from "ws";

type FrameOf<T extends ServerFrame["type"]> = Extract<ServerFrame, { type: T }>;

/** A turn as a client saw it. */
export interface SeenTurn {
  readonly turnId: string;
  readonly frames: readonly TurnFrame[];
  readonly text: string;
  readonly end: TurnEndFrame | (ErrorFrame & { readonly seq: number });
}

export interface ChatClientOptions {
  readonly origin?: string;
  /** None: a plain client. */
  readonly protocols?: readonly string[];
}

/** A client that speaks the protocol and hides nothing of it. Every wait ends by an error when the connection closes. */
export class ChatClient {
  readonly socket: WebSocket;
  /** Everything received, in order. */
  readonly texts: string[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #isClosed = false;
  #waiting: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer) => {
      this.texts.push(data.toString());
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        this.#isClosed = true;
        this.#wake();
        resolve({ code, reason: reason.toString() });
      });
    });
    socket.on("error", () => undefined);
  }

  static async connect(
    url: string,
    { origin, protocols = [SUBPROTOCOL] }: ChatClientOptions = {},
  ): Promise<ChatClient> {
    const socket = new WebSocket(url, [...protocols], {
      ...(origin && { origin }),
    });
    const client = new ChatClient(socket);
    await once(socket, "open");
    return client;
  }

  /** Every frame so far. Fails when the gateway wrote one of its own. */
  get frames(): ServerFrame[] {
    return this.texts.map((text) => {
      const parsed = parseServerFrame(text);
      assert.equal(parsed.kind, "frame", text);
      return parsed.frame;
    });
  }

  send(frame: ClientFrame): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The first text from index `from` on that matches. */
  async text(
    matches: (text: string) => boolean = () => true,
    from = 0,
  ): Promise<string> {
    for (;;) {
      const found = this.texts.slice(from).find(matches);
      if (found !== undefined) return found;
      if (this.#isClosed) {
        throw new Error(
          `The connection closed before the awaited frame; it brought ${this.texts.join(" ")}`,
        );
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The first frame of this type, from index `from` on, that matches. */
  async frame<T extends ServerFrame["type"]>(
    type: T,
    matches: (frame: FrameOf<T>) => boolean = () => true,
    from = 0,
  ): Promise<FrameOf<T>> {
    const text = await this.text((one) => {
      const parsed = parseServerFrame(one);
      return (
        parsed.kind === "frame" &&
        parsed.frame.type === type &&
        matches(parsed.frame as FrameOf<T>)
      );
    }, from);
    return JSON.parse(text) as FrameOf<T>;
  }

  /** Introduces itself and gives the `ready`. */
  async hello(more: Partial<HelloFrame> = {}): Promise<FrameOf<"ready">> {
    const from = this.texts.length;
    this.send({
      type: "hello",
      client: { name: "test", version: "1", locale: "en" },
      ...more,
    });
    return this.frame("ready", undefined, from);
  }

  /** Sends a question and resolves when it is accepted. */
  async ask(
    conversationId: string,
    text: string,
    more: Partial<SendFrame> = {},
  ): Promise<string> {
    const turnId = more.turnId ?? crypto.randomUUID();
    const from = this.texts.length;
    this.send({ type: "send", conversationId, turnId, text, ...more });
    const answer = await this.text((one) => {
      const parsed = parseServerFrame(one);
      return (
        parsed.kind === "frame" &&
        (parsed.frame.type === "ack" || parsed.frame.type === "error") &&
        parsed.frame.turnId === turnId
      );
    }, from);
    assert.match(answer, /"type":"ack"/);
    return turnId;
  }

  /** Waits for the end of a turn and checks that its frames are whole: `seq` without gaps, and the length. */
  async turn(turnId: string): Promise<SeenTurn> {
    await this.text((one) => isEndOf(turnId, one));
    const bySeq = new Map<number, TurnFrame>();
    for (const text of this.texts) {
      const frame = turnFrame(text, turnId);
      if (frame) bySeq.set(frame.seq, frame);
    }
    const frames = [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
    return whole(turnId, frames);
  }

  /** Asks and waits for the whole answer. */
  async answer(
    conversationId: string,
    text: string,
    more: Partial<SendFrame> = {},
  ): Promise<SeenTurn> {
    return this.turn(await this.ask(conversationId, text, more));
  }

  /** All turns of a `history` reply, joined over its frames. */
  async history(
    conversationId: string,
    more: { before?: string; limit?: number } = {},
  ) {
    const from = this.texts.length;
    this.send({ type: "history", conversationId, ...more });
    const last = await this.frame("history", ({ more }) => !more, from);
    const turns = this.frames
      .slice(from)
      .filter((frame) => frame.type === "history")
      .flatMap((frame) => frame.turns);
    return { turns, before: last.before };
  }

  /** Resolves when what was sent before has been answered, as far as it is answered in order. */
  async fence(): Promise<void> {
    const from = this.texts.length;
    this.send({ type: "ping" });
    await this.frame("pong", undefined, from);
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function turnFrame(text: string, turnId: string): TurnFrame | undefined {
  const parsed = parseServerFrame(text);
  if (parsed.kind !== "frame") return undefined;
  const { frame } = parsed;
  return "seq" in frame && frame.seq !== undefined && frame.turnId === turnId
    ? (frame as TurnFrame)
    : undefined;
}

function isEndOf(turnId: string, text: string): boolean {
  const type = turnFrame(text, turnId)?.type;
  return type === "turn-end" || type === "error";
}

function whole(turnId: string, frames: readonly TurnFrame[]): SeenTurn {
  assert.deepEqual(
    frames.map(({ seq }) => seq),
    frames.map((_, index) => index),
    "seq counts from 0 without gaps",
  );
  const end = frames.at(-1) as SeenTurn["end"];
  const text = frames
    .map((frame) => (frame.type === "text-delta" ? frame.text : ""))
    .join("");
  if (end.type === "turn-end") assert.equal(end.length, text.length);
  return { turnId, frames, text, end };
}
