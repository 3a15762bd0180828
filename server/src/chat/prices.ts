import type { Usage } from "bedrock-chat-widget/protocol";
import type { ModelConfig } from "./ports.ts";

/** What the usage costs, in millionths of a US dollar: prices are for a million tokens. */
export const microDollarsOf = (
  { inputPerMillion, outputPerMillion }: NonNullable<ModelConfig["prices"]>,
  { inputTokens, outputTokens }: Usage,
): number => inputTokens * inputPerMillion + outputTokens * outputPerMillion;
