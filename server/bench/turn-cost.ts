/**
 * What one turn costs: DynamoDB reads and writes, posts and invocations, from the `send` of a question to the end of its
 * answer; and what its connection costs beside it. The rules, the adapters and the SDK clients are the real ones; DynamoDB is dynalite, whose
 * count of capacity units is printed, and the other services answer over local sockets.
 *
 *   npm run bench -w server -- [--speed <characters a second>] [--kilobytes 1,10,100]
 */
import { parseArgs } from "node:util";
import { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { createBedrockModel } from "../src/bedrock/model.ts";
import { Budgets } from "../src/chat/budgets.ts";
import { KillSwitch } from "../src/chat/kill-switch.ts";
import {
  DEFAULT_BUDGETS,
  DEFAULT_LIMITS,
  DEFAULT_TIMING,
  DEFAULT_USAGE_LIMITS,
} from "../src/chat/limits.ts";
import type {
  Clock,
  ModelConfig,
  TurnKey,
  VisitorTokens,
} from "../src/chat/ports.ts";
import { Rates } from "../src/chat/rates.ts";
import { Router } from "../src/chat/router.ts";
import { runTurn } from "../src/chat/worker.ts";
import { systemClock } from "../src/clock.ts";
import { unrepeating } from "../src/dynamodb/client.ts";
import { createDynamoMeter } from "../src/dynamodb/meter.ts";
import { createDynamoStore } from "../src/dynamodb/store.ts";
import { createOutbox } from "../src/gateway/outbox.ts";
import { createWorkerInvoker } from "../src/lambda/worker-invoker.ts";
import {
  blockStop,
  messageStart,
  messageStop,
  metadata,
  startBedrockServer,
  textDelta,
} from "../test/support/bedrock-server.ts";
import { DUMMY_CREDENTIALS, startDynalite } from "../test/support/dynalite.ts";
import { startHttpServer } from "../test/support/http-server.ts";
import { RecordingLog } from "../test/fakes/recording-log.ts";
import { RecordingMetrics } from "../test/fakes/recording-metrics.ts";
import { Counter, READS, WRITES } from "./counter.ts";

const { values: options } = parseArgs({
  options: {
    speed: { type: "string", default: "400" },
    kilobytes: { type: "string", default: "1,10,100" },
  },
});
const charactersPerSecond = Number(options.speed);
const sizes = options.kilobytes.split(",").map(Number);

/** Seconds of a turn in one second here: an answer of 100 KB takes minutes. */
const HASTE = 2;
/** What a model sends at a time. */
const DELTA_LENGTH = 9;

const began = Date.now();
const clock: Clock = {
  now: () => began + (Date.now() - began) * HASTE,
  sleep: (ms, signal) => systemClock.sleep(ms / HASTE, signal),
};

const MODEL: ModelConfig = {
  id: "fast",
  label: "Fast",
  modelId: "amazon.nova-micro-v1:0",
  maxTokens: 50_000,
  contextTokens: 128_000,
};
const CONNECTION = "gbgBWm8QaQAYKEiSkA==";
const QUESTION = "How does a queue decouple the parts of a system? ".repeat(3);

/** Writes an answer of `length` characters at the configured speed. */
async function answer(
  length: number,
  write: (frame: Uint8Array) => void,
): Promise<void> {
  const start = clock.now();
  write(messageStart());
  for (let sent = 0; sent < length; sent += DELTA_LENGTH) {
    const due = start + ((sent + DELTA_LENGTH) / charactersPerSecond) * 1_000;
    if (due - clock.now() > HASTE) await clock.sleep(due - clock.now());
    const piece = "measured. ".repeat(2).slice(sent % 10);
    write(textDelta(piece.slice(0, Math.min(DELTA_LENGTH, length - sent))));
  }
  [blockStop(), messageStop(), metadata()].forEach(write);
}

const tokens: VisitorTokens = {
  issue: (visitorId) => Promise.resolve(visitorId),
  verify: (token) => Promise.resolve(token),
};

interface Measured {
  /** The turn, as a row of the table. */
  readonly row: string;
  /** Capacity units of a connection from its handshake to its end, without its turns. */
  readonly connection: { readonly written: number; readonly read: number };
}

/** Everything but the clients' servers is as in `handlers/`. */
async function measure(kilobytes: number): Promise<Measured> {
  const counter = new Counter();
  const dynamodb = await startDynalite();
  const bedrock = await startBedrockServer(async (exchange) => {
    exchange.start();
    await answer(kilobytes * 1_000, (frame) => exchange.write(frame));
    exchange.end();
  });
  const gateway = await startHttpServer(() => ({ status: 200 }));
  let working: Promise<void> = Promise.resolve();
  const lambda = await startHttpServer(({ body }) => {
    working = work(JSON.parse(body.toString()) as TurnKey);
    return { status: 202 };
  });

  const log = new RecordingLog();
  const callbackUrl = `${gateway.url}/prod`;
  const management = new ApiGatewayManagementApiClient({
    ...DUMMY_CREDENTIALS,
    endpoint: callbackUrl,
  });
  const runtime = new BedrockRuntimeClient({
    ...DUMMY_CREDENTIALS,
    endpoint: bedrock.endpoint,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
  const functions = new LambdaClient({
    ...DUMMY_CREDENTIALS,
    endpoint: lambda.url,
  });
  const unrepeatingClient = unrepeating(dynamodb.client);
  for (const client of [
    dynamodb.client,
    unrepeatingClient,
    management,
    runtime,
    functions,
  ])
    counter.watch(client);
  const metered = {
    meter: createDynamoMeter({
      tableName: dynamodb.tableName,
      clock,
      client: dynamodb.client,
      unrepeatingClient,
    }),
    clock,
    log,
    timing: DEFAULT_TIMING,
    usage: DEFAULT_USAGE_LIMITS,
    budgets: DEFAULT_BUDGETS,
    models: [MODEL],
  };
  const deps = {
    budgets: new Budgets(metered),
    store: createDynamoStore({
      tableName: dynamodb.tableName,
      retentionMs: 30 * 86_400_000,
      clock,
      client: dynamodb.client,
    }),
    outbox: createOutbox({ callbackUrl, client: management }),
    clock,
    log,
    metrics: new RecordingMetrics(),
    random: Math.random,
    models: [MODEL],
    defaultModel: MODEL.id,
    systemPrompt: "Be helpful.",
    timing: DEFAULT_TIMING,
    limits: DEFAULT_LIMITS,
  };
  const model = createBedrockModel({ client: runtime });
  const work = (key: TurnKey) =>
    runTurn({ ...deps, model }, key, {
      deadline: clock.now() + 900_000,
      requestId: "bench",
    });
  const router = new Router({
    ...deps,
    workers: createWorkerInvoker({ functionName: "worker", client: functions }),
    tokens,
    usage: metered.usage,
    rates: new Rates(metered),
    killSwitch: new KillSwitch(metered),
    newVisitorId: () => "visitor",
  });
  const send = (frame: object, messageId: string) =>
    router.message({
      connectionId: CONNECTION,
      requestId: "bench",
      messageId,
      body: JSON.stringify(frame),
    });

  try {
    await router.connect(CONNECTION, "address");
    const client = { name: "bench", version: "1", locale: "en" };
    await send({ type: "hello", client }, "m1");
    const opening = units(counter);
    counter.reset();
    const start = clock.now();
    const key = { conversationId: "c1", turnId: "t1" };
    await send({ type: "send", ...key, text: QUESTION }, "m2");
    await working;
    const seconds = (clock.now() - start) / 1_000;
    const turn = await deps.store.getTurn(key);
    if (turn?.state !== "complete" || turn.answer?.length !== kilobytes * 1_000)
      throw new Error(
        `The turn of ${kilobytes} KB did not complete: ${JSON.stringify(log.lines)}`,
      );
    counter.of("GetItem").calls--;
    const measured = row(kilobytes, seconds, counter);
    counter.reset();
    await router.disconnect(CONNECTION);
    const closing = units(counter);
    return {
      row: measured,
      connection: {
        written: opening.written + closing.written,
        read: opening.read + closing.read,
      },
    };
  } finally {
    for (const { close } of [dynamodb, bedrock, gateway, lambda]) await close();
    for (const client of [management, runtime, functions]) client.destroy();
  }
}

const units = (counter: Counter) => ({
  written: counter.sum(WRITES).units,
  read: counter.sum(READS).units,
});

function row(kilobytes: number, seconds: number, counter: Counter): string {
  const writes = counter.sum(WRITES);
  const reads = counter.sum(READS);
  return cells(
    `${kilobytes} KB`,
    `${seconds.toFixed(0)} s`,
    writes.calls,
    writes.units,
    reads.calls,
    reads.units,
    counter.of("PostToConnection").calls,
    counter.of("Invoke").calls,
    counter.of("ConverseStream").calls,
  );
}

const cells = (...values: readonly (string | number)[]): string =>
  `| ${values.join(" | ")} |`;

console.log(
  `A model that writes ${charactersPerSecond} characters a second:\n`,
);
console.log(
  cells(
    "answer",
    "time",
    "writes",
    "write units",
    "reads",
    "read units",
    "posts",
    "worker invocations",
    "model calls",
  ),
);
console.log(cells(...Array.from({ length: 9 }, () => "--:")));
// The first turn of a process waits for code to be loaded and compiled.
const { connection } = await measure(1);
for (const kilobytes of sizes) console.log((await measure(kilobytes)).row);
console.log(
  `\nA connection takes ${connection.written} write units and ${connection.read} read units beside its turns.`,
);
