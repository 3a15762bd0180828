/** The element's class, its events and its types. Importing this registers nothing: see `define.ts`. */
export { BedrockChat } from "./elements/bedrock-chat.ts";
export * from "./events.ts";
export type {
  ExportedTranscript,
  TranscriptData,
} from "./elements/export-transcript.ts";
export type { Locale, Strings } from "./locales/locale.ts";
export type { PageTool } from "./chat/page-tools.ts";
export type {
  ChatStatus,
  ChatTurn,
  ChatTurnStatus,
  ConnectionState,
} from "./chat/model.ts";
export type {
  Transport,
  TransportClosed,
  TransportFactory,
  TransportHandlers,
} from "./transport/transport.ts";
