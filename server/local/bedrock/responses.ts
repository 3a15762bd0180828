/** Heads and whole responses of the endpoint. */
import { randomUUID } from "node:crypto";
import type { HttpResponse } from "./dual-server.ts";
import type { EndpointEvent } from "./endpoint-model.ts";
import { EXCEPTION_STATUS, errorBody, errorTypeHeader } from "./exceptions.ts";
import type { BedrockException } from "./exceptions.ts";

/** Headers that belong to one connection and are not to be repeated on another. */
const HOP_BY_HOP = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "transfer-encoding",
]);

/** Sets status and headers; they go out with the first bytes. */
export function setHead(
  response: HttpResponse,
  status: number,
  contentType: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.statusCode = status;
  response.setHeader("content-type", contentType);
  response.setHeader("x-amzn-requestid", randomUUID());
  for (const [name, value] of Object.entries(headers))
    response.setHeader(name, value);
}

export function sendJson(
  response: HttpResponse,
  status: number,
  body: string,
  headers?: Readonly<Record<string, string>>,
): void {
  response.setHeader("content-length", Buffer.byteLength(body));
  setHead(response, status, "application/json", headers);
  response.end(body);
}

/** An exception before the stream. */
export const sendException = (
  response: HttpResponse,
  { name, message }: BedrockException,
): void =>
  sendJson(response, EXCEPTION_STATUS[name], errorBody(message), {
    "x-amzn-errortype": errorTypeHeader(name),
  });

/** A recorded response, byte for byte. */
export function sendRaw(
  response: HttpResponse,
  raw: Extract<EndpointEvent, { type: "raw" }>,
): void {
  response.statusCode = raw.status;
  for (const [name, value] of Object.entries(raw.headers))
    if (!HOP_BY_HOP.has(name.toLowerCase())) response.setHeader(name, value);
  response.end(raw.body);
}
