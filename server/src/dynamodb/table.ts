/** The few DynamoDB calls that the store is made of: strongly consistent, expired items left out, errors mapped. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { ChatError } from "../chat/errors.ts";
import type { Clock } from "../chat/ports.ts";
import { TABLE } from "../names.ts";
import type { Key } from "./keys.ts";

export type Item = Record<string, unknown>;

/** In all expressions attributes are written `#name` (many are reserved words); `:now` is supplied. */
export const ALIVE = `#${TABLE.timeToLive} > :now`;

/** There is no such item, or only the remains of an expired one. */
export const ABSENT = `(attribute_not_exists(#${TABLE.partitionKey}) OR #${TABLE.timeToLive} <= :now)`;

export interface Update {
  readonly update: string;
  readonly condition: string;
  readonly values?: Item;
}

export interface Query {
  /** Key condition. */
  readonly where: string;
  readonly values: Item;
  readonly filter?: string;
  readonly index?: string;
  readonly newestFirst?: boolean;
  /** Items read per call. */
  readonly pageSize?: number;
  /** Attributes to fetch; all by default. */
  readonly only?: string;
}

/** Keys that one `BatchGetItem` takes. */
export const MOST_BATCH_GETS = 100;
const MOST_BATCH_WRITES = 25;
const MOST_BATCH_ATTEMPTS = 10;
const BATCH_BACKOFF_MS = 50;

export class Table {
  readonly #name: string;
  readonly #client: DynamoDBDocumentClient;
  readonly #clock: Clock;

