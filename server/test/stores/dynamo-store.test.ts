import { describe } from "node:test";
import { createDynamoStore } from "../../src/dynamodb/store.ts";
import { startDynalite } from "../support/dynalite.ts";
import { RETENTION_MS, storeSuite } from "./store.suite.ts";

describe("DynamoDB store", () => {
  storeSuite(async (clock) => {
    const { tableName, client, close } = await startDynalite();
    const store = createDynamoStore({
      tableName,
      client,
      clock,
      retentionMs: RETENTION_MS,
    });
    return { store, close };
  });
});
