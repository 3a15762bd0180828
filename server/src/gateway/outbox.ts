import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { ChatError } from "../chat/errors.ts";
import type { Outbox } from "../chat/ports.ts";
import { untraced, type Trace } from "../trace.ts";

export interface OutboxOptions {
  /** `https://{api}.execute-api.{region}.amazonaws.com/{stage}`; a custom domain does not serve `@connections`. */
  readonly callbackUrl: string;
  /** How long one attempt may take; there are three. */
  readonly attemptMs?: number;
  readonly client?: ApiGatewayManagementApiClient;
  readonly trace?: Trace;
}

/** Posts to WebSocket connections through API Gateway's `@connections`. */
export function createOutbox({
  callbackUrl,
  attemptMs = 5_000,
  trace = untraced,
  client = trace(defaultClient(callbackUrl, attemptMs)),
}: OutboxOptions): Outbox {
  return {
    async post(connectionId, data) {
      try {
        await client.send(
          new PostToConnectionCommand({
            ConnectionId: connectionId,
            Data: new TextEncoder().encode(data),
          }),
        );
        return "sent";
      } catch (error) {
        if (isGone(error)) return "gone";
        throw failure(
          error,
          `Posting ${data.length} characters to the connection ${connectionId}`,
        );
      }
    },

    async disconnect(connectionId) {
      try {
        await client.send(
          new DeleteConnectionCommand({ ConnectionId: connectionId }),
        );
      } catch (error) {
        if (isGone(error)) return;
        throw failure(error, `Closing the connection ${connectionId}`);
      }
    },
  };
}

/** A post can hang for minutes when nothing bounds it, and without `throwOnRequestTimeout` the SDK only warns. */
const defaultClient = (endpoint: string, attemptMs: number) =>
  new ApiGatewayManagementApiClient({
    endpoint,
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: Math.min(2_000, attemptMs),
      requestTimeout: attemptMs,
      throwOnRequestTimeout: true,
    },
  });

/**
 * A closed connection gives 410 (the status, because the name is lost where a header is missing); an id that the API never gave
 * out, as an old one after a redeployment, gives 400.
 */
function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = statusOf(error);
  return (
    status === 410 ||
    (status === 400 && /invalid connectionid/i.test(error.message))
  );
}

/** The gateway's 413 carries no name, so the status decides. */
const failure = (error: unknown, action: string): ChatError =>
  new ChatError(
    statusOf(error) === 413 ? "too_large" : "internal",
    `${action} failed${statusOf(error) ? ` with status ${statusOf(error)}` : ""}: ${String(error)}`,
    { cause: error },
  );

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata
    ?.httpStatusCode;
