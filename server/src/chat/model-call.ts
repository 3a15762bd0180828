import { ChatError } from "./errors.ts";
import type { Metrics, Model, ModelEvent, ModelRequest } from "./ports.ts";
import { backoff, type RetryDeps } from "./retry.ts";

export interface ModelCallDeps extends RetryDeps {
  readonly model: Model;
  readonly metrics: Metrics;
}

const isThrottled = (error: unknown): error is ChatError =>
  error instanceof ChatError && error.code === "model_throttled";

/**
 * Streams an answer, asking again while the model throttles and nothing has been said yet: a bounded number of times, with
 * jitter, within a bounded time.
 */
export async function* streamAnswer(
  { model, metrics, clock, random, timing }: ModelCallDeps,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const lastStart = clock.now() + timing.modelRetryWindowMs;
  for (let attempt = 0; !signal.aborted; attempt++) {
    let hasText = false;
    try {
      for await (const event of model.stream(request, signal)) {
        hasText ||= event.type === "text";
        yield event;
      }
      return;
    } catch (error) {
      if (!isThrottled(error)) throw error;
      metrics.add("modelThrottles", 1);
      const pause = Math.max(
        error.retryAfterMs ?? 0,
        backoff(
          attempt,
          timing.modelRetryBaseMs,
          timing.modelRetryWindowMs,
          random,
        ),
      );
      const isOver =
        hasText ||
        attempt + 1 >= timing.modelAttempts ||
        clock.now() + pause > lastStart;
      if (isOver)
        throw new ChatError("model_throttled", error.message, {
          cause: error,
          retryAfterMs: error.retryAfterMs ?? timing.throttledRetryAfterMs,
        });
      await clock.sleep(pause, signal);
    }
  }
}
