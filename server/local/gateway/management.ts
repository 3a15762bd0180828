import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../http.ts";
import type { GatewayConnection } from "./connection.ts";
import type { GatewayFaults, ManagementRequest } from "./faults.ts";
import { gatewayRequestId } from "./ids.ts";

/** What the `@connections` API needs of the gateway. */
export interface ManagedConnections {
  readonly messageBytes: number;
  readonly faults: GatewayFaults;
  isMinted(connectionId: string): boolean;
  find(connectionId: string): GatewayConnection | undefined;
  /** Called with each text that a POST delivered. */
  posted(connection: GatewayConnection, text: string): void;
}

interface Answer {
  readonly status: number;
  readonly errorType?: string;
  readonly body?: string;
  /** Answered in front of the service: neither ids nor a content type. */
  readonly bare?: boolean;
}

const METHODS: readonly string[] = ["POST", "GET", "DELETE"];

/** Serves `/{stage}/@connections/{id}`. */
export async function serveManagement(
  connections: ManagedConnections,
  request: IncomingMessage,
  response: ServerResponse,
  encodedId: string,
): Promise<void> {
  const body = await readBody(request, connections.messageBytes);
  if (body === "aborted") return;
  send(response, await decide(connections, request, encodedId, body));
}

async function decide(
  connections: ManagedConnections,
  request: IncomingMessage,
  encodedId: string,
  body: Buffer | "too-large",
): Promise<Answer> {
  const method = request.method ?? "";
  if (!METHODS.includes(method) || !isSigned(request)) {
    return {
      status: 403,
      errorType: "MissingAuthenticationTokenException",
      body: JSON.stringify({ message: "Missing Authentication Token" }),
    };
  }
  if (body === "too-large") return { status: 413, bare: true };
  const id = decodeId(encodedId);
  if (!connections.isMinted(id)) {
    return {
      status: 400,
      errorType: "BadRequestException",
      body: JSON.stringify({ message: `Invalid connectionId: ${id}` }),
    };
  }
  const connection = connections.find(id);
  const serve = () =>
    serveOne(connections, connection, {
      method: method as ManagementRequest["method"],
      connectionId: id,
      // Bytes that are no UTF-8 become U+FFFD: a client only ever gets text.
      ...(method === "POST" && { data: body.toString("utf8") }),
    });
  return connection ? connection.inOrder(serve) : serve();
}

async function serveOne(
  connections: ManagedConnections,
  connection: GatewayConnection | undefined,
  request: ManagementRequest,
): Promise<Answer> {
  const fault = await connections.faults.management?.(request);
  if (fault && !fault.applied) return faultAnswer(fault.status, request);
  const answer = apply(connections, connection, request);
  return fault ? faultAnswer(fault.status, request) : answer;
}

function apply(
  connections: ManagedConnections,
  connection: GatewayConnection | undefined,
  request: ManagementRequest,
): Answer {
  if (!connection || connection.isGone) {
    return { status: 410, errorType: "GoneException" };
  }
  if (request.method === "GET") {
    return { status: 200, body: describe(connection) };
  }
  if (request.method === "DELETE") {
    connection.close(1000, "Connection Closed Normally");
    return { status: 204 };
  }
  const text = request.data ?? "";
  const outcome = connection.send(text);
  if (outcome === "full") {
    return { status: 429, errorType: "LimitExceededException" };
  }
  connections.posted(connection, text);
  return { status: 200 };
}

function faultAnswer(status: number, request: ManagementRequest): Answer {
  switch (status) {
    case 403:
      return {
        status,
        errorType: "AccessDeniedException",
        body: denied(request),
      };
    case 410:
      return { status, errorType: "GoneException" };
    case 429:
      return { status, errorType: "LimitExceededException" };
    default:
      return {
        status,
        errorType: "InternalServerErrorException",
        body: JSON.stringify({ message: "Internal server error" }),
      };
  }
}

/** IAM sees the literal path, never the id. */
function denied({ method }: ManagementRequest): string {
  const resource = `arn:aws:execute-api:us-east-1:********0000:local/prod/${method}/@connections/{connectionId}`;
  return JSON.stringify({
    Message: `User: arn:aws:sts::000000000000:assumed-role/local/local is not authorized to perform: execute-api:ManageConnections on resource: ${resource} because no identity-based policy allows the execute-api:ManageConnections action`,
  });
}

function describe(connection: GatewayConnection): string {
  const { sourceIp, userAgent, connectedAt } = connection.context;
  const lines = [
    "{",
    '  "identity" : {',
    `    "sourceIp" : ${JSON.stringify(sourceIp)}${userAgent === undefined ? "" : ","}`,
    ...(userAgent === undefined
      ? []
      : [`    "userAgent" : ${JSON.stringify(userAgent)}`]),
    "  },",
    `  "connectedAt" : "${new Date(connectedAt).toISOString()}",`,
    `  "lastActiveAt" : "${new Date(connection.lastActiveAt).toISOString()}"`,
    "}",
  ];
  return lines.join("\n");
}

/** Whether there is a Signature Version 4, in the header or the query. Nobody can check it here. */
function isSigned(request: IncomingMessage): boolean {
  return (
    /^AWS4-HMAC-SHA256 .*Signature=/.test(
      request.headers.authorization ?? "",
    ) || /[?&]X-Amz-Signature=/.test(request.url ?? "")
  );
}

function decodeId(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

function send(response: ServerResponse, answer: Answer): void {
  const body = answer.body ?? "";
  const headers: Record<string, string | number> = answer.bare
    ? {}
    : {
        "Content-Type": "application/json",
        "x-amzn-RequestId": randomUUID(),
        "x-amz-apigw-id": gatewayRequestId(),
        ...(answer.errorType && { "x-amzn-ErrorType": answer.errorType }),
      };
  if (answer.status !== 204)
    headers["Content-Length"] = Buffer.byteLength(body);
  response.writeHead(answer.status, headers).end(body);
}
