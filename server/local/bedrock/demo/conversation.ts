/** A Converse request as the demo model sees it. */
import type { ConverseBody, ConverseMessage } from "../endpoint-model.ts";

export interface Exchange {
  readonly question: string;
  /** Empty when there was none: the answer failed, or is the one that is asked for. */
  readonly answer: string;
}

const PAGE_CONTEXT = "<page-context>";

const texts = (message: ConverseMessage): string[] =>
  message.content.flatMap(({ text }) => text ?? []);

/** Questions with their answers, oldest first; the last one is to be answered. What pages told about themselves is left out. */
export function exchanges(body: ConverseBody): Exchange[] {
  const found: Exchange[] = [];
  for (const message of body.messages) {
    if (message.role === "user")
      for (const text of texts(message))
        if (!text.includes(PAGE_CONTEXT))
          found.push({ question: text.trim(), answer: "" });
    const last = found.at(-1);
    if (message.role === "assistant" && last)
      found[found.length - 1] = {
        question: last.question,
        answer: texts(message).join(""),
      };
  }
  return found;
}

/** What the page's tools gave, when the last message brings that and no question. */
export const toolOutputs = (body: ConverseBody): string[] =>
  (body.messages.at(-1)?.content ?? []).flatMap(({ toolResult }) =>
    toolResult
      ? toolResult.content.map(
          ({ text, json }) => text ?? JSON.stringify(json, undefined, 2),
        )
      : [],
  );
