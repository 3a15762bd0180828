/** The function that answers questions: the only one that calls Bedrock. The router invokes it asynchronously. */
import { createBedrockModel } from "../bedrock/model.ts";
import { Budgets } from "../chat/budgets.ts";
import { runTurn } from "../chat/worker.ts";
import { systemClock } from "../clock.ts";
import { readConfig } from "../config.ts";
import { dynamoClient } from "../dynamodb/client.ts";
import { createDynamoStore } from "../dynamodb/store.ts";
import { createOutbox } from "../gateway/outbox.ts";
import type { InvocationContext, WorkerEvent } from "./events.ts";
import { metering } from "./metering.ts";
import { observe } from "./observation.ts";

const config = readConfig();
const { settings, timing, limits, retentionMs } = config;
const { log, metrics, trace, watched } = await observe(config);
const table = {
  tableName: config.tableName,
  clock: systemClock,
  client: dynamoClient(),
};
const deps = {
  store: createDynamoStore({ ...table, retentionMs }),
  budgets: new Budgets(metering(config, table, { log, metrics })),
  outbox: watched(createOutbox({ callbackUrl: config.callbackUrl })),
  // Of a worker's calls only those of the model are traced: it looks at its turn and posts several times a second for
  // minutes, which would drown the trace.
  model: createBedrockModel({ guardrail: settings.guardrail, trace }),
  clock: systemClock,
  random: Math.random,
  log,
  metrics,
  models: settings.models,
  defaultModel: settings.defaultModel,
  systemPrompt: settings.systemPrompt,
  timing,
  limits,
};

/** Rejects when the turn could not be ended; its lease then expires, and the next frame of a client ends it. */
export async function handler(
  { conversationId, turnId }: WorkerEvent,
  context: InvocationContext,
): Promise<void> {
  const requestId = context.awsRequestId;
  try {
    await runTurn(
      deps,
      { conversationId, turnId },
      {
        deadline: systemClock.now() + context.getRemainingTimeInMillis(),
        requestId,
      },
    );
  } catch (error) {
    log.error("A turn could not be brought to its end.", {
      conversationId,
      turnId,
      requestId,
      error,
    });
    throw error;
  } finally {
    metrics.flush();
  }
}