  constructor(name: string, client: DynamoDBClient, clock: Clock) {
    this.#name = name;
    this.#client = DynamoDBDocumentClient.from(client, {
      marshallOptions: { removeUndefinedValues: true },
    });
    this.#clock = clock;
  }

  async get(key: Key): Promise<Item | undefined> {
    const { Item: item } = await this.#run("GetItem", () =>
      this.#client.send(
        new GetCommand({
          TableName: this.#name,
          Key: key,
          ConsistentRead: true,
        }),
      ),
    );
    return item && this.#isAlive(item) ? item : undefined;
  }

  /** False when `condition` was not met. */
  async put(item: Item, condition?: string, values?: Item): Promise<boolean> {
    return this.#unlessUnmet(async () => {
      await this.#run("PutItem", () =>
        this.#client.send(
          new PutCommand({
            TableName: this.#name,
            Item: item,
            ConditionExpression: condition,
            ...this.#terms(values, condition),
          }),
        ),
      );
      return true;
    }, false);
  }

  /** Undefined when the condition was not met, else the whole item as it was before or is after. */
  async update(
    key: Key,
    { update, condition, values }: Update,
    returns: "ALL_OLD" | "ALL_NEW" = "ALL_NEW",
  ): Promise<Item | undefined> {
    return this.#unlessUnmet(async () => {
      const { Attributes } = await this.#run("UpdateItem", () =>
        this.#client.send(
          new UpdateCommand({
            TableName: this.#name,
            Key: key,
            UpdateExpression: update,
            ConditionExpression: condition,
            ReturnValues: returns,
            ...this.#terms(values, update, condition),
          }),
        ),
      );
      return Attributes ?? {};
    }, undefined);
  }

  /** Gives the item that was there; undefined also when `condition` was not met. */
  async delete(
    key: Key,
    condition?: string,
    values?: Item,
  ): Promise<Item | undefined> {
    return this.#unlessUnmet(async () => {
      const { Attributes } = await this.#run("DeleteItem", () =>
        this.#client.send(
          new DeleteCommand({
            TableName: this.#name,
            Key: key,
            ConditionExpression: condition,
            ReturnValues: "ALL_OLD",
            ...this.#terms(values, condition),
          }),
        ),
      );
      return Attributes;
    }, undefined);
  }

  /** Pages of a query, as DynamoDB cuts them. Expired items are left out only where `filter` says so. */
  async *query(query: Query): AsyncGenerator<Item[]> {
    let start: Item | undefined;
    do {
      const page = await this.#run("Query", () =>
        this.#client.send(
          new QueryCommand({
            TableName: this.#name,
            IndexName: query.index,
            KeyConditionExpression: query.where,
            FilterExpression: query.filter,
            ProjectionExpression: query.only,
            ScanIndexForward: !query.newestFirst,
            Limit: query.pageSize,
            ConsistentRead: true,
            ExclusiveStartKey: start,
            ...this.#terms(query.values, query.where, query.filter, query.only),
          }),
        ),
      );
      if (page.Items && page.Items.length > 0) yield page.Items;
      start = page.LastEvaluatedKey;
    } while (start);
  }

  /** The items that exist, in the order of `keys`, of which there are at most {@link MOST_BATCH_GETS}. */
  async getAll(keys: readonly Key[]): Promise<Item[]> {
    const found = new Map<string, Item>();
    let request: readonly Item[] = keys;
    for (let attempt = 1; request.length > 0; attempt++) {
      const reply = await this.#run("BatchGetItem", () =>
        this.#client.send(
          new BatchGetCommand({
            RequestItems: {
              [this.#name]: { Keys: [...request], ConsistentRead: true },
            },
          }),
        ),
      );
      for (const item of reply.Responses?.[this.#name] ?? [])
        found.set(nameOf(item), item);
      // Beyond 16 MB, or under throttling, DynamoDB answers in part.
      request = reply.UnprocessedKeys?.[this.#name]?.Keys ?? [];
      if (request.length > 0)
        await this.#pause(attempt, "BatchGetItem", request.length);
    }
    return keys
      .map((key) => found.get(nameOf(key)))
      .filter((item) => item !== undefined && this.#isAlive(item)) as Item[];
  }

  async deleteAll(keys: readonly Key[]): Promise<void> {
    for (const chunk of chunks(keys, MOST_BATCH_WRITES)) {
      let request: readonly Item[] = chunk;
      for (let attempt = 1; request.length > 0; attempt++) {
        const reply = await this.#run("BatchWriteItem", () =>
          this.#client.send(
            new BatchWriteCommand({
              RequestItems: {
                [this.#name]: request.map((key) => ({
                  DeleteRequest: { Key: key },
                })),
              },
            }),
          ),
        );
        request = (reply.UnprocessedItems?.[this.#name] ?? []).map(
          (write) => write.DeleteRequest?.Key ?? {},
        );
        if (request.length > 0)
          await this.#pause(attempt, "BatchWriteItem", request.length);
      }
    }
  }

  /** `ttl` of an item that lives for `ms` from now, in seconds. */
  expiry(ms: number): number {
    return Math.ceil((this.#clock.now() + ms) / 1000);
  }

  /** An item without expiry lives for ever. */
  #isAlive(item: Item): boolean {
    const { [TABLE.timeToLive]: until = Infinity } = item;
    return Number(until) * 1000 > this.#clock.now();
  }

  /** Names and values of the expressions; DynamoDB refuses any that is not used. */
  #terms(values: Item | undefined, ...expressions: (string | undefined)[]) {
    const text = expressions.filter(Boolean).join(" ");
    const names = Object.fromEntries(
      [...text.matchAll(/#(\w+)/g)].map(([sign, name]) => [sign, name]),
    ) as Record<string, string>;
    const now = Math.floor(this.#clock.now() / 1000);
    const used = Object.fromEntries(
      Object.entries({ ":now": now, ...values }).filter(
        ([name, value]) =>
          value !== undefined && (name !== ":now" || /:now\b/.test(text)),
      ),
    );
    return {
      ExpressionAttributeNames: Object.keys(names).length ? names : undefined,
      ExpressionAttributeValues: Object.keys(used).length ? used : undefined,
    };
  }

  async #pause(attempt: number, call: string, left: number): Promise<void> {
    if (attempt >= MOST_BATCH_ATTEMPTS) {
      throw new ChatError(
        "internal",
        `${call} on the table ${this.#name} left ${left} items unprocessed after ${attempt} attempts.`,
      );
    }
    await this.#clock.sleep(BATCH_BACKOFF_MS * 2 ** (attempt - 1));
  }

  async #unlessUnmet<T>(write: () => Promise<T>, unmet: T): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return unmet;
      throw error;
    }
  }

  async #run<T>(call: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw error;
      throw new ChatError(
        "internal",
        `${call} on the table ${this.#name} failed: ${String(error)}`,
        { cause: error },
      );
    }
  }
}

const nameOf = (key: Item | Key): string =>
  JSON.stringify([
    (key as Item)[TABLE.partitionKey],
    (key as Item)[TABLE.sortKey],
  ]);

function* chunks<T>(items: readonly T[], most: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += most) yield items.slice(i, i + most);
}
