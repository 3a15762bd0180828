import type { StopReason, Usage } from "bedrock-chat-widget/protocol";
import { ChatError } from "./errors.ts";
import { NO_USAGE } from "./frames.ts";

/** How the model's part of a turn ended. */
export type Outcome =
  | { readonly stopReason: StopReason; readonly usage: Usage }
  | { readonly error: ChatError };

/** Why the model's stream was closed from this side. */
export type Interruption =
  /** By the visitor. */
  | "stopped"
  /** The answer has reached its limit. */
  | "full"
  /** The worker's time is nearly over. */
  | "timeout"
  /** Nobody has been connected for too long. */
  | "unwatched"
  /** Frames cannot be stored. */
  | "unstored"
  /** The turn was ended or deleted by somebody else. */
  | "lost";

/** What an interrupted turn ends with. */
export const INTERRUPTED: Readonly<Record<Interruption, Outcome>> = {
  stopped: { stopReason: "stopped", usage: NO_USAGE },
  full: { stopReason: "max_tokens", usage: NO_USAGE },
  timeout: { error: new ChatError("timeout", "The worker ran out of time.") },
  unwatched: { error: new ChatError("timeout", "Nobody was connected.") },
  unstored: { error: new ChatError("internal", "The log failed.") },
  lost: { error: new ChatError("internal", "The turn was lost.") },
};
