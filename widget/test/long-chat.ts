/** A conversation of any length in a widget, without having asked every question of it. */
import type { HistoryTurn } from "../src/protocol.ts";
import { ask, until, type Widget } from "./widget.ts";

/** Short and long answers, as they come. */
const answerTo = (index: number): string =>
  index % 5 === 0
    ? `### Answer ${index}\n\nA paragraph with **weight** and \`code\`.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | ${index} |\n`
    : `Answer ${index}, in a sentence with [a link](https://example.com/${index}).`;

const turn = (index: number): HistoryTurn => ({
  turnId: `turn-${index}`,
  text: `Question ${index}?`,
  answer: answerTo(index),
  status: "complete",
  stopReason: "end_turn",
  model: "memory",
  createdAt: "2023-11-14T22:13:20.000Z",
});

/** Gives an open chat `count` turns of history; those before the first `first` come when they are asked for. */
export async function fillChat(
  { chat, server }: Widget,
  count: number,
  first = 0,
): Promise<void> {
  await ask(chat, "The beginning?");
  const { conversationId } = JSON.parse(
    (await chat.exportTranscript()).json,
  ) as { conversationId: string };
  server.intercept = (frame) => {
    if (frame.type !== "history") return undefined;
    const [from, to] =
      frame.before === undefined ? [first, count] : [0, Number(frame.before)];
    const turns = Array.from({ length: to - from }, (_, i) => turn(from + i));
    server.emit({
      type: "history",
      conversationId,
      turns,
      ...(from > 0 ? { before: String(from) } : {}),
    });
    return "ignore";
  };
  chat.disconnect();
  await chat.connect();
  await until(() => chat.messages.length >= count - first, "the history");
}
