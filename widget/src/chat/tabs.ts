/** What keeps the tabs of one visitor in step: what one of them asks, the others show before the server says so. */
import type { Rating } from "../protocol.ts";
import type { ChatTurnError } from "./model.ts";
import type { AskedQuestion } from "./state.ts";

/** What has happened to a turn of the conversation that the tabs have in common. */
export type TurnMessage =
  | { readonly type: "asked"; readonly question: AskedQuestion }
  | { readonly type: "accepted" | "removed"; readonly turnId: string }
  | {
      readonly type: "failed";
      readonly turnId: string;
      readonly error: ChatTurnError;
    }
  | {
      readonly type: "rated";
      readonly turnId: string;
      readonly rating: Rating;
    };

export type TabMessage =
  | (TurnMessage & { readonly conversationId: string })
  /** Another conversation from here on: the stored one. */
  | { readonly type: "conversation" }
  /** Everything stored is gone. */
  | { readonly type: "reset" };
