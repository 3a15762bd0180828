/** What only a conversation with a past needs: to be loaded when there is one. */
export { Forgetting } from "./forgetting.ts";
export { HistoryLoader } from "./history-loader.ts";
