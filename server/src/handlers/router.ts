/** The function behind every route of the WebSocket API. */
import { createHash } from "node:crypto";
import { parseClientFrame, SUBPROTOCOL } from "bedrock-chat-widget/protocol";
import { createAuthTokens } from "../auth/auth-tokens.ts";
import { Budgets } from "../chat/budgets.ts";
import { KillSwitch } from "../chat/kill-switch.ts";
import { Rates } from "../chat/rates.ts";
import { Router } from "../chat/router.ts";
import { systemClock } from "../clock.ts";
import { readRouterConfig } from "../config.ts";
import { dynamoClient } from "../dynamodb/client.ts";
import { createDynamoStore } from "../dynamodb/store.ts";
import { createOutbox } from "../gateway/outbox.ts";
import { createWorkerInvoker } from "../lambda/worker-invoker.ts";
import { isOriginAllowed } from "../origins.ts";
import { AddressPseudonyms } from "../secrets/address-pseudonyms.ts";
import { cachedSecret } from "../secrets/cached-secret.ts";
import { signingKeysFrom } from "../secrets/signing-keys.ts";
import { createVisitorTokens } from "../secrets/visitor-tokens.ts";
import {
  headerValues,
  webSocketEvent,
  type WebSocketEvent,
  type WebSocketResult,
} from "./events.ts";
import { metering } from "./metering.ts";
import { observe } from "./observation.ts";

const config = readRouterConfig();
const { settings, timing, limits, usage, retentionMs } = config;
const { log, metrics, trace, watched } = await observe(config);
const keys = signingKeysFrom(config.visitorKeySecretId, { trace });
const { edgeKeySecretId } = config;
const pseudonyms = new AddressPseudonyms({
  keys,
  edgeKey:
    edgeKeySecretId === undefined
      ? undefined
      : cachedSecret(edgeKeySecretId, (text) => text, { trace }),
});
const table = {
  tableName: config.tableName,
  clock: systemClock,
  client: trace(dynamoClient()),
};
const metered = metering(config, table, { log, metrics });
const router = new Router({
  store: createDynamoStore({ ...table, retentionMs }),
  outbox: watched(createOutbox({ callbackUrl: config.callbackUrl, trace })),
  workers: createWorkerInvoker({
    functionName: config.workerFunctionName,
    trace,
  }),
  tokens: createVisitorTokens({ keys, lifetimeMs: retentionMs }),
  auth: settings.auth && {
    anonymous: settings.auth.anonymous,
    tokens: createAuthTokens(settings.auth.issuers),
  },
  usage,
  rates: new Rates(metered),
  budgets: new Budgets(metered),
  killSwitch: new KillSwitch(metered),
  systemPrompt: settings.systemPrompt,
  clock: systemClock,
  log,
  metrics,
  models: settings.models,
  defaultModel: settings.defaultModel,
  tools: settings.tools ?? [],
  newVisitorId: (connectionId) =>
    createHash("sha256").update(connectionId).digest("base64url"),
  timing,
  limits,
});

/** More than any host name has; the client chooses what is in the header. */
const LONGEST_LOGGED_ORIGIN = 300;

/** API Gateway echoes no subprotocol by itself, and a browser closes a connection that lacks the one it offered. */
function accepted(event: WebSocketEvent): WebSocketResult {
  const offered = headerValues(event, "sec-websocket-protocol")
    .flatMap((value) => value.split(","))
    .map((value) => value.trim());
  return offered.includes(SUBPROTOCOL)
    ? { statusCode: 200, headers: { "Sec-WebSocket-Protocol": SUBPROTOCOL } }
    : { statusCode: 200 };
}

/** Whether the page may use the chat. The browser does not tell it why not, so the log does. */
function isAdmitted(event: WebSocketEvent): boolean {
  const origins = headerValues(event, "origin");
  if (isOriginAllowed(settings, origins)) return true;
  metrics.add("refusals", 1, "forbidden_origin");
  const { connectionId, requestId } = event.requestContext;
  const fields = { connectionId, requestId, code: "forbidden_origin" };
  if (origins.length === 0)
    log.warn(
      "A connection that names no origin was refused: requireOrigin is set.",
      fields,
    );
  else
    log.warn(
      "A connection was refused: its page is of an origin that is not in allowedOrigins.",
      { ...fields, origin: origins.join(", ").slice(0, LONGEST_LOGGED_ORIGIN) },
    );
  return false;
}

/** Writes a frame into the log, where the owner wants to see frames; never one that is not of the protocol. */
function logFrame({ requestContext, body = "" }: WebSocketEvent): void {
  if (!config.logFrames || parseClientFrame(body).kind === "refused") return;
  const { connectionId, requestId } = requestContext;
  log.info("A frame came.", { connectionId, requestId, frame: body });
}

/** Opens the connection, unless too many come from where it comes from. */
async function connect(event: WebSocketEvent): Promise<WebSocketResult> {
  const { connectionId, requestId, identity } = event.requestContext;
  const address = await pseudonyms.of(
    {
      sourceIp: identity?.sourceIp,
      forwardedFor: headerValues(event, "x-forwarded-for"),
      edgeKeys: headerValues(event, "x-api-key"),
    },
    systemClock.now(),
  );
  const refused = await router.connect(connectionId, address);
  if (!refused) return accepted(event);
  metrics.add("refusals", 1, "rate_limited");
  log.warn("A connection was refused: too many come from its address.", {
    connectionId,
    requestId,
    code: "rate_limited",
    ...refused,
  });
  return { statusCode: 429 };
}

/** Told apart by `eventType`: which route an event came by is up to the client. */
export async function handler(invocation: unknown): Promise<WebSocketResult> {
  const event = webSocketEvent(invocation);
  if (!event) {
    log.warn("An invocation was refused: it is no event of a WebSocket API.");
    return { statusCode: 400 };
  }
  const { eventType, connectionId, requestId, messageId } =
    event.requestContext;
  try {
    switch (eventType) {
      case "CONNECT":
        if (!isAdmitted(event)) return { statusCode: 403 };
        return await connect(event);
      case "DISCONNECT":
        await router.disconnect(connectionId);
        return { statusCode: 200 };
      case "MESSAGE":
        logFrame(event);
        await router.message({
          connectionId,
          requestId,
          messageId: messageId ?? requestId,
          body: event.body ?? "",
        });
        return { statusCode: 200 };
    }
  } catch (error) {
    log.error("An event could not be served.", {
      eventType,
      connectionId,
      requestId,
      error,
    });
    // Refuses a connection that could not be stored; a disconnection and a message have nobody who looks at it.
    return { statusCode: 500 };
  } finally {
    metrics.flush();
  }
}
