import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { createBedrockModel } from "../../src/bedrock/model.ts";
import type { Model, ModelEvent, ModelRequest } from "../../src/chat/ports.ts";
import { DUMMY_CREDENTIALS } from "./dynalite.ts";

/** The model over each protocol that Bedrock and the SDK speak. */
export const MODELS: Readonly<Record<string, (endpoint: string) => Model>> = {
  // As the worker has it: endpoint and credentials come from the environment.
  "HTTP/1.1": (endpoint) => {
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    });
    return createBedrockModel();
  },
  // The SDK's default.
  "HTTP/2": (endpoint) =>
    createBedrockModel({
      client: new BedrockRuntimeClient({
        ...DUMMY_CREDENTIALS,
        endpoint,
        maxAttempts: 1,
      }),
    }),
};

export const REQUEST: ModelRequest = {
  model: {
    id: "fast",
    label: "Fast",
    modelId: "amazon.nova-micro-v1:0",
    maxTokens: 1_000,
    contextTokens: 100_000,
  },
  messages: [{ role: "user", content: ["What is a queue?"] }],
};

/** What came out of a stream: its events, the text joined, and the error that ended it, if any. */
export interface Outcome {
  readonly events: readonly ModelEvent[];
  readonly text: string;
  readonly stop?: ModelEvent & { readonly type: "stop" };
  readonly error?: unknown;
}

/** Reads a stream to its end, whatever that is. */
export async function outcomeOf(
  stream: AsyncIterable<ModelEvent>,
  onEvent: (event: ModelEvent) => void = () => undefined,
): Promise<Outcome> {
  const events: ModelEvent[] = [];
  let failure: { readonly error?: unknown } = {};
  try {
    for await (const event of stream) {
      events.push(event);
      onEvent(event);
    }
  } catch (error) {
    failure = { error };
  }
  return {
    events,
    text: events
      .map((event) => (event.type === "text" ? event.text : ""))
      .join(""),
    stop: events.find((event) => event.type === "stop"),
    ...failure,
  };
}
