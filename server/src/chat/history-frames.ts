import type {
  HistoryFrame,
  HistoryTurn,
  TurnStatus,
} from "bedrock-chat-widget/protocol";
import type { Limits } from "./limits.ts";
import type { Turn } from "./ports.ts";
import { headByJsonBytes, jsonBytes } from "./text.ts";

/** Room for `before` (two numbers), `more` and `part` in a frame. */
const FRAME_SPARE = 80;

const STATUS: Readonly<Record<Turn["state"], TurnStatus>> = {
  accepted: "streaming",
  running: "streaming",
  complete: "complete",
  stopped: "stopped",
  failed: "failed",
};

/** A turn as clients see it. */
export function historyTurn(turn: Turn): HistoryTurn {
  const { lastFrame } = turn;
  return {
    turnId: turn.turnId,
    text: turn.text,
    answer: turn.answer ?? "",
    status: STATUS[turn.state],
    model: turn.model,
    createdAt: new Date(turn.createdAt).toISOString(),
    ...(lastFrame?.type === "turn-end"
      ? { stopReason: lastFrame.stopReason }
      : {}),
    ...(turn.rating === undefined ? {} : { rating: turn.rating }),
    ...(lastFrame?.type === "error"
      ? {
          error: {
            code: lastFrame.code,
            message: lastFrame.message,
            retryable: lastFrame.retryable,
            ...(lastFrame.retryAfterMs === undefined
              ? {}
              : { retryAfterMs: lastFrame.retryAfterMs }),
            requestId: lastFrame.requestId,
          },
        }
      : {}),
  };
}

/**
 * Cuts an entry so that its first part takes at most `room` bytes. Every part repeats what identifies the turn; how it
 * ended stands in the first. Undefined when not even a beginning fits.
 */
function split(
  entry: HistoryTurn,
  room: number,
): { readonly head: HistoryTurn; readonly rest?: HistoryTurn } | undefined {
  if (jsonBytes(entry) <= room) return { head: entry };
  const spare = room - jsonBytes({ ...entry, text: "", answer: "" });
  if (spare < 1) return undefined;
  const text = headByJsonBytes(entry.text, spare);
  const answer =
    text.length < entry.text.length
      ? ""
      : headByJsonBytes(entry.answer, spare - (jsonBytes(text) - 2));
  if (text === "" && answer === "") return undefined;
  const { turnId, status, model, createdAt } = entry;
  return {
    head: { ...entry, text, answer },
    rest: {
      turnId,
      text: entry.text.slice(text.length),
      answer: entry.answer.slice(answer.length),
      status,
      model,
      createdAt,
    },
  };
}

/** A reply to `history`: `turns` (oldest first) in frames within the limit, `more` on all but the last. */
export function historyFrames(
  conversationId: string,
  turns: readonly Turn[],
  limits: Pick<Limits, "maxFrameBytes">,
  before?: string,
): HistoryFrame[] {
  const empty: HistoryFrame = { type: "history", conversationId, turns: [] };
  const room = limits.maxFrameBytes - jsonBytes(empty) - FRAME_SPARE;
  const pages: HistoryTurn[][] = [[]];
  let left = room;
  for (const turn of turns) {
    for (let entry: HistoryTurn | undefined = historyTurn(turn); entry;) {
      const page = pages.at(-1) as HistoryTurn[];
      const parts = split(entry, left - 1);
      if (!parts) {
        if (page.length === 0)
          throw new Error(
            `maxFrameBytes must have room for one entry, got ${limits.maxFrameBytes}.`,
          );
        pages.push([]);
        left = room;
        continue;
      }
      page.push(parts.head);
      left -= jsonBytes(parts.head) + 1;
      entry = parts.rest;
    }
  }
  return pages.map((page, i) => ({
    ...empty,
    turns: page,
    ...(before === undefined ? {} : { before }),
    ...(i < pages.length - 1 ? { more: true } : {}),
    ...(pages.length > 1 ? { part: i } : {}),
  }));
}
