import type { Limits, Timing } from "./limits.ts";
import type {
  Clock,
  ToolResult,
  ToolResultBlock,
  ToolUseBlock,
  Turn,
} from "./ports.ts";
import type { TurnAudience } from "./turn-audience.ts";
import type { TurnWriter } from "./turn-writer.ts";

const ID = /^[A-Za-z0-9_-]{1,64}$/;

export interface ToolCallsOptions {
  readonly turn: Turn;
  readonly clock: Clock;
  readonly timing: Pick<Timing, "toolTimeoutMs">;
  readonly limits: Pick<Limits, "maxToolRounds" | "maxToolCalls">;
  readonly writer: Pick<TurnWriter, "call">;
  readonly audience: Pick<TurnAudience, "settle">;
}

const failure = (toolCallId: string, text: string): ToolResultBlock => ({
  type: "tool-result",
  toolCallId,
  text,
  failed: true,
});

function blockOf({ toolCallId, output, error }: ToolResult): ToolResultBlock {
  if (error !== undefined)
    return failure(toolCallId, error.trim() || "The tool failed.");
  const isText = typeof output === "string" && output.trim() !== "";
  const text = isText ? output : JSON.stringify(output);
  return { type: "tool-result", toolCallId, text, failed: false };
}

/** The tools of a turn's page: posts the model's calls, and waits for what they give. */
export class ToolCalls {
  readonly #options: ToolCallsOptions;
  readonly #seen = new Set<string>();
  readonly #waiting = new Map<string, (result: ToolResult) => void>();
  #rounds = 0;

  constructor(options: ToolCallsOptions) {
    this.#options = options;
  }

  /** Whether another round may be run with these calls: they are of tools that were offered, and the rounds are not used up. */
  mayRun(calls: readonly ToolUseBlock[]): boolean {
    const { turn, limits } = this.#options;
    return (
      calls.length > 0 &&
      this.#rounds < limits.maxToolRounds &&
      calls.every(({ name }) => turn.tools?.some((tool) => tool.name === name))
    );
  }

  /** Whether the calls make sense: each has an id of its own, and JSON as its input. */
  areSound(calls: readonly ToolUseBlock[]): boolean {
    const ids = new Set(calls.map(({ toolCallId }) => toolCallId));
    return (
      ids.size === calls.length &&
      calls.every(
        ({ toolCallId, input }) =>
          input !== undefined &&
          ID.test(toolCallId) &&
          !this.#seen.has(toolCallId),
      )
    );
  }

  /** Takes the results that are stored with the turn. */
  take(results: readonly ToolResult[] = []): void {
    for (const result of results)
      this.#waiting.get(result.toolCallId)?.(result);
  }

  /**
   * Runs a round of calls. Every call gets a result for the model: one that the page does not give in time is a failed
   * one. Ends early, and then meaninglessly, when `signal` is aborted.
   */
  async run(
    calls: readonly ToolUseBlock[],
    signal: AbortSignal,
  ): Promise<ToolResultBlock[]> {
    const { clock, timing } = this.#options;
    this.#rounds++;
    const enough = new AbortController();
    const patience = clock.sleep(
      timing.toolTimeoutMs,
      AbortSignal.any([signal, enough.signal]),
    );
    const results = await Promise.all(
      calls.map((call) => this.#run(call, patience)),
    );
    enough.abort();
    return results;
  }

  async #run(
    { toolCallId, name, input }: ToolUseBlock,
    patience: Promise<void>,
  ): Promise<ToolResultBlock> {
    const { writer, audience, limits } = this.#options;
    if (this.#seen.size >= limits.maxToolCalls)
      return failure(toolCallId, "No more calls are possible in this answer.");
    this.#seen.add(toolCallId);
    const given = new Promise<ToolResult>((resolve) =>
      this.#waiting.set(toolCallId, resolve),
    );
    const seq = writer.call({ toolCallId, name, input });
    if (seq === undefined)
      return failure(toolCallId, "The input of the call is too large.");
    const result = await Promise.race([given, patience]);
    this.#waiting.delete(toolCallId);
    audience.settle(seq);
    return result
      ? blockOf(result)
      : failure(toolCallId, "The page did not answer the call in time.");
  }
}
