/** Constructs that deploy a chat with Amazon Bedrock: `BedrockChat` whole, and the parts that it is made of. */
export * from "./bedrock-chat.ts";
export { INFERENCE_REGIONS } from "./bedrock-models.ts";
export * from "./chat-alarms.ts";
export * from "./chat-api.ts";
export * from "./chat-dashboard.ts";
export * from "./chat-domain.ts";
export * from "./chat-edge.ts";
export * from "./chat-function.ts";
export * from "./chat-functions.ts";
export * from "./chat-table.ts";
export * from "./cost-budget.ts";
export * from "./model-access.ts";
export * from "./settings.ts";
export * from "./visitor-key.ts";
export * from "./widget-hosting.ts";
