import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBedrockEndpoint } from "./endpoint.ts";
import type { BedrockEndpoint } from "./endpoint.ts";
import { createScriptedModel } from "./scripted-model.ts";

let endpoint: BedrockEndpoint;
before(async () => {
  endpoint = await startBedrockEndpoint({
    model: createScriptedModel("Fine."),
    maxOutputTokens: 4_096,
  });
});
after(() => endpoint.close());

const user = { role: "user", content: [{ text: "Hello" }] };
const assistant = { role: "assistant", content: [{ text: "Good day" }] };
const toolUse = {
  role: "assistant",
  content: [{ toolUse: { toolUseId: "t1", name: "cart", input: {} } }],
};
const toolResult = {
  role: "user",
  content: [{ toolResult: { toolUseId: "t1", content: [{ text: "7" }] } }],
};

const refusals: readonly {
  name: string;
  modelId?: string;
  body: unknown;
  message: string;
}[] = [
  {
    name: "a model id that is none",
    modelId: "does-not-exist",
    body: { messages: [user] },
    message: "The provided model identifier is invalid.",
  },
  {
    name: "no messages",
    body: {},
    message:
      "1 validation error detected: Value null at 'messages' failed to satisfy constraint: Member must not be null",
  },
  {
    name: "an empty conversation",
    body: { messages: [] },
    message:
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
  },
  {
    name: "a conversation that starts with the assistant",
    body: { messages: [assistant, user] },
    message:
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
  },
  {
    name: "two user messages in a row",
    body: { messages: [user, user] },
    message:
      "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
  },
  {
    name: "blank text",
    body: { messages: [{ role: "user", content: [{ text: " \n" }] }] },
    message:
      "The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text field, and try again.",
  },
  {
    name: "no content",
    body: { messages: [user, { role: "assistant", content: [] }, user] },
    message:
      "The content field in the Message object at messages.1 is empty. Add a ContentBlock object to the content field and try again.",
  },
  {
    name: "a role that is none",
    body: { messages: [{ ...user, role: "system" }] },
    message:
      "1 validation error detected: Value 'system' at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]",
  },
  {
    name: "maxTokens of 0",
    body: { messages: [user], inferenceConfig: { maxTokens: 0 } },
    message:
      "1 validation error detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1",
  },
  {
    name: "maxTokens above the model's limit",
    body: { messages: [user], inferenceConfig: { maxTokens: 5_000 } },
    message:
      "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.",
  },
  {
    name: "a guardrail without a version",
    body: { messages: [user], guardrailConfig: { guardrailIdentifier: "a1" } },
    message:
      "1 validation error detected: Value null at 'guardrailConfig.guardrailVersion' failed to satisfy constraint: Member must not be null",
  },
  {
    name: "a guardrail's name in place of its id",
    body: {
      messages: [user],
      guardrailConfig: { guardrailIdentifier: "My", guardrailVersion: "1" },
    },
    message:
      "1 validation error detected: Value 'My' at 'guardrailConfig.guardrailIdentifier' failed to satisfy constraint: Member must satisfy regular expression pattern: (|([a-z0-9]+)|(arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+))",
  },
  {
    name: "a way of streaming with a guardrail that there is not",
    body: {
      messages: [user],
      guardrailConfig: {
        guardrailIdentifier: "a1",
        guardrailVersion: "DRAFT",
        streamProcessingMode: "slow",
      },
    },
    message:
      "1 validation error detected: Value 'slow' at 'guardrailConfig.streamProcessingMode' failed to satisfy constraint: Member must satisfy enum value set: [async, sync]",
  },
  {
    name: "a tool's question without its answer",
    body: { messages: [user, toolUse, user] },
    message:
      "Expected toolResult blocks at messages.2.content for the following Ids: t1",
  },
  {
    name: "a tool's answer without a question",
    body: { messages: [user, assistant, toolResult] },
    message:
      "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.",
  },
];

const post = (body: string, modelId = "amazon.nova-lite-v1:0") =>
  fetch(
    `${endpoint.url}/model/${encodeURIComponent(modelId)}/converse-stream`,
    { method: "POST", headers: { "content-type": "application/json" }, body },
  );

for (const { name, modelId, body, message } of refusals)
  test(`refuses ${name}`, async () => {
    const response = await post(JSON.stringify(body), modelId);
    assert.equal(response.status, 400);
    assert.equal(
      response.headers.get("x-amzn-errortype"),
      "ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/",
    );
    assert.equal(
      await response.text(),
      `{\n  "message": ${JSON.stringify(message)}\n}`,
    );
  });

test("refuses a body that is no JSON", async () => {
  const response = await post("{");
  assert.equal(response.status, 400);
});

for (const modelId of [
  "amazon.nova-lite-v1:0",
  "global.anthropic.claude-haiku-4-5-20251001-v1:0",
  "amazon.titan-text-lite-v1",
  "openai.gpt-oss-120b-1:0",
  "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0",
])
  test(`accepts ${modelId}`, async () => {
    const response = await post(
      JSON.stringify({ messages: [user, toolUse, toolResult] }),
      modelId,
    );
    assert.equal(response.status, 200);
    await response.arrayBuffer();
  });
