/** Token counts for models that do not count: four characters to a token, as a rule of thumb has it. */
import type { ConverseBody } from "./endpoint-model.ts";

const CHARACTERS_PER_TOKEN = 4;

export const estimateTokens = (text: string): number =>
  Math.ceil(text.length / CHARACTERS_PER_TOKEN);

/** All text of a request: system prompt and messages. */
export const estimateInputTokens = (body: ConverseBody): number =>
  estimateTokens(
    [...(body.system ?? []), ...body.messages.flatMap((m) => m.content)]
      .map((block) => block.text ?? "")
      .join(""),
  );
