import type { StopReason } from "bedrock-chat-widget/protocol";
import { modelMessages } from "./context.ts";
import { ChatError, toChatError } from "./errors.ts";
import { appendFenced } from "./frame-log.ts";
import { endingOf, isOpen, NO_USAGE, turnEnd, turnError } from "./frames.ts";
import { streamAnswer, type ModelCallDeps } from "./model-call.ts";
import type { ModelConfig, ModelRequest, Turn } from "./ports.ts";
import { retrying } from "./retry.ts";
import { endFromOutside, type SettleDeps } from "./settle.ts";
import {
  INTERRUPTED,
  type Interruption,
  type Outcome,
} from "./turn-outcome.ts";
import { TurnAudience } from "./turn-audience.ts";
import { TurnWatch } from "./turn-watch.ts";
import { TurnWriter } from "./turn-writer.ts";

/** What the worker's rules need. */
export interface WorkerDeps extends SettleDeps, ModelCallDeps {
  readonly models: readonly ModelConfig[];
  readonly defaultModel: string;
  readonly systemPrompt: string | undefined;
}

/** One invocation of the worker. */
export interface Invocation {
  /** When the function will be killed. */
  readonly deadline: number;
  readonly requestId: string;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** A turn that this worker has taken: asks the model, streams the answer, ends the turn. */
export class TurnRun {
  readonly #deps: WorkerDeps;
  readonly #turn: Turn;
  readonly #invocation: Invocation;
  readonly #model: ModelConfig;
  readonly #audience: TurnAudience;
  readonly #writer: TurnWriter;
  readonly #asking = new AbortController();
  readonly #watch: TurnWatch;
  #interruption: Interruption | undefined;
  /** Known from messageStop on: whatever happens then, the answer is complete. */
  #completion: Outcome | undefined;

