/** What the demo model is going to do, decided before the first piece is sent. */
import type { EndpointEvent } from "../endpoint-model.ts";

export type Step =
  /** Text at a natural pace, or spread over `overMs`. */
  | { readonly type: "say"; readonly text: string; readonly overMs?: number }
  | { readonly type: "wait"; readonly ms: number }
  | Extract<
      EndpointEvent,
      { type: "exception" | "cut" | "start" | "stop" | "tool-use" }
    >;

export interface Performance {
  readonly steps: readonly Step[];
  /** Most tokens of this answer, where a command asks for fewer than the request allows. */
  readonly maxTokens?: number;
}

export const say = (text: string): Performance => ({
  steps: [{ type: "say", text }],
});

/** All text of an answer, as if nothing shortened it. */
export const wholeText = ({ steps }: Performance): string =>
  steps.map((step) => (step.type === "say" ? step.text : "")).join("");
