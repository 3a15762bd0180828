/** The chunks of a streamed chat completion as events of a Bedrock model. */
import type { EndpointEvent } from "../endpoint-model.ts";

interface ChatChunk {
  readonly choices?: readonly {
    readonly delta?: ChatDelta;
    /** Of a server that does not stream. */
    readonly message?: ChatDelta;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
  } | null;
  readonly error?: unknown;
}

/** `reasoning` and its kin are not read: they are no part of the answer. */
interface ChatDelta {
  readonly content?: string | null;
  readonly tool_calls?: readonly {
    readonly index?: number;
    readonly id?: string;
    readonly function?: { readonly name?: string; readonly arguments?: string };
  }[];
}

const STOP_REASONS: Readonly<Record<string, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  content_filter: "content_filtered",
  tool_calls: "tool_use",
  function_call: "tool_use",
};

const DONE = "[DONE]";

/**
 * Reads the data of server-sent events. A stream that ends without a finish reason and without `[DONE]` was cut; an error
 * in the stream ends it.
 */
export async function* chatEvents(
  data: AsyncIterable<string>,
): AsyncGenerator<EndpointEvent> {
  const calls = new ToolCalls();
  let finished = false;
  for await (const text of data) {
    if (text === DONE) {
      finished = true;
      break;
    }
    if (text.trim() === "") continue;
    const chunk = JSON.parse(text) as ChatChunk;
    if (chunk.error !== undefined) {
      yield {
        type: "exception",
        name: "ModelStreamErrorException",
        message:
          errorText(chunk.error) ?? "The model server reported an error.",
      };
      return;
    }
    const [choice] = chunk.choices ?? [];
    const delta = choice?.delta ?? choice?.message;
    if (delta?.content) yield { type: "text", text: delta.content };
    calls.add(delta?.tool_calls);
    if (choice?.finish_reason) {
      finished = true;
      yield* calls.events();
      yield {
        type: "stop",
        stopReason: STOP_REASONS[choice.finish_reason] ?? choice.finish_reason,
      };
    }
    if (chunk.usage)
      yield {
        type: "usage",
        inputTokens: chunk.usage.prompt_tokens ?? 0,
        outputTokens: chunk.usage.completion_tokens ?? 0,
      };
  }
  if (!finished) yield { type: "cut", how: "clean" };
}

/** Calls of tools, whose parts come in pieces. */
class ToolCalls {
  readonly #calls: { id: string; name: string; pieces: string[] }[] = [];

  add(parts: ChatDelta["tool_calls"] = []): void {
    for (const [position, part] of parts.entries()) {
      const index = part.index ?? position;
      const call = (this.#calls[index] ??= { id: "", name: "", pieces: [] });
      call.id ||= part.id ?? "";
      call.name += part.function?.name ?? "";
      if (part.function?.arguments) call.pieces.push(part.function.arguments);
    }
  }

  *events(): Generator<EndpointEvent> {
    for (const [index, { id, name, pieces }] of this.#calls.entries())
      yield {
        type: "tool-use",
        toolUseId: id || `call_${index}`,
        name,
        inputPieces: pieces,
      };
    this.#calls.length = 0;
  }
}

/** The sentence in an error object of such a server, whose shapes differ. */
export function errorText(error: unknown): string | undefined {
  if (typeof error === "string") return error;
  if (typeof error !== "object" || error === null) return undefined;
  const { message, error: inner, detail } = error as Record<string, unknown>;
  return [message, inner, detail].map((part) => errorText(part)).find(Boolean);
}
