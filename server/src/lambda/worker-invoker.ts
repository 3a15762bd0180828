import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ChatError } from "../chat/errors.ts";
import type { WorkerInvoker } from "../chat/ports.ts";
import { untraced, type Trace } from "../trace.ts";

export interface WorkerInvokerOptions {
  /** Name or ARN. */
  readonly functionName: string;
  readonly client?: LambdaClient;
  readonly trace?: Trace;
}

/**
 * Starts the worker by an asynchronous invocation with `{conversationId, turnId}`. It may arrive twice: taking the turn
 * decides which invocation works.
 */
export function createWorkerInvoker({
  functionName,
  trace = untraced,
  client = trace(defaultClient()),
}: WorkerInvokerOptions): WorkerInvoker {
  return {
    async start({ conversationId, turnId }) {
      try {
        await client.send(
          new InvokeCommand({
            FunctionName: functionName,
            InvocationType: "Event",
            Payload: new TextEncoder().encode(
              JSON.stringify({ conversationId, turnId }),
            ),
          }),
        );
      } catch (error) {
        throw new ChatError(
          "internal",
          `Invoking ${functionName} for the turn ${turnId} failed: ${String(error)}`,
          { cause: error },
        );
      }
    },
  };
}

/** Queueing takes milliseconds, and the router has ten seconds in all. */
const defaultClient = () =>
  new LambdaClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 2_000,
      throwOnRequestTimeout: true,
    },
  });
