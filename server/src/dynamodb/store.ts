import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Clock, Store } from "../chat/ports.ts";
import { untraced, type Trace } from "../trace.ts";
import { dynamoClient } from "./client.ts";
import { connectionsIn } from "./connections.ts";
import { conversationsIn } from "./conversations.ts";
import { framesIn } from "./frames.ts";
import { Table } from "./table.ts";
import { turnsIn } from "./turns.ts";

export interface DynamoStoreOptions {
  readonly tableName: string;
  /** How long conversations and their turns are kept. */
  readonly retentionMs: number;
  readonly clock: Clock;
  readonly client?: DynamoDBClient;
  readonly trace?: Trace;
}

/**
 * The store in one DynamoDB table (see `tableDefinition`). Throttling and lost replies are retried by the SDK; what is
 * left of the failures rejects as `ChatError` `internal`.
 */
export function createDynamoStore({
  tableName,
  retentionMs,
  clock,
  trace = untraced,
  client = trace(dynamoClient()),
}: DynamoStoreOptions): Store {
  const table = new Table(tableName, client, clock);
  const frames = framesIn(table);
  return {
    ...connectionsIn(table),
    ...conversationsIn(table, retentionMs, frames.deleteFrames),
    ...turnsIn(table, retentionMs),
    ...frames,
  };
}
