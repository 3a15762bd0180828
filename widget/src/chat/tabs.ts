/** Keeps the tabs of one visitor in step: what one of them asks, the others show before the server says so. */
import type { Rating, TurnError } from "../protocol.ts";
import type { Environment, TabChannel } from "./ports.ts";
import { readQuestion } from "./saved-chat.ts";
import type { AskedQuestion } from "./state.ts";

/** What has happened to a turn of the conversation that the tabs have in common. */
export type TurnMessage =
  | { readonly type: "asked"; readonly question: AskedQuestion }
  | { readonly type: "accepted" | "removed"; readonly turnId: string }
  | {
      readonly type: "failed";
      readonly turnId: string;
      readonly error: TurnError;
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

/** Begins to listen to the other tabs. */
export const openTabs = (
  environment: Environment,
  scope: string,
  receive: (message: TabMessage) => void,
): TabChannel =>
  environment.openChannel(scope, (message) => {
    // Another version of this script may be at the other end.
    const tabMessage = message as TabMessage;
    if (tabMessage.type !== "asked") return receive(tabMessage);
    for (const question of readQuestion(tabMessage.question))
      receive({ ...tabMessage, question });
  });
