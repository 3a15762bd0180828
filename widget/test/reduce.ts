/** The whole of how a state changes: by itself, and by pages of history, whose reader comes later. */
import { receiveHistory } from "../src/chat/history.ts";
import * as state from "../src/chat/state.ts";

export const reduce: typeof state.reduce = (before, event) =>
  event.type === "frame" && event.frame.type === "history"
    ? receiveHistory(before, event.frame)
    : state.reduce(before, event);
