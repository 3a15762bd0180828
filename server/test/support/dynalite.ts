import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { tableDefinition } from "../../src/dynamodb/table-definition.ts";

export interface Dynalite {
  readonly endpoint: string;
  readonly tableName: string;
  readonly client: DynamoDBClient;
  readonly close: () => Promise<void>;
}

/** What an SDK client needs besides an endpoint; nothing checks it. */
export const DUMMY_CREDENTIALS = {
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
};

/** A DynamoDB of its own with the project's table in it, in memory. */
export async function startDynalite(
  tableName = "bedrock-chat",
): Promise<Dynalite> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({ ...DUMMY_CREDENTIALS, endpoint });
  await client.send(new CreateTableCommand(tableDefinition(tableName)));
  return {
    endpoint,
    tableName,
    client,
    async close() {
      client.destroy();
      const closed = once(server, "close");
      server.close();
      // Connections that are kept alive would hold it up.
      server.closeAllConnections();
      await closed;
    },
  };
}
