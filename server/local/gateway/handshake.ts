import { STATUS_CODES } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { gatewayRequestId } from "./ids.ts";
import type { IntegrationResult } from "./integration.ts";

/** Whether `ws` will take the upgrade, so that `$connect` runs for no other. */
export function isHandshake(request: IncomingMessage): boolean {
  const { upgrade, ...headers } = request.headers;
  return (
    request.method === "GET" &&
    upgrade?.toLowerCase() === "websocket" &&
    headers["sec-websocket-version"] === "13" &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? "") &&
    /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[ \t]*,[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+)*$/.test(
      headers["sec-websocket-protocol"] ?? "none",
    )
  );
}

/** Answers an upgrade with a plain HTTP response, as API Gateway does when `$connect` did not succeed. */
export function refuseUpgrade(
  stream: Duplex,
  status: number,
  body: string,
): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    `Date: ${new Date().toUTCString()}`,
    "Content-Type: application/json; charset=UTF-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    // The stream has left the HTTP server's care.
    "Connection: close",
    `x-amz-apigw-id: ${gatewayRequestId()}`,
  ];
  stream.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** What a client is told whose `$connect` gave no 2xx. */
export function refusalOf(
  result: IntegrationResult,
  connectionId: string,
  requestId: string,
): { readonly status: number; readonly body: string } {
  if (result.outcome === "response") {
    return { status: result.status, body: result.body ?? "" };
  }
  const status = { failed: 502, malformed: 500, "timed-out": 504 };
  return {
    status: status[result.outcome],
    body: JSON.stringify({
      message: "Internal server error",
      connectionId,
      requestId,
    }),
  };
}
