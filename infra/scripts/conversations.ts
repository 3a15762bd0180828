import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { TABLE } from "bedrock-chat-server/names";
import type { Turn } from "../../server/src/chat/ports.ts";
import { toTurn } from "../../server/src/dynamodb/items.ts";
import { TURN_PREFIX } from "../../server/src/dynamodb/keys.ts";

/** A conversation as it is exported: its turns in order, those that a later one replaced included. */
export interface ExportedConversation {
  readonly conversationId: string;
  readonly turns: readonly ExportedTurn[];
}

export type ExportedTurn = Pick<
  Turn,
  | "turnId"
  | "order"
  | "text"
  | "answer"
  | "model"
  | "rating"
  | "comment"
  | "replacesFrom"
> & {
  readonly state: Turn["state"];
  readonly createdAt: string;
};

/**
 * Conversations with a question at or after `since`, one by one: a scan gives the items of a partition one after the other,
 * so that no more than one conversation is in memory.
 */
export async function* readConversations(
  client: DynamoDBClient,
  tableName: string,
  since: Date,
  now: Date = new Date(),
): AsyncGenerator<ExportedConversation> {
  const pages = paginateScan(
    { client: DynamoDBDocumentClient.from(client) },
    {
      TableName: tableName,
      ConsistentRead: true,
      FilterExpression: "begins_with(#sk, :turn) AND #ttl > :now",
      ExpressionAttributeNames: {
        "#sk": TABLE.sortKey,
        "#ttl": TABLE.timeToLive,
      },
      ExpressionAttributeValues: {
        ":turn": TURN_PREFIX,
        ":now": Math.floor(now.getTime() / 1_000),
      },
    },
  );
  let turns: Turn[] = [];
  for await (const { Items = [] } of pages)
    for (const item of Items) {
      const turn = toTurn(item);
      const [first] = turns;
      if (first && first.conversationId !== turn.conversationId) {
        yield* conversation(turns, since);
        turns = [];
      }
      turns.push(turn);
    }
  yield* conversation(turns, since);
}

function* conversation(
  turns: readonly Turn[],
  since: Date,
): Generator<ExportedConversation> {
  const [first] = turns;
  if (!first || !turns.some(({ createdAt }) => createdAt >= since.getTime()))
    return;
  yield {
    conversationId: first.conversationId,
    turns: turns.toSorted((a, b) => a.order - b.order).map(exported),
  };
}

const exported = ({
  turnId,
  order,
  createdAt,
  state,
  model,
  text,
  answer,
  rating,
  comment,
  replacesFrom,
}: Turn): ExportedTurn => ({
  turnId,
  order,
  createdAt: new Date(createdAt).toISOString(),
  state,
  model,
  text,
  answer,
  rating,
  comment,
  replacesFrom,
});
