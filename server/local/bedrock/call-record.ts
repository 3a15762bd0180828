/** What the endpoint remembers of each call, for tests that ask what the model was sent and whether it was stopped. */
import type { ConverseBody } from "./endpoint-model.ts";

export type CallOutcome =
  | "complete"
  /** Refused by validation, or by an exception before the stream. */
  | "refused"
  /** An exception in the stream. */
  | "exception"
  /** The model cut the connection. */
  | "cut"
  /** The client closed the stream before it was complete. */
  | "client-closed";

/** One call of Converse or ConverseStream; it changes while the call runs. */
export interface BedrockCall {
  readonly operation: "converse" | "converse-stream";
  readonly protocol: "h2" | "http/1.1";
  readonly modelId: string;
  /** As it was sent; absent when it was no JSON. */
  readonly body: ConverseBody | undefined;
  readonly startedAt: number;
  /** Pieces of text that the model has produced so far: its tokens, as far as the endpoint knows. */
  readonly pieces: number;
  /** The text of those pieces. */
  readonly text: string;
  readonly outcome: CallOutcome | "running";
  /** Set when the call was refused or ended by an exception. */
  readonly error:
    { readonly name: string; readonly message: string } | undefined;
  /** Resolves when the response is over and the model has stopped producing. */
  readonly ended: Promise<CallOutcome>;
}

/** The endpoint's side of a `BedrockCall`. */
export class CallRecord implements BedrockCall {
  readonly operation: BedrockCall["operation"];
  readonly protocol: BedrockCall["protocol"];
  readonly modelId: string;
  readonly startedAt: number;
  readonly ended: Promise<CallOutcome>;
  body: ConverseBody | undefined;
  pieces = 0;
  text = "";
  outcome: CallOutcome | "running" = "running";
  error: BedrockCall["error"];
  #resolve!: (outcome: CallOutcome) => void;

  constructor(
    start: Pick<
      BedrockCall,
      "operation" | "protocol" | "modelId" | "startedAt"
    >,
  ) {
    this.operation = start.operation;
    this.protocol = start.protocol;
    this.modelId = start.modelId;
    this.startedAt = start.startedAt;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Counts a piece that the model gave, whether or not anybody was there to take it. */
  produced(text: string): void {
    this.pieces += 1;
    this.text += text;
  }

  /** The first outcome stands: an answer that the client closed is not complete afterwards. */
  settle(outcome: CallOutcome, error?: BedrockCall["error"]): void {
    if (this.outcome !== "running") return;
    this.outcome = outcome;
    this.error = error;
  }

  /** Nothing more will come. */
  end(): void {
    this.settle("complete");
    this.#resolve(this.outcome as CallOutcome);
  }
}

/** All calls of an endpoint in their order. */
export class CallLog {
  readonly calls: BedrockCall[] = [];
  readonly #waiting = new Map<number, ((call: BedrockCall) => void)[]>();

  add(call: BedrockCall): void {
    const index = this.calls.push(call) - 1;
    for (const resolve of this.#waiting.get(index) ?? []) resolve(call);
    this.#waiting.delete(index);
  }

  /** The call with this index (0 is the first), as soon as it has arrived. */
  at(index: number): Promise<BedrockCall> {
    const call = this.calls[index];
    if (call) return Promise.resolve(call);
    return new Promise((resolve) => {
      this.#waiting.set(index, [...(this.#waiting.get(index) ?? []), resolve]);
    });
  }
}
