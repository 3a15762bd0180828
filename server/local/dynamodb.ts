import { mkdirSync } from "node:fs";
import type {
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from "node:http";
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
  const running = new Operations();
  server.on("request", (request, response) => {
    if (refuse(request, response, state.faults)) return;
    if (running.track(request, response)) serve!(request, response);
  });
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
      // Whoever has not sent a whole request by now does not get to.
      server.closeAllConnections();
      await running.end();
      await listening.close();
    },
  };
}

/** Whether a fault answered the request. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  faults: DynamoDbFaults,
): boolean {
  const target = String(request.headers["x-amz-target"] ?? "");
  if (!faults.throttles?.(target.replace(/^.*\./, ""))) return false;
  request.resume();
  response.writeHead(400, { "Content-Type": "application/x-amz-json-1.0" }).end(
    JSON.stringify({
      __type:
        "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
      message: "The level of configured provisioned throughput was exceeded.",
    }),
  );
  return true;
}

/**
 * The requests that dynalite is at. It throws where nobody can catch it when the store is closed under one of them, and
 * when a connection breaks before its request is complete.
 */
class Operations {
  readonly #running = new Set<ServerResponse>();
  #ended: (() => void) | undefined;

  /** Follows a request until dynalite has answered it; false when no more are taken. */
  track(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#ended) {
      request.destroy();
      return false;
    }
    this.#running.add(response);
    const end = response.end.bind(response) as (...args: unknown[]) => void;
    // Called also for a client that has left, which no event of the response tells.
    response.end = (...args: unknown[]) => {
      end(...args);
      this.#finish(response);
      return response;
    };
    const on = request.on.bind(request);
    request.on = (event, listener) =>
      on(event, event === "error" ? () => this.#finish(response) : listener);
    return true;
  }

  /** Takes no more requests, and resolves when the last one is answered. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#ended = resolve;
      if (this.#running.size === 0) resolve();
    });
  }

  #finish(response: ServerResponse): void {
    this.#running.delete(response);
    if (this.#running.size === 0) this.#ended?.();
  }
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
