import type { StopReason } from "bedrock-chat-widget/protocol";
import { modelMessages, withinWindow } from "./context.ts";
import { ChatError, toChatError } from "./errors.ts";
import { appendFenced } from "./frame-log.ts";
import { endingOf, isOpen, turnEnd, turnError } from "./frames.ts";
import { streamAnswer, type ModelCallDeps } from "./model-call.ts";
import type {
  ModelBlock,
  ModelConfig,
  ModelMessage,
  ModelRequest,
  ToolUseBlock,
  Turn,
} from "./ports.ts";
import { retrying } from "./retry.ts";
import { endFromOutside, spentBy, type SettleDeps } from "./settle.ts";
import { ToolCalls } from "./tool-calls.ts";
import { countEnd, countUsage } from "./turn-metrics.ts";
import {
  INTERRUPTED,
  type Interruption,
  type Outcome,
} from "./turn-outcome.ts";
import { TurnAudience } from "./turn-audience.ts";
import { TurnSpending } from "./turn-spending.ts";
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
  readonly #tools: ToolCalls;
  readonly #spending: TurnSpending;
  /** The model goes on after a call of a tool, and has said nothing since. */
  #isAtJoint = false;
  #lastText = "";
  #interruption: Interruption | undefined;
  /** Known from messageStop on: whatever happens then, the answer is complete. */
  #completion: Outcome | undefined;

  constructor(deps: WorkerDeps, turn: Turn, invocation: Invocation) {
    this.#deps = deps;
    this.#turn = turn;
    this.#invocation = invocation;
    this.#model = modelOf(deps, turn.model);
    this.#audience = new TurnAudience(deps, turn);
    this.#spending = new TurnSpending(deps.budgets, turn);
    this.#watch = new TurnWatch({
      ...deps,
      turn,
      deadline: invocation.deadline,
      isWatched: () => this.#audience.isThere,
      onSeen: ({ resumes, toolResults }) => {
        this.#audience.bringUp(resumes);
        this.#tools.take(toolResults);
      },
      onInterruption: (interruption) => this.#interrupt(interruption),
      onBlind: (error) =>
        deps.log.warn("A running turn could not be looked at.", { error }),
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
        if (error !== undefined) deps.log.error("The log failed.", { error });
        this.#interrupt(error === undefined ? "lost" : "unstored");
      },
    });
    this.#tools = new ToolCalls({
      ...deps,
      turn,
      writer: this.#writer,
      audience: this.#audience,
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
      this.#deps.log.warn("A turn failed.", { error });
      outcome = { error };
    } finally {
      this.#asking.abort();
      this.#watch.end();
    }
    countUsage(this.#deps.metrics, this.#model, this.#spending.spent);
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
    const reading = this.#converse({
      model: this.#model,
      ...(systemPrompt === undefined ? {} : { system: systemPrompt }),
      messages,
      ...(turn.tools ? { tools: turn.tools } : {}),
    });
    // What the stream still does after its abort is of no interest, a late rejection included.
    reading.catch(() => undefined);
    await Promise.race([reading, aborted(this.#asking.signal)]);
    if (this.#completion) return this.#completion;
    if (this.#interruption) return this.#interrupted(this.#interruption);
    throw new ChatError(
      "stream_truncated",
      "The model's stream ended without messageStop.",
    );
  }

  /** What an interrupted turn ends with: calls of the model that were over have been counted. */
  #interrupted(interruption: Interruption): Outcome {
    const outcome = INTERRUPTED[interruption];
    const { usage } = this.#spending;
    return "error" in outcome ? outcome : { ...outcome, usage };
  }

  /** Asks the model, and asks it again with what its tools gave, until it is done. */
  async #converse(first: ModelRequest): Promise<void> {
    const { signal } = this.#asking;
    let request = first;
    for (let own = 1; !signal.aborted; own += 2) {
      const fitting = withinWindow(request, own);
      await this.#spending.begin(fitting);
      const reply = await this.#read(fitting);
      if (!reply || this.#completion || signal.aborted) return;
      const results = await this.#tools.run(callsIn(reply), signal);
      const added: ModelMessage[] = [
        { role: "assistant", content: reply },
        { role: "user", content: results },
      ];
      request = { ...request, messages: [...request.messages, ...added] };
      this.#isAtJoint = this.#lastText !== "";
    }
  }

  /** Reads one reply and gives its blocks; nothing when it has no end. It is the last one when `#completion` is set. */
  async #read(request: ModelRequest): Promise<ModelBlock[] | undefined> {
    const { signal } = this.#asking;
    const blocks: ModelBlock[] = [];
    let stopReason: StopReason | undefined;
    try {
      for await (const event of streamAnswer(this.#deps, request, signal)) {
        if (signal.aborted) return undefined;
        this.#spending.hear(event);
        if (event.type === "start") this.#writer.start();
        else if (event.type === "text") {
          this.#write(event.text);
          addText(blocks, event.text);
        } else if (event.type === "tool-use") blocks.push(event);
        else if (event.type === "stop") stopReason = reasonOf(event.stopReason);
        const goesOn =
          stopReason === "tool_use" && this.#tools.mayRun(callsIn(blocks));
        if (stopReason && !goesOn)
          this.#completion = { stopReason, usage: this.#spending.usage };
      }
    } catch (error) {
      if (!signal.aborted) this.#spending.fail();
      // After messageStop only the token counts can have been lost.
      if (!signal.aborted && !stopReason) throw error;
    }
    if (
      stopReason &&
      !this.#completion &&
      !this.#tools.areSound(callsIn(blocks))
    )
      throw new ChatError(
        "model_unavailable",
        "The model's calls of tools are malformed.",
      );
    return stopReason && blocks.filter(isSaid);
  }

  /** Between the texts of two rounds stands an empty line, unless the model has put something like it there. */
  #write(text: string): void {
    const joint =
      this.#isAtJoint && !/\s$/.test(this.#lastText) && !/^\s/.test(text)
        ? "\n\n"
        : "";
    this.#isAtJoint = false;
    if (this.#lastText === "") this.#measureFirstText();
    this.#lastText = text;
    if (!this.#writer.push(joint + text)) this.#interrupt("full");
  }

  #measureFirstText(): void {
    const { metrics, clock } = this.#deps;
    metrics.add("firstTokenTime", clock.now() - this.#turn.createdAt);
  }

  #interrupt(interruption: Interruption): void {
    this.#interruption ??= interruption;
    this.#asking.abort();
  }

  // --- Ending ---

  async #end(outcome: Outcome): Promise<void> {
    const { store, clock, timing, metrics, log } = this.#deps;
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
    // Whoever ended it from the log has left what only this worker knows.
    if (before || !spentBy({ state: "running" }, last))
      await this.#spending.settle();
    await retrying(this.#deps, () =>
      store.releaseConversation(
        turn,
        this.#spending.contextAfter(ending.answer),
      ),
    );
    // That nobody was there any more is no failure of ours.
    if (before && this.#interruption !== "unwatched") countEnd(metrics, last);
    log.info("A turn ended.", {
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
    const { store, log } = this.#deps;
    this.#audience.leave();
    const turn = await retrying(this.#deps, () => store.getTurn(this.#turn));
    log.warn("A turn was lost.", { state: turn?.state });
    if (!turn) {
      await this.#spending.settle();
      return store.deleteFrames(this.#turn);
    }
    if (!isOpen(turn)) return;
    const error = new ChatError("stream_truncated", "The turn was lost.");
    await endFromOutside(this.#deps, turn, (seq) =>
      turnError(turn.turnId, seq, error, this.#invocation.requestId),
    );
  }
}

const callsIn = (blocks: readonly ModelBlock[]): ToolUseBlock[] =>
  blocks.filter(
    (block): block is ToolUseBlock =>
      typeof block !== "string" && block.type === "tool-use",
  );

/** Bedrock takes no blank text back, though its models write some. */
const isSaid = (block: ModelBlock): boolean =>
  typeof block !== "string" || block.trim() !== "";

function addText(blocks: ModelBlock[], text: string): void {
  const last = blocks.at(-1);
  if (typeof last === "string") blocks.splice(-1, 1, last + text);
  else blocks.push(text);
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
