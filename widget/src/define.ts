/** Registers `<bedrock-chat>`, and gives all that `index.ts` does. */
import { BedrockChat } from "./elements/bedrock-chat.ts";

BedrockChat.define();

export * from "./index.ts";
