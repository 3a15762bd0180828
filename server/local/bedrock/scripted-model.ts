/** A model that does as it is told, for tests. */
import type {
  EndpointEvent,
  EndpointModel,
  EndpointRequest,
} from "./endpoint-model.ts";

/** One answer: text (sent in pieces), the very events, or a function that makes them. */
export type ScriptedAnswer =
  | string
  | readonly EndpointEvent[]
  | ((
      request: EndpointRequest,
      signal: AbortSignal,
    ) => AsyncIterable<EndpointEvent> | Iterable<EndpointEvent>);

const PIECE_LENGTH = 9;

/** Cuts text into events of `length` UTF-16 code units, never inside of a character. */
export function textEvents(
  text: string,
  length = PIECE_LENGTH,
): EndpointEvent[] {
  const events: EndpointEvent[] = [];
  let piece = "";
  for (const character of text) {
    piece += character;
    if (piece.length < length) continue;
    events.push({ type: "text", text: piece });
    piece = "";
  }
  if (piece) events.push({ type: "text", text: piece });
  return events;
}

/** Gives the answers in turn, one a call, and the last one from then on. */
export function createScriptedModel(
  ...answers: readonly [ScriptedAnswer, ...ScriptedAnswer[]]
): EndpointModel {
  let calls = 0;
  return {
    async *generate(request, signal) {
      const answer = answers[Math.min(calls++, answers.length - 1)] ?? "";
      if (typeof answer === "string") yield* textEvents(answer);
      else if (typeof answer === "function") yield* answer(request, signal);
      else yield* answer;
    },
  };
}
