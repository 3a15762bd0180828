/** Registers `<bedrock-chat>`. */
import { BedrockChat } from "./elements/bedrock-chat.ts";

BedrockChat.define();
