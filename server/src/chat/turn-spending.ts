import type { Usage } from "bedrock-chat-widget/protocol";
import type { Budgets } from "./budgets.ts";
import { estimateRequest, estimateTokens } from "./context.ts";
import { NO_USAGE, sum } from "./frames.ts";
import type { ModelEvent, ModelRequest, Turn } from "./ports.ts";
import { contextAfter } from "./settle.ts";

/** A call of the model that has not said yet what it used. */
interface OpenCall {
  readonly inputTokens: number;
  hasBegun: boolean;
  output: string;
}

/** What a running turn uses, and what is reserved for it. */
export class TurnSpending {
  readonly #budgets: Budgets;
  readonly #turn: Turn;
  #reservation: Turn["reservation"];
  #call: OpenCall | undefined;
  #calls = 0;
  #usage = NO_USAGE;
  #contextTokens: number | undefined;

  constructor(budgets: Budgets, turn: Turn) {
    this.#budgets = budgets;
    this.#turn = turn;
    this.#reservation = turn.reservation;
  }

  /** What the model has said it used, over all its calls. */
  get usage(): Usage {
    return this.#usage;
  }

  /** What the turn is charged for: what the model has said, and an estimate for a call that was broken off. */
  get spent(): Usage {
    const open = this.#call;
    if (!open) return this.#usage;
    return sum(this.#usage, {
      inputTokens: open.inputTokens,
      outputTokens: estimateTokens(open.output),
    });
  }

  /** Before a call of the model. The question has reserved for the first one; it throws when the budgets give no other. */
  async begin(request: ModelRequest): Promise<void> {
    const inputTokens = estimateRequest(request);
    if (this.#calls++ > 0 && this.#reservation)
      this.#reservation = await this.#budgets.reserveMore(
        this.#turn,
        this.#reservation,
        { inputTokens, outputTokens: request.model.maxTokens },
      );
    this.#call = { inputTokens, hasBegun: false, output: "" };
  }

  /** Takes note of what comes from the model. */
  hear(event: ModelEvent): void {
    if (event.type === "usage") {
      if (!this.#call) return;
      const { inputTokens, outputTokens } = event.usage;
      this.#usage = sum(this.#usage, event.usage);
      this.#contextTokens = inputTokens + outputTokens;
      this.#call = undefined;
    } else if (this.#call) {
      this.#call.hasBegun = true;
      if (event.type === "text") this.#call.output += event.text;
      if (event.type === "tool-use")
        this.#call.output += JSON.stringify(event.input ?? "");
    }
  }

  /** The call has failed. One that never began costs nothing. */
  fail(): void {
    if (!this.#call?.hasBegun) this.#call = undefined;
  }

  /** What the conversation holds for its next question; undefined when the model was not asked. */
  contextAfter(answer: string): number | undefined {
    if (this.#calls === 0) return undefined;
    return this.#call || this.#contextTokens === undefined
      ? contextAfter(this.#turn, answer)
      : this.#contextTokens;
  }

  /** Settles the turn, whose end this worker has stored. */
  async settle(): Promise<void> {
    await this.#budgets.settle(this.#turn, this.#reservation, this.spent);
  }
}
