/** Frames of `application/vnd.amazon.eventstream`, as Bedrock writes them: header order, key order and padding. */
import { EventStreamCodec } from "@smithy/eventstream-codec";
import { streamExceptionType } from "./exceptions.ts";
import type { ExceptionName } from "./exceptions.ts";

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString("utf8"),
  (text) => Buffer.from(text, "utf8"),
);

/** A decoded frame: its string headers in their order, and its JSON payload. */
export interface StreamFrame {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
}

const PADDING =
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const LEAST_PADDING = 4;

/** The value of `p`: the start of an alphabet, as long as `random` (0 to 1) says, so that lengths tell nothing. */
export const padding = (random: number): string =>
  PADDING.slice(
    0,
    LEAST_PADDING + Math.floor(random * (PADDING.length - LEAST_PADDING + 1)),
  );

/** JSON with the keys of every object in alphabetical order. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );
}

/** Encodes one frame with its checksums. */
export function encodeFrame(frame: StreamFrame): Uint8Array {
  const headers = Object.fromEntries(
    Object.entries(frame.headers).map(([name, value]) => [
      name,
      { type: "string" as const, value },
    ]),
  );
  return codec.encode({
    headers,
    body: Buffer.from(sortedJson(frame.payload), "utf8"),
  });
}

/** An event such as `contentBlockDelta`, padded. */
export const encodeEvent = (
  eventType: string,
  payload: Readonly<Record<string, unknown>>,
  random: number,
): Uint8Array =>
  encodeFrame({
    headers: {
      ":event-type": eventType,
      ":content-type": "application/json",
      ":message-type": "event",
    },
    payload: { ...payload, p: padding(random) },
  });

/** An exception that ends a stream that has begun. */
export const encodeException = (
  name: ExceptionName,
  message: string,
): Uint8Array =>
  encodeFrame({
    headers: {
      ":exception-type": streamExceptionType(name),
      ":content-type": "application/json",
      ":message-type": "exception",
    },
    payload: { message },
  });

/** Decodes all frames of a complete stream and checks their sums. */
export function decodeFrames(bytes: Uint8Array): StreamFrame[] {
  const frames: StreamFrame[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength;) {
    const length = view.getUint32(at);
    const message = codec.decode(bytes.subarray(at, at + length));
    frames.push({
      headers: Object.fromEntries(
        Object.entries(message.headers).map(([name, { value }]) => [
          name,
          String(value),
        ]),
      ),
      payload: JSON.parse(Buffer.from(message.body).toString("utf8")),
    });
    at += length;
  }
  return frames;
}
