import { App, Stack, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { BedrockChat } from "../lib/bedrock-chat.ts";

const app = new App();
const stack = new Stack(app, "BedrockChat", {
  description: "A chat with Amazon Bedrock for web pages",
});
new BedrockChat(stack, "Chat", {
  models: [
    {
      id: "haiku",
      label: "Claude Haiku 4.5",
      modelId: "global.anthropic.claude-haiku-4-5-20251001-v1:0",
      maxTokens: 4_096,
      contextTokens: 200_000,
    },
  ],
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
