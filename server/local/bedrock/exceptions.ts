/** Bedrock's exceptions and the HTTP status of each when it comes before the stream. */
export const EXCEPTION_STATUS = {
  ValidationException: 400,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  ModelTimeoutException: 408,
  ModelErrorException: 424,
  ModelStreamErrorException: 424,
  ThrottlingException: 429,
  ModelNotReadyException: 429,
  InternalServerException: 500,
  ServiceUnavailableException: 503,
} as const;

export type ExceptionName = keyof typeof EXCEPTION_STATUS;

const IN_STREAM: ReadonlySet<ExceptionName> = new Set<ExceptionName>([
  "InternalServerException",
  "ModelStreamErrorException",
  "ValidationException",
  "ThrottlingException",
  "ServiceUnavailableException",
]);

/** A request that Bedrock refuses, with Bedrock's own sentence. */
export class BedrockException extends Error {
  override readonly name: ExceptionName;

  constructor(name: ExceptionName, message: string) {
    super(message);
    this.name = name;
  }
}

/** The header by which clients tell one exception from another. */
export const errorTypeHeader = (name: string): string =>
  `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`;

/** `:exception-type` of an exception in a stream; the stream knows only five of them. */
export function streamExceptionType(name: ExceptionName): string {
  const known = IN_STREAM.has(name) ? name : "ModelStreamErrorException";
  return known.charAt(0).toLowerCase() + known.slice(1);
}

/** The body of an error response, laid out as Bedrock does it. */
export const errorBody = (message: string): string =>
  JSON.stringify({ message }, undefined, 2);
