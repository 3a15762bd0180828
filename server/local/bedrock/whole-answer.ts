/** Puts a model's events together to the one response of Converse, the operation that does not stream. */
import type { CallRecord } from "./call-record.ts";
import type {
  ContentBlock,
  EndpointEvent,
  EndpointRequest,
} from "./endpoint-model.ts";
import { sortedJson } from "./event-stream.ts";
import { BedrockException } from "./exceptions.ts";
import { estimateInputTokens, estimateTokens } from "./usage.ts";

type Raw = Extract<EndpointEvent, { type: "raw" }>;

/** What is to be sent: a JSON body, a recorded response, or nothing because the connection is to be cut. */
export type WholeAnswer =
  | { readonly kind: "json"; readonly body: string }
  | { readonly kind: "raw"; readonly raw: Raw }
  | { readonly kind: "cut" };

/** Reads all events; throws `BedrockException` when the model gives an exception. */
export async function collectAnswer(
  events: AsyncIterable<EndpointEvent>,
  request: EndpointRequest,
  call: CallRecord,
  now: () => number,
): Promise<WholeAnswer> {
  const content: ContentBlock[] = [];
  let stopReason = "end_turn";
  let usage: Extract<EndpointEvent, { type: "usage" }> | undefined;
  for await (const event of events) {
    if (event.type === "text") {
      call.produced(event.text);
      appendText(content, event.text);
    } else if (event.type === "tool-use") {
      const { toolUseId, name } = event;
      const input: unknown = JSON.parse(event.inputPieces.join("") || "{}");
      content.push({ toolUse: { toolUseId, name, input } });
    } else if (event.type === "stop") stopReason = event.stopReason;
    else if (event.type === "usage") usage = event;
    else if (event.type === "exception")
      throw new BedrockException(event.name, event.message);
    else if (event.type === "cut") return { kind: "cut" };
    else if (event.type === "raw") return { kind: "raw", raw: event };
  }
  const inputTokens = usage?.inputTokens ?? estimateInputTokens(request.body);
  const outputTokens = usage?.outputTokens ?? estimateTokens(call.text);
  return {
    kind: "json",
    body: sortedJson({
      metrics: { latencyMs: Math.round(now() - call.startedAt) },
      output: { message: { content, role: "assistant" } },
      stopReason,
      usage: {
        inputTokens,
        outputTokens,
        totalTokens: inputTokens + outputTokens,
      },
    }),
  };
}

function appendText(content: ContentBlock[], text: string): void {
  const last = content.at(-1);
  if (last?.text === undefined) content.push({ text });
  else content[content.length - 1] = { text: last.text + text };
}
