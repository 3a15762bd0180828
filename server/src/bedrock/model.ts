import {
  BedrockRuntimeClient,
  ConverseStreamCommand,
  type ContentBlock,
  type ConverseStreamCommandInput,
  type ConverseStreamOutput,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { STOP_REASONS, type StopReason } from "bedrock-chat-widget/protocol";
import type {
  Model,
  ModelBlock,
  ModelEvent,
  ModelRequest,
  ToolUseBlock,
} from "../chat/ports.ts";
import { untraced, type Trace } from "../trace.ts";
import { bedrockError } from "./errors.ts";

/** Silence after which a connection is taken for dead; long, because a model may think for minutes. */
const SILENCE_MS = 5 * 60_000;

/** A guardrail of Amazon Bedrock, by its id or ARN and its version. */
export interface Guardrail {
  readonly id: string;
  readonly version: string;
}

export interface BedrockModelOptions {
  /** Looks at every question, with the conversation before it, and at every answer. */
  readonly guardrail?: Guardrail | undefined;
  readonly client?: BedrockRuntimeClient;
  readonly trace?: Trace;
}

/** Any Bedrock model, by `ConverseStream`. `client` must make one attempt a call: the rules of a turn count retries. */
export function createBedrockModel({
  guardrail,
  trace = untraced,
  client = trace(defaultClient()),
}: BedrockModelOptions = {}): Model {
  return {
    async *stream(request, signal) {
      if (signal.aborted) return;
      // Leaving the loop does not close the stream: the model would go on generating. Only an abort closes it.
      const abort = new AbortController();
      const forward = () => abort.abort();
      signal.addEventListener("abort", forward, { once: true });
      let streaming = false;
      let stopped = false;
      const toolUse = new ToolUseReader();
      try {
        const reply = await client.send(
          new ConverseStreamCommand({
            ...toInput(request),
            guardrailConfig: guardrail && toGuardrailConfig(guardrail),
          }),
          { abortSignal: abort.signal },
        );
        streaming = true;
        for await (const output of reply.stream ?? []) {
          const event = toEvent(output) ?? toolUse.read(output);
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

/**
 * `sync`: text is held back until the guardrail has seen it. It comes later and in larger pieces, but what a visitor has read
 * cannot be taken back. No trace: it repeats what was said, and nobody here reads it.
 */
const toGuardrailConfig = ({
  id,
  version,
}: Guardrail): ConverseStreamCommandInput["guardrailConfig"] => ({
  guardrailIdentifier: id,
  guardrailVersion: version,
  streamProcessingMode: "sync",
  trace: "disabled",
});

function toInput({
  model,
  system,
  messages,
  tools,
}: ModelRequest): ConverseStreamCommandInput {
  const { temperature, topP, stopSequences, additionalModelRequestFields } =
    model.settings ?? {};
  const text = (text: string) => ({ text });
  return {
    modelId: model.modelId,
    system: system ? [text(system)] : undefined,
    messages: messages.map(({ role, content }) => ({
      role,
      content: content.map(toContent),
    })),
    toolConfig: tools && {
      tools: tools.map(({ name, description, inputSchema }) => ({
        toolSpec: {
          name,
          description,
          inputSchema: { json: inputSchema as Json },
        },
      })),
    },
    // Some models refuse sampling parameters, even at their defaults: what is not configured is not sent.
    inferenceConfig: {
      maxTokens: model.maxTokens,
      temperature,
      topP,
      stopSequences: stopSequences && [...stopSequences],
    },
    additionalModelRequestFields: additionalModelRequestFields as Json,
  };
}

/** Whatever JSON there is; the SDK's own type for it forbids `unknown`. */
type Json = NonNullable<
  ConverseStreamCommandInput["additionalModelRequestFields"]
>;

function toContent(block: ModelBlock): ContentBlock {
  if (typeof block === "string") return { text: block };
  const { toolCallId: toolUseId } = block;
  if (block.type === "tool-use")
    return {
      toolUse: { toolUseId, name: block.name, input: block.input as Json },
    };
  return {
    toolResult: {
      toolUseId,
      content: [{ text: block.text }],
      // Said only when it is needed: not every model knows the field.
      ...(block.failed ? { status: "error" } : {}),
    },
  };
}

/** Puts the pieces of a call together: its block begins with the name, then the input comes as JSON in pieces. */
class ToolUseReader {
  #call: Omit<ToolUseBlock, "input"> | undefined;
  #input = "";

  /** The call whose block ends with this output. */
  read({
    contentBlockStart,
    contentBlockDelta,
    contentBlockStop,
  }: ConverseStreamOutput): ToolUseBlock | undefined {
    const begun = contentBlockStart?.start?.toolUse;
    if (begun) {
      const { toolUseId: toolCallId = "", name = "" } = begun;
      this.#call = { type: "tool-use", toolCallId, name };
      this.#input = "";
    }
    this.#input += contentBlockDelta?.delta?.toolUse?.input ?? "";
    const call = this.#call;
    if (!contentBlockStop || !call) return undefined;
    this.#call = undefined;
    return { ...call, input: parseInput(this.#input) };
  }
}

/** A tool without input is called with no JSON at all. */
function parseInput(json: string): unknown {
  if (json.trim() === "") return {};
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // It is for the turn to say what that means.
  }
}

/** Reasoning and citations are no part of the answer's text. */
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
