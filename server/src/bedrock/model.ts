import {
  BedrockRuntimeClient,
  ConverseStreamCommand,
  type ConverseStreamCommandInput,
  type ConverseStreamOutput,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { STOP_REASONS, type StopReason } from "bedrock-chat-widget/protocol";
import type { Model, ModelEvent, ModelRequest } from "../chat/ports.ts";
import { bedrockError } from "./errors.ts";

/** Silence after which a connection is taken for dead; long, because a model may think for minutes. */
const SILENCE_MS = 5 * 60_000;

/** Any Bedrock model, by `ConverseStream`. `client` must make one attempt a call: the rules of a turn count retries. */
export function createBedrockModel({
  client = defaultClient(),
}: {
  readonly client?: BedrockRuntimeClient;
} = {}): Model {
  return {
    async *stream(request, signal) {
      if (signal.aborted) return;
      // Leaving the loop does not close the stream: the model would go on generating. Only an abort closes it.
      const abort = new AbortController();
      const forward = () => abort.abort();
      signal.addEventListener("abort", forward, { once: true });
      let streaming = false;
      let stopped = false;
      try {
        const reply = await client.send(
          new ConverseStreamCommand(toInput(request)),
          { abortSignal: abort.signal },
        );
        streaming = true;
        for await (const output of reply.stream ?? []) {
          const event = toEvent(output);
          if (signal.aborted) return;
          if (event?.type === "stop") stopped = true;
          if (event) yield event;
        }
      } catch (error) {
        // An abort surfaces as an error over HTTP/1.1 and as a plain end over HTTP/2. After `messageStop` the answer is
        // complete, and only the token counts can have been lost.
        if (signal.aborted || stopped) return;
        throw bedrockError(error, streaming);
      } finally {
        signal.removeEventListener("abort", forward);
        abort.abort();
      }
    },
  };
}

/**
 * HTTP/1.1 rather than the SDK's default HTTP/2, which just ends a stream whose connection is lost: here that is an
 * error. No connection is kept for the next turn: it may have died while Lambda had the worker frozen, and the one
 * attempt would be wasted on it.
 */
const defaultClient = () =>
  new BedrockRuntimeClient({
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 3_000,
      socketTimeout: SILENCE_MS,
      httpAgent: { keepAlive: false },
      httpsAgent: { keepAlive: false },
    }),
  });

function toInput({
  model,
  system,
  messages,
}: ModelRequest): ConverseStreamCommandInput {
  const { temperature, topP, stopSequences, additionalModelRequestFields } =
    model.settings ?? {};
  const text = (text: string) => ({ text });
  return {
    modelId: model.modelId,
    system: system ? [text(system)] : undefined,
    messages: messages.map(({ role, content }) => ({
      role,
      content: content.map(text),
    })),
    // Some models refuse sampling parameters, even at their defaults: what is not configured is not sent.
    inferenceConfig: {
      maxTokens: model.maxTokens,
      temperature,
      topP,
      stopSequences: stopSequences && [...stopSequences],
    },
    additionalModelRequestFields:
      additionalModelRequestFields as ConverseStreamCommandInput["additionalModelRequestFields"],
  };
}

/** Reasoning, tool input and citations are no part of the answer's text. */
function toEvent(output: ConverseStreamOutput): ModelEvent | undefined {
  if (output.messageStart) return { type: "start" };
  const text = output.contentBlockDelta?.delta?.text;
  if (text) return { type: "text", text };
  if (output.messageStop)
    return {
      type: "stop",
      stopReason: toStopReason(output.messageStop.stopReason),
    };
  const usage = output.metadata?.usage;
  if (usage)
    return {
      type: "usage",
      usage: {
        inputTokens: usage.inputTokens ?? 0,
        outputTokens: usage.outputTokens ?? 0,
      },
    };
  return undefined;
}

const KNOWN: ReadonlySet<string> = new Set(STOP_REASONS);

/** Models get new reasons: one that we do not know still means that the answer is complete. */
function toStopReason(reason: string | undefined): StopReason | "malformed" {
  if (reason?.startsWith("malformed_")) return "malformed";
  // `stopped` is what we call a visitor's stop; no model has it.
  return reason !== undefined && reason !== "stopped" && KNOWN.has(reason)
    ? (reason as StopReason)
    : "other";
}
