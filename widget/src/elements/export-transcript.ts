import type { ChatState, ChatTurnStatus } from "../chat/model.ts";
import type { Rating } from "../protocol.ts";
import type { Locale } from "../locales/locale.ts";
import { exactTime } from "./time.ts";

/** A conversation as data. */
export interface TranscriptData {
  readonly conversationId: string;
  readonly turns: readonly {
    readonly turnId: string;
    /** ISO 8601. */
    readonly createdAt: string;
    readonly question: string;
    /** Markdown. */
    readonly answer: string;
    readonly status: ChatTurnStatus;
    readonly model?: string;
    readonly rating?: Rating;
  }[];
}

/** A conversation for people and for programs. */
export interface ExportedTranscript {
  readonly markdown: string;
  /** {@link TranscriptData} as JSON. */
  readonly json: string;
}

/** A conversation as a Markdown document and as JSON. */
export function exportTranscript(
  { conversationId, turns }: ChatState,
  now: number,
  locale: Locale,
): ExportedTranscript {
  const data: TranscriptData = {
    conversationId,
    turns: turns.map((turn) => ({
      turnId: turn.turnId,
      createdAt: new Date(turn.createdAt).toISOString(),
      question: turn.text,
      answer: turn.answer,
      status: turn.status,
      ...(turn.model ? { model: turn.model } : {}),
      ...(turn.rating ? { rating: turn.rating } : {}),
    })),
  };
  const sections = turns.map(({ text, answer, createdAt }) =>
    [
      `## ${locale.you} — ${exactTime(createdAt, locale)}`,
      text,
      ...(answer ? [`## ${locale.assistant}`, answer] : []),
    ].join("\n\n"),
  );
  return {
    markdown: `${[`# ${locale.transcript(exactTime(now, locale))}`, ...sections].join("\n\n")}\n`,
    json: JSON.stringify(data, null, 2),
  };
}
