import { mkdirSync } from "node:fs";
import type { RequestListener } from "node:http";
import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  paginateScan,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { LOCAL_CREDENTIALS } from "./credentials.ts";
import { listen } from "./http.ts";

export interface DynamoDbFaults {
  /** Refuses a request with `ProvisionedThroughputExceededException`; `operation` is `PutItem` and the like. */
  throttles?(operation: string): boolean;
}

export interface LocalDynamoDbOptions {
  readonly table: CreateTableCommandInput;
  /** The attribute with the epoch second at which an item expires. */
  readonly timeToLive: string;
  /** Folder that keeps the data; without it they are gone with the process. */
  readonly folder?: string;
  readonly sweepEveryMs?: number;
  readonly faults?: DynamoDbFaults;
}

export interface LocalDynamoDb {
  readonly url: string;
  /** May be changed while the endpoint runs. */
  faults: DynamoDbFaults;
  /** Deletes the items whose time is over, and tells how many. DynamoDB itself takes up to some days. */
  sweep(nowMs?: number): Promise<number>;
  /** Resolves when everything is on disk. */
  close(): Promise<void>;
}

const SWEEP_EVERY_MS = 5 * 60_000;

/** Serves the DynamoDB API with one table in it. */
export async function startDynamoDb(
  options: LocalDynamoDbOptions,
): Promise<LocalDynamoDb> {
  const { table, timeToLive, folder } = options;
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const state = { faults: options.faults ?? {} };
  const server = dynalite({
    createTableMs: 0,
    ...(folder !== undefined && { path: folder }),
  });
  const [serve] = server.listeners("request") as RequestListener[];
  server.removeAllListeners("request");
  server.on(
    "request",
    guarded(serve!, () => state.faults),
  );
  const listening = await listen(server);
  const { url } = listening;
  const client = new DynamoDBClient({
    ...LOCAL_CREDENTIALS,
    endpoint: url,
    maxAttempts: 1,
  });
  await createTable(client, table, timeToLive);
  const sweep = (nowMs = Date.now()) =>
    sweepTable(client, table, timeToLive, nowMs);
  const timer = setInterval(() => {
    // The next round makes up for one that failed.
    sweep().catch(() => undefined);
  }, options.sweepEveryMs ?? SWEEP_EVERY_MS);
  return {
    url,
    get faults() {
      return state.faults;
    },
    set faults(faults) {
      state.faults = faults;
    },
    sweep,
    async close() {
      clearInterval(timer);
      client.destroy();
      await listening.close();
    },
  };
}

/** Puts the faults in front, and keeps dynalite from ending the process when a client hangs up. */
function guarded(
  serve: RequestListener,
  faults: () => DynamoDbFaults,
): RequestListener {
  return (request, response) => {
    const target = String(request.headers["x-amz-target"] ?? "");
    if (faults().throttles?.(target.replace(/^.*\./, ""))) {
      request.resume();
      response
        .writeHead(400, { "Content-Type": "application/x-amz-json-1.0" })
        .end(
          JSON.stringify({
            __type:
              "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
            message:
              "The level of configured provisioned throughput was exceeded.",
          }),
        );
      return;
    }
    // dynalite throws from its "error" listener, which is called when the connection breaks within a request.
    const on = request.on.bind(request);
    request.on = (event, listener) =>
      on(event, event === "error" ? () => request.destroy() : listener);
    serve(request, response);
  };
}

async function createTable(
  client: DynamoDBClient,
  table: CreateTableCommandInput,
  timeToLive: string,
): Promise<void> {
  try {
    await client.send(new CreateTableCommand(table));
  } catch (error) {
    // It is there from an earlier start.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  try {
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: table.TableName,
        TimeToLiveSpecification: { AttributeName: timeToLive, Enabled: true },
      }),
    );
  } catch (error) {
    // dynalite does not know this operation: the sweeper stands in for it.
    if (!isNamed(error, "UnknownOperationException")) throw error;
  }
}

async function sweepTable(
  client: DynamoDBClient,
  table: CreateTableCommandInput,
  timeToLive: string,
  nowMs: number,
): Promise<number> {
  const keyNames = (table.KeySchema ?? []).map((key) => key.AttributeName!);
  const now = { ":now": { N: String(Math.floor(nowMs / 1000)) } };
  const pages = paginateScan(
    { client },
    {
      TableName: table.TableName,
      FilterExpression: "#ttl <= :now",
      ExpressionAttributeNames: { "#ttl": timeToLive },
      ExpressionAttributeValues: now,
    },
  );
  let swept = 0;
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const key = keyNames.map((name) => [name, item[name]!] as const);
      swept += await deleteExpired(client, {
        TableName: table.TableName,
        Key: Object.fromEntries(key),
        // Its life may have been prolonged since the scan.
        ConditionExpression: "#ttl <= :now",
        ExpressionAttributeNames: { "#ttl": timeToLive },
        ExpressionAttributeValues: now,
      });
    }
  }
  return swept;
}

async function deleteExpired(
  client: DynamoDBClient,
  input: ConstructorParameters<typeof DeleteItemCommand>[0],
): Promise<number> {
  try {
    await client.send(new DeleteItemCommand(input));
    return 1;
  } catch (error) {
    if (!isNamed(error, "ConditionalCheckFailedException")) throw error;
    return 0;
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
