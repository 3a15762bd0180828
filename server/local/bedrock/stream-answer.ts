/** Writes a model's events as Bedrock's event stream, block by block, and with an eye on the reader's pace. */
import type { CallRecord } from "./call-record.ts";
import { resetResponse } from "./dual-server.ts";
import type { HttpResponse } from "./dual-server.ts";
import type { EndpointEvent, EndpointRequest } from "./endpoint-model.ts";
import { encodeEvent, encodeException } from "./event-stream.ts";
import { BedrockException } from "./exceptions.ts";
import type { ExceptionName } from "./exceptions.ts";
import { setHead, sendRaw } from "./responses.ts";
import { estimateInputTokens, estimateTokens } from "./usage.ts";

type EventOf<T extends EndpointEvent["type"]> = Extract<
  EndpointEvent,
  { type: T }
>;

/** One ConverseStream response. */
export class StreamAnswer {
  readonly #response: HttpResponse;
  readonly #call: CallRecord;
  readonly #request: EndpointRequest;
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #closed: AbortSignal;
  #begun = false;
  #blockIndex = -1;
  #block: "text" | "reasoning" | undefined;
  #stopReason: string | undefined;
  #usage: EventOf<"usage"> | undefined;
  #outputTokens = 0;

  constructor(options: {
    response: HttpResponse;
    call: CallRecord;
    request: EndpointRequest;
    random: () => number;
    now: () => number;
    /** Aborted when the client has gone. */
    closed: AbortSignal;
  }) {
    this.#response = options.response;
    this.#call = options.call;
    this.#request = options.request;
    this.#random = options.random;
    this.#now = options.now;
    this.#closed = options.closed;
  }

  /** Writes one event; false when it ended the answer. */
  async write(event: EndpointEvent): Promise<boolean> {
    switch (event.type) {
      case "start":
        await this.#begin();
        return true;
      case "text":
        await this.#delta("text", { text: event.text });
        this.#outputTokens += estimateTokens(event.text);
        return true;
      case "reasoning":
        await this.#delta("reasoning", {
          reasoningContent: { text: event.text },
        });
        this.#outputTokens += estimateTokens(event.text);
        return true;
      case "tool-use":
        await this.#toolUse(event);
        return true;
      case "stop":
        this.#stopReason = event.stopReason;
        return true;
      case "usage":
        this.#usage = event;
        return true;
      case "exception":
        await this.#fail(event.name, event.message);
        return false;
      case "cut":
        await this.#cut(event.how);
        return false;
      case "raw":
        sendRaw(this.#response, event);
        return false;
    }
  }

  /** Ends a complete answer: `messageStop`, and `metadata` as the last event. */
  async finish(): Promise<void> {
    await this.#begin();
    await this.#closeBlock();
    await this.#event("messageStop", {
      stopReason: this.#stopReason ?? "end_turn",
    });
    const inputTokens =
      this.#usage?.inputTokens ?? estimateInputTokens(this.#request.body);
    const outputTokens = this.#usage?.outputTokens ?? this.#outputTokens;
    await this.#event("metadata", {
      metrics: { latencyMs: Math.round(this.#now() - this.#call.startedAt) },
      usage: {
        inputTokens,
        outputTokens,
        totalTokens: inputTokens + outputTokens,
      },
    });
    this.#response.end();
  }

  async #begin(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    setHead(this.#response, 200, "application/vnd.amazon.eventstream");
    await this.#event("messageStart", { role: "assistant" });
  }

  async #delta(
    block: "text" | "reasoning",
    delta: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.#begin();
    if (this.#block !== block) {
      await this.#closeBlock();
      // Bedrock announces only blocks of tools: text and reasoning begin with their first delta.
      this.#blockIndex += 1;
      this.#block = block;
    }
    await this.#blockEvent("contentBlockDelta", { delta });
  }

  async #toolUse(event: EventOf<"tool-use">): Promise<void> {
    await this.#begin();
    await this.#closeBlock();
    this.#blockIndex += 1;
    const { name, toolUseId } = event;
    await this.#blockEvent("contentBlockStart", {
      start: { toolUse: { name, toolUseId } },
    });
    for (const input of event.inputPieces) {
      await this.#blockEvent("contentBlockDelta", {
        delta: { toolUse: { input } },
      });
      this.#outputTokens += estimateTokens(input);
    }
    await this.#blockEvent("contentBlockStop", {});
  }

  async #closeBlock(): Promise<void> {
    if (!this.#block) return;
    this.#block = undefined;
    await this.#blockEvent("contentBlockStop", {});
  }

  async #fail(name: ExceptionName, message: string): Promise<void> {
    // The HTTP status still tells it: the endpoint answers with an error instead of a stream.
    if (!this.#begun) throw new BedrockException(name, message);
    this.#call.settle("exception", { name, message });
    await this.#send(encodeException(name, message));
    this.#response.end();
  }

  async #cut(how: EventOf<"cut">["how"]): Promise<void> {
    await this.#begin();
    this.#call.settle("cut");
    if (how === "reset") return resetResponse(this.#response);
    if (how === "frame") {
      const frame = encodeEvent("contentBlockStop", {}, this.#random());
      await this.#send(frame.subarray(0, frame.length >> 1));
    }
    this.#response.end();
  }

  #blockEvent(
    eventType: string,
    payload: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.#event(eventType, {
      ...payload,
      contentBlockIndex: this.#blockIndex,
    });
  }

  #event(
    eventType: string,
    payload: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.#send(encodeEvent(eventType, payload, this.#random()));
  }

  /** Writes at once, and waits while the reader is behind. */
  async #send(bytes: Uint8Array): Promise<void> {
    if (this.#closed.aborted || this.#response.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const proceed = (): void => {
        this.#closed.removeEventListener("abort", proceed);
        resolve();
      };
      this.#response.once("drain", proceed);
      this.#closed.addEventListener("abort", proceed);
    });
  }
}
