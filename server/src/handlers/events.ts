/**
 * What API Gateway and Lambda hand to the functions, as far as they look at it: written out by hand, because the published
 * types promise fields that real events do not have.
 */

type Headers = Readonly<Record<string, string | undefined>>;
type MultiValueHeaders = Readonly<
  Record<string, readonly string[] | undefined>
>;

/** An event of a WebSocket API. `headers` come with CONNECT, `body` and `messageId` with MESSAGE. */
export interface WebSocketEvent {
  readonly requestContext: {
    readonly eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
    readonly connectionId: string;
    readonly requestId: string;
    readonly messageId?: string;
    readonly identity?: { readonly sourceIp?: string };
  };
  readonly headers?: Headers;
  readonly multiValueHeaders?: MultiValueHeaders;
  readonly body?: string;
}

/** What the gateway does with an event depends on the status; the headers count for CONNECT only. */
export interface WebSocketResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the router hands to the worker. */
export interface WorkerEvent {
  readonly conversationId: string;
  readonly turnId: string;
}

/** The part of Lambda's context that the worker needs. */
export interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

const EVENT_TYPES: readonly unknown[] = ["CONNECT", "MESSAGE", "DISCONNECT"];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isString = (value: unknown): value is string => typeof value === "string";
const isAbsentOr =
  (is: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || is(value);
const isRecordOf =
  (is: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    isRecord(value) && Object.values(value).every(is);
const isStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every(isString);

const isIdentity = (value: unknown): boolean =>
  isRecord(value) && isAbsentOr(isString)(value.sourceIp);

/** `value`, if it is an event of a WebSocket API: whoever may invoke the function may invoke it with anything. */
export function webSocketEvent(value: unknown): WebSocketEvent | undefined {
  if (!isRecord(value) || !isRecord(value.requestContext)) return undefined;
  const { eventType, connectionId, requestId, messageId, identity } =
    value.requestContext;
  const isOne =
    EVENT_TYPES.includes(eventType) &&
    isString(connectionId) &&
    connectionId !== "" &&
    isString(requestId) &&
    isAbsentOr(isString)(messageId) &&
    isAbsentOr(isIdentity)(identity) &&
    isAbsentOr(isString)(value.body) &&
    isAbsentOr(isRecordOf(isAbsentOr(isString)))(value.headers) &&
    isAbsentOr(isRecordOf(isAbsentOr(isStrings)))(value.multiValueHeaders);
  return isOne ? (value as unknown as WebSocketEvent) : undefined;
}

/** The values of a header, whose name the client may have spelled as it liked. */
export function headerValues(
  { headers = {}, multiValueHeaders = {} }: WebSocketEvent,
  name: string,
): string[] {
  const find = <T>(all: Readonly<Record<string, T | undefined>>) =>
    Object.entries(all).find(([key]) => key.toLowerCase() === name)?.[1];
  const several = find(multiValueHeaders);
  const one = find(headers);
  return [...(several ?? (one === undefined ? [] : [one]))];
}
