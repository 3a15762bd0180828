/** Keeps the tabs of one visitor in step: what one of them asks, the others show before the server says so. */
import type { Rating, TurnError } from "../protocol.ts";
import type { Environment, TabChannel } from "./ports.ts";
import { readQuestion } from "./saved-chat.ts";
import type { AskedQuestion } from "./state.ts";

export type TabMessage =
  | {
      readonly type: "asked";
      readonly conversationId: string;
      readonly question: AskedQuestion;
    }
  | {
      readonly type: "accepted" | "removed";
      readonly conversationId: string;
      readonly turnId: string;
    }
  | {
      readonly type: "failed";
      readonly conversationId: string;
      readonly turnId: string;
      readonly error: TurnError;
    }
  | {
      readonly type: "rated";
      readonly conversationId: string;
      readonly turnId: string;
      readonly rating: Rating;
    }
  /** Another conversation from here on: the stored one. */
  | { readonly type: "conversation" }
  /** Everything stored is gone. */
  | { readonly type: "reset" };

export class Tabs {
  #channel: TabChannel | undefined;

  /** Begins to listen; a second call changes nothing. */
  open(
    environment: Environment,
    scope: string,
    receive: (message: TabMessage) => void,
  ): void {
    this.#channel ??= environment.openChannel(scope, (message) => {
      // Another version of this script may be at the other end.
      const tabMessage = message as TabMessage;
      if (tabMessage.type !== "asked") return receive(tabMessage);
      for (const question of readQuestion(tabMessage.question))
        receive({ ...tabMessage, question });
    });
  }

  tell(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }
}
