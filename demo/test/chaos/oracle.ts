/** The model of a chaos run: it knows what it will say to each question, and counts how often it was asked. */
import { estimateRequest } from "../../../server/src/chat/context.ts";
import { ChatError } from "../../../server/src/chat/errors.ts";
import type {
  Clock,
  Model,
  ModelEvent,
  ModelRequest,
} from "../../../server/src/chat/ports.ts";
import type { Random } from "./random.ts";

const CHARACTERS = [
  "a",
  "e",
  "n",
  "t",
  " ",
  " ",
  ".",
  "\n",
  '"',
  "\\",
  "é",
  "e\u0301",
  "ß",
  "漢",
  "🙂",
  "👩‍👩‍👧",
  "🇩🇪",
  "\u0000",
];

/** Text of exactly `length` UTF-16 units, with characters that are hard to cut right. */
export function awkwardText(random: Random, length: number): string {
  let text = "";
  while (text.length < length) text += random.pick(CHARACTERS);
  text = text.slice(0, length);
  // A half of a character at the end is none that a model writes.
  return /[\uD800-\uDBFF]$/.test(text) ? `${text.slice(0, -1)}.` : text;
}

export class Oracle implements Model {
  /** Probability that a call is throttled before its first token. */
  throttling = 0;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #answers = new Map<string, string>();
  readonly #calls = new Map<string, number>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** What the model says to `question`. */
  prepare(question: string, answer: string): void {
    this.#answers.set(question, answer);
  }

  answerTo(question: string): string {
    return this.#answers.get(question) ?? "";
  }

  /** Calls that began to answer. */
  callsOf(question: string): number {
    return this.#calls.get(question) ?? 0;
  }

  async *stream(
    request: ModelRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ModelEvent> {
    const asked = request.messages.at(-1)?.content.at(-1);
    const question = typeof asked === "string" ? asked : "";
    await this.#clock.sleep(this.#random.between(50, 1_500), signal);
    if (signal.aborted) return;
    if (this.#random.chance(this.throttling))
      throw new ChatError("model_throttled", "Too many requests.");
    this.#calls.set(question, this.callsOf(question) + 1);
    yield { type: "start" };
    const text = this.answerTo(question);
    const most = 8 + Math.floor(text.length / 400);
    for (let at = 0; at < text.length;) {
      await this.#clock.sleep(
        this.#random.chance(0.005)
          ? this.#random.between(1_000, 12_000)
          : this.#random.between(0, 40),
        signal,
      );
      if (signal.aborted) return;
      const length = this.#random.between(0, most);
      yield { type: "text", text: text.slice(at, at + length) };
      at += length;
    }
    yield { type: "stop", stopReason: "end_turn" };
    yield {
      type: "usage",
      usage: {
        inputTokens: estimateRequest(request),
        outputTokens: text.length,
      },
    };
  }
}
