import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { TABLE } from "../names.ts";

/**
 * The table as `CreateTable` takes it. Nothing here expires items: time to live on `ttl` is a call of its own, and the
 * store passes over expired items whether or not it is on.
 */
export const tableDefinition = (
  tableName: string,
): CreateTableCommandInput => ({
  TableName: tableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: TABLE.partitionKey, AttributeType: "S" },
    { AttributeName: TABLE.sortKey, AttributeType: "S" },
    { AttributeName: TABLE.turnOrderKey, AttributeType: "N" },
  ],
  KeySchema: [
    { AttributeName: TABLE.partitionKey, KeyType: "HASH" },
    { AttributeName: TABLE.sortKey, KeyType: "RANGE" },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: TABLE.turnOrderIndex,
      KeySchema: [
        { AttributeName: TABLE.partitionKey, KeyType: "HASH" },
        { AttributeName: TABLE.turnOrderKey, KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
});