  constructor(deps: WorkerDeps, turn: Turn, invocation: Invocation) {
    this.#deps = deps;
    this.#turn = turn;
    this.#invocation = invocation;
    this.#model = modelOf(deps, turn.model);
    this.#audience = new TurnAudience(deps, turn);
    this.#watch = new TurnWatch({
      ...deps,
      turn,
      deadline: invocation.deadline,
      isWatched: () => this.#audience.isThere,
      onSeen: ({ resumes }) => this.#audience.bringUp(resumes),
      onInterruption: (interruption) => this.#interrupt(interruption),
      onBlind: (error) =>
        this.#log("warn", "A running turn could not be looked at.", error),
    });
    const { conversationId, turnId } = turn;
    this.#writer = new TurnWriter({
      start: {
        type: "turn-start",
        conversationId,
        turnId,
        seq: 0,
        model: this.#model.id,
        createdAt: new Date(turn.createdAt).toISOString(),
      },
      clock: deps.clock,
      timing: deps.timing,
      limits: deps.limits,
      append: (frames) =>
        retrying(deps, () => appendFenced(deps.store, turn, frames)),
      publish: (frames) => this.#audience.publish(frames),
      mayRush: () => this.#watch.holdsLease,
      onLost: (error) => {
        if (error !== undefined) this.#log("error", "The log failed.", error);
        this.#interrupt(error === undefined ? "lost" : "unstored");
      },
    });
  }

  /** Runs the turn to its end. Rejects only when the end could not be stored: then its lease expires. */
  async run(): Promise<void> {
    void this.#watch.run();
    let outcome: Outcome;
    try {
      outcome = await this.#answer();
    } catch (thrown) {
      const error = toChatError(thrown);
      this.#log("warn", "A turn failed.", error);
      outcome = { error };
    } finally {
      this.#asking.abort();
      this.#watch.end();
    }
    await this.#end(outcome);
  }

  // --- Asking ---

  async #answer(): Promise<Outcome> {
    const { store, systemPrompt, limits } = this.#deps;
    const turn = this.#turn;
    if (turn.stopRequestedAt !== undefined) return INTERRUPTED.stopped;
    const [conversation, receivers, messages] = await retrying(this.#deps, () =>
      Promise.all([
        store.getConversation(turn.conversationId),
        store.listReceivers(turn.conversationId),
        modelMessages(store, turn, this.#model, systemPrompt, limits),
      ]),
    );
    if (!conversation) {
      // Forgotten while the question was being stored: this turn is a remainder.
      await store.deleteConversation(turn.conversationId);
      this.#interrupt("lost");
      return INTERRUPTED.lost;
    }
    this.#audience.meet(receivers);
    const reading = this.#read({
      model: this.#model,
      ...(systemPrompt === undefined ? {} : { system: systemPrompt }),
      messages,
    });
    // What the stream still does after its abort is of no interest, a late rejection included.
    reading.catch(() => undefined);
    await Promise.race([reading, aborted(this.#asking.signal)]);
    if (this.#completion) return this.#completion;
    if (this.#interruption) return INTERRUPTED[this.#interruption];
    throw new ChatError(
      "stream_truncated",
      "The model's stream ended without messageStop.",
    );
  }

  async #read(request: ModelRequest): Promise<void> {
    const { signal } = this.#asking;
    let usage = NO_USAGE;
    let stopReason: StopReason | undefined;
    try {
      for await (const event of streamAnswer(this.#deps, request, signal)) {
        if (signal.aborted) return;
        if (event.type === "start") this.#writer.start();
        else if (event.type === "text") this.#write(event.text);
        else if (event.type === "usage") ({ usage } = event);
        else stopReason = reasonOf(event.stopReason);
        if (stopReason) this.#completion = { stopReason, usage };
      }
    } catch (error) {
      if (!signal.aborted && !this.#completion) throw error;
    }
  }

  #write(text: string): void {
    if (!this.#writer.push(text)) this.#interrupt("full");
  }

  #interrupt(interruption: Interruption): void {
    this.#interruption ??= interruption;
    this.#asking.abort();
  }

  // --- Ending ---

  async #end(outcome: Outcome): Promise<void> {
    const { store, clock, timing } = this.#deps;
    const turn = this.#turn;
    if (this.#interruption === "lost") return this.#leave();
    const { turnId } = turn;
    if ("stopReason" in outcome && outcome.stopReason !== "stopped")
      this.#writer.start();
    const last = await this.#writer.finish((seq, length) =>
      "error" in outcome
        ? turnError(turnId, seq, outcome.error, this.#invocation.requestId)
        : turnEnd(turnId, seq, outcome.stopReason, length, outcome.usage),
    );
    if (!last) return this.#leave();
    const ending = endingOf(this.#writer.answer, last);
    const before = await retrying(this.#deps, () =>
      store.endTurn(turn, ["accepted", "running"], ending),
    );
    if (!before && !(await retrying(this.#deps, () => store.getTurn(turn))))
      return this.#leave();
    await retrying(this.#deps, () => store.releaseConversation(turn));
    this.#log("info", "A turn ended.", undefined, {
      state: ending.state,
      length: ending.answer.length,
      frames: last.seq + 1,
      model: this.#model.id,
      ...("usage" in outcome ? outcome.usage : { code: outcome.error.code }),
    });
    // Somebody else who ended it from the log has told a plain client, who must not hear it twice.
    if (!before && turn.askedBy.plain) return;
    this.#audience.bringUp(before?.resumes ?? []);
    await this.#audience.tellEnd(
      last,
      ending.answer,
      this.#invocation.deadline - timing.drainReserveMs - clock.now(),
    );
  }

  /** The turn was ended or deleted by somebody else, who may have died before everything was tidy. */
  async #leave(): Promise<void> {
    const { store } = this.#deps;
    this.#audience.leave();
    const turn = await retrying(this.#deps, () => store.getTurn(this.#turn));
    this.#log("warn", "A turn was lost.", undefined, { state: turn?.state });
    if (!turn) return store.deleteFrames(this.#turn);
    if (!isOpen(turn)) return;
    const error = new ChatError("stream_truncated", "The turn was lost.");
    await endFromOutside(this.#deps, turn, (seq) =>
      turnError(turn.turnId, seq, error, this.#invocation.requestId),
    );
  }

  #log(
    level: "info" | "warn" | "error",
    message: string,
    error?: unknown,
    fields: Readonly<Record<string, unknown>> = {},
  ): void {
    const { conversationId, turnId } = this.#turn;
    const { requestId } = this.#invocation;
    this.#deps.log[level](message, {
      conversationId,
      turnId,
      requestId,
      ...fields,
      ...(error === undefined ? {} : { error }),
    });
  }
}

function reasonOf(stopReason: StopReason | "malformed"): StopReason {
  if (stopReason !== "malformed") return stopReason;
  throw new ChatError("model_unavailable", "The model's output is malformed.");
}

function modelOf({ models, defaultModel }: WorkerDeps, id: string) {
  const model =
    models.find((model) => model.id === id) ??
    models.find((model) => model.id === defaultModel);
  if (!model)
    throw new ChatError("internal", `There is no model ${defaultModel}.`);
  return model;
}
