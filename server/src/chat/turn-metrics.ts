import type { ErrorCode, TurnFrame, Usage } from "bedrock-chat-widget/protocol";
import type { Metrics, ModelConfig } from "./ports.ts";
import { microDollarsOf } from "./prices.ts";

/** Ends that are no fault of ours. */
const NO_FAILURES: ReadonlySet<ErrorCode> = new Set([
  "budget_exceeded",
  "context_too_long",
]);

/** Counts how a turn ended, by its last frame; for whoever ended it, so that it is counted once. */
export function countEnd(metrics: Metrics, last: TurnFrame): void {
  if (last.type === "turn-end" && last.stopReason === "stopped")
    metrics.add("stops", 1);
  if (last.type !== "error") return;
  if (last.code === "stream_truncated") metrics.add("truncations", 1);
  if (!NO_FAILURES.has(last.code)) metrics.add("failures", 1);
}

/** Counts what an answer is charged for, and what that costs where the prices of its model are known. */
export function countUsage(
  metrics: Metrics,
  { prices }: Pick<ModelConfig, "prices">,
  usage: Usage,
): void {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens + outputTokens === 0) return;
  metrics.add("inputTokens", inputTokens);
  metrics.add("outputTokens", outputTokens);
  if (prices) metrics.add("cost", microDollarsOf(prices, usage) / 1_000_000);
}
