import type { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi";
import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { LambdaClient } from "@aws-sdk/client-lambda";

type Client =
  | ApiGatewayManagementApiClient
  | BedrockRuntimeClient
  | DynamoDBClient
  | LambdaClient;

interface Capacity {
  readonly CapacityUnits?: number;
}

/** Calls of one kind, and the capacity units that DynamoDB says they took. */
export interface Count {
  calls: number;
  units: number;
}

/** Counts what SDK clients do, by middleware in the clients themselves. */
export class Counter {
  readonly #counts = new Map<string, Count>();

  /** Counts the client's commands from now on. */
  watch(client: Client): void {
    // The clients' stacks differ in their types only.
    const { middlewareStack } = client as DynamoDBClient;
    middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const name = commandName?.replace(/Command$/, "") ?? "unknown";
          if (DYNAMODB.has(name))
            Object.assign(args.input, { ReturnConsumedCapacity: "TOTAL" });
          const result = await next(args);
          const { ConsumedCapacity: consumed } = result.output as {
            ConsumedCapacity?: Capacity | Capacity[];
          };
          const count = this.of(name);
          count.calls++;
          for (const { CapacityUnits = 0 } of [consumed ?? []].flat())
            count.units += CapacityUnits;
          return result;
        },
      { step: "initialize", name: "count" },
    );
  }

  of(command: string): Count {
    const count = this.#counts.get(command) ?? { calls: 0, units: 0 };
    this.#counts.set(command, count);
    return count;
  }

  sum(commands: Iterable<string>): Count {
    const sum = { calls: 0, units: 0 };
    for (const command of commands) {
      const { calls, units } = this.of(command);
      sum.calls += calls;
      sum.units += units;
    }
    return sum;
  }

  reset(): void {
    this.#counts.clear();
  }
}

export const READS = ["GetItem", "BatchGetItem", "Query"];
export const WRITES = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];
const DYNAMODB: ReadonlySet<string> = new Set([...READS, ...WRITES]);
