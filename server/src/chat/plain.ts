/**
 * Plain clients speak `{"data"}` → `{"message"}` and nothing else. One connection is one conversation, whose id and owner
 * follow from the connection.
 */
import { headByJsonBytes, jsonBytes } from "./text.ts";

/** Ids of API Gateway contain characters that ids of this protocol may not. */
const asId = (gatewayId: string): string =>
  gatewayId.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, 57);

/** The conversation of a plain connection. */
export const plainConversationId = (connectionId: string): string =>
  `plain-${asId(connectionId)}`;

/** The owner of that conversation: nobody's visitor token names it, because it has a colon. */
export const plainVisitorId = (connectionId: string): string =>
  `connection:${connectionId}`;

/** The turn of a plain question: API Gateway gives every message an id. */
export const plainTurnId = (messageId: string): string => asId(messageId);

const CUT = " […]";

/** The one frame of a plain client, cut when it would be larger than a connection takes. */
export function plainMessage(message: string, maxBytes: number): string {
  const room = maxBytes - jsonBytes({ message: "" });
  const fits = jsonBytes(message) - 2 <= room;
  return JSON.stringify({
    message: fits
      ? message
      : headByJsonBytes(message, room - jsonBytes(CUT)) + CUT,
  });
}
