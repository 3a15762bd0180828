import { setTimeout as wait } from "node:timers/promises";
import type {
  ConverseBody,
  EndpointModel,
} from "../../local/bedrock/endpoint-model.ts";
import { textEvents } from "../../local/bedrock/scripted-model.ts";

const STORY_SENTENCES = 100;
const PAUSE_MS = 50;

/** A model that can do what the conversation suite asks of one: tell a story for a while, and remember what was said. */
export function createConversationModel(): EndpointModel {
  return {
    async *generate({ body }, signal) {
      const questions = userTexts(body);
      if (!questions.at(-1)?.includes("story")) {
        yield* textEvents(`You said so far: ${questions.join(" – ")} 😀`);
        return;
      }
      for (let i = 1; i <= STORY_SENTENCES; i++) {
        yield { type: "text", text: `Sentence ${i} of the lighthouse 🗼. ` };
        await wait(PAUSE_MS, undefined, { signal });
      }
    },
  };
}

/** The texts of the user's messages. */
export function userTexts({ messages }: ConverseBody): string[] {
  return messages
    .filter(({ role }) => role === "user")
    .map(({ content }) => content.map(({ text = "" }) => text).join(""));
}
