import type {
  Clock,
  Model,
  ModelEvent,
  ModelRequest,
} from "../../src/chat/ports.ts";

/** One step of a scripted answer: an event, an error to throw, or something to wait for. */
export type Step = ModelEvent | Error | (() => Promise<void>);

/** Says `text` in the given pieces and stops as a model does. */
export const answer = (...pieces: readonly string[]): Step[] => [
  { type: "start" },
  ...pieces.map((text): Step => ({ type: "text", text })),
  { type: "stop", stopReason: "end_turn" },
  { type: "usage", usage: { inputTokens: 10, outputTokens: pieces.length } },
];

/** Says "word " every 100 ms, for so many seconds. */
export const talking = (clock: Clock, seconds: number): Step[] => [
  { type: "start" },
  ...Array.from({ length: seconds * 10 }, (): Step[] => [
    { type: "text", text: "word " },
    () => clock.sleep(100),
  ]).flat(),
  { type: "stop", stopReason: "end_turn" },
];

/** A model that plays one script a call; the last one is repeated. */
export class ScriptedModel implements Model {
  readonly requests: ModelRequest[] = [];
  /** Calls whose stream was closed before its end. */
  aborted = 0;
  #scripts: readonly (readonly Step[])[];

  constructor(...scripts: readonly (readonly Step[])[]) {
    this.#scripts = scripts;
  }

  /** Scripts of the calls from now on. */
  play(...scripts: readonly (readonly Step[])[]): void {
    this.#scripts = scripts;
  }

  async *stream(
    request: ModelRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ModelEvent> {
    this.requests.push(structuredClone(request));
    const [script = [], ...rest] = this.#scripts;
    if (rest.length > 0) this.#scripts = rest;
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    for (const step of script) {
      if (step instanceof Error) throw step;
      if (typeof step === "function") await Promise.race([step(), aborted]);
      else yield step;
      if (signal.aborted) {
        this.aborted++;
        return;
      }
    }
  }
}
