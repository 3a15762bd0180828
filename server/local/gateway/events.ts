import type { IncomingMessage } from "node:http";

/** What API Gateway knows of one connection and repeats in each of its events. */
export interface ConnectionContext {
  readonly connectionId: string;
  readonly apiId: string;
  readonly stage: string;
  readonly domainName: string;
  readonly connectedAt: number;
  readonly sourceIp: string;
  readonly userAgent?: string;
}

interface EventTime {
  readonly requestId: string;
  readonly now: number;
}

/** The event of `$connect`: no body and no message id; query keys only when there is a query string. */
export function connectEvent(
  context: ConnectionContext,
  at: EventTime,
  request: IncomingMessage,
): object {
  const headers = connectHeaders(context, request);
  return {
    headers: lastValues(headers),
    multiValueHeaders: Object.fromEntries(headers),
    ...queryKeys(request.url ?? "/"),
    requestContext: requestContext(context, at, {
      routeKey: "$connect",
      eventType: "CONNECT",
    }),
    isBase64Encoded: false,
  };
}

export function messageEvent(
  context: ConnectionContext,
  at: EventTime,
  message: {
    readonly routeKey: string;
    readonly messageId: string;
    readonly body: string;
  },
): object {
  return {
    requestContext: requestContext(context, at, {
      routeKey: message.routeKey,
      messageId: message.messageId,
      eventType: "MESSAGE",
    }),
    body: message.body,
    isBase64Encoded: false,
  };
}

export function disconnectEvent(
  context: ConnectionContext,
  at: EventTime,
  close: { readonly code: number; readonly reason: string },
): object {
  const headers: [string, string[]][] = [
    ["Host", [context.domainName]],
    ["x-api-key", [""]],
    ["X-Forwarded-For", [""]],
    ["x-restapi", [""]],
  ];
  return {
    headers: lastValues(headers),
    multiValueHeaders: Object.fromEntries(headers),
    requestContext: requestContext(context, at, {
      routeKey: "$disconnect",
      disconnectStatusCode: close.code,
      eventType: "DISCONNECT",
      disconnectReason: close.reason,
    }),
    isBase64Encoded: false,
  };
}

function requestContext(
  context: ConnectionContext,
  { requestId, now }: EventTime,
  own: object,
): object {
  return {
    ...own,
    extendedRequestId: requestId,
    requestTime: commonLogTime(now),
    messageDirection: "IN",
    stage: context.stage,
    connectedAt: context.connectedAt,
    requestTimeEpoch: now,
    identity: {
      ...(context.userAgent !== undefined && { userAgent: context.userAgent }),
      sourceIp: context.sourceIp,
    },
    requestId,
    domainName: context.domainName,
    connectionId: context.connectionId,
    apiId: context.apiId,
  };
}

/** `25/Sep/2026:00:02:29 +0000` */
function commonLogTime(now: number): string {
  const [, day, month, year, time] = new Date(now).toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}

const HOP_BY_HOP = new Set(["connection", "upgrade", "keep-alive"]);

/** The client's headers in its own casing, with those that the load balancer adds, sorted by name. */
function connectHeaders(
  context: ConnectionContext,
  request: IncomingMessage,
): [string, string[]][] {
  const forwarded = request.headers["x-forwarded-for"];
  const byName = new Map<string, [string, string[]]>();
  const add = (name: string, value: string) => {
    const key = name.toLowerCase();
    const entry = byName.get(key);
    if (entry) entry[1].push(value);
    else byName.set(key, [name, [value]]);
  };
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i]!;
    const key = name.toLowerCase();
    if (!HOP_BY_HOP.has(key) && !key.startsWith("x-forwarded-")) {
      add(name, request.rawHeaders[i + 1]!);
    }
  }
  if (!byName.has("x-amzn-trace-id")) add("X-Amzn-Trace-Id", traceId());
  add("X-Forwarded-For", [forwarded ?? [], context.sourceIp].flat().join(", "));
  add("X-Forwarded-Port", String(request.socket.localPort));
  add("X-Forwarded-Proto", "http");
  return [...byName.values()].sort(([a], [b]) => (a < b ? -1 : 1));
}

function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  const random = crypto.randomUUID().replaceAll("-", "").slice(0, 24);
  return `Root=1-${seconds}-${random}`;
}

function queryKeys(url: string): object {
  const query = new URL(url, "http://gateway").searchParams;
  if (query.size === 0) return {};
  const names = [...new Set(query.keys())];
  const values = names.map((name): [string, string[]] => [
    name,
    query.getAll(name),
  ]);
  return {
    queryStringParameters: lastValues(values),
    multiValueQueryStringParameters: Object.fromEntries(values),
  };
}

function lastValues(entries: [string, string[]][]): Record<string, string> {
  return Object.fromEntries(entries.map(([name, all]) => [name, all.at(-1)!]));
}
