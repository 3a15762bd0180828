/** The whole of how a state changes: by itself, and by pages of history, whose reader comes later. */
import { receiveHistory, requestHistory } from "../src/chat/history.ts";
import {
  withoutRequest,
  type ChatState,
  type HistoryRequest,
} from "../src/chat/model.ts";
import * as state from "../src/chat/state.ts";

export type ChatEvent =
  | state.ChatEvent
  | {
      readonly type: "history-requested";
      readonly kind: HistoryRequest["kind"];
    }
  | { readonly type: "history-failed" };

export function reduce(before: ChatState, event: ChatEvent): ChatState {
  if (event.type === "history-requested")
    return { ...before, history: requestHistory(before, event.kind) };
  if (event.type === "history-failed")
    return { ...before, history: withoutRequest(before.history) };
  return event.type === "frame" && event.frame.type === "history"
    ? receiveHistory(before, event.frame)
    : state.reduce(before, event);
}
