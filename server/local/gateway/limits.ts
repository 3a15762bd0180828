/** Quotas of API Gateway's WebSocket APIs. Tests shorten them; nobody can raise the real ones. */
export interface GatewayLimits {
  /** Largest frame from a client. */
  readonly frameBytes: number;
  /** Largest message in either direction. */
  readonly messageBytes: number;
  readonly idleMs: number;
  readonly connectionMs: number;
  /** Longest `$connect` URL. */
  readonly urlLength: number;
  /** Bytes that may wait for a client that does not read, before posts to it are refused. */
  readonly clientBufferBytes: number;
}

export const DEFAULT_LIMITS: GatewayLimits = {
  frameBytes: 32 * 1024,
  messageBytes: 128 * 1024,
  idleMs: 10 * 60_000,
  connectionMs: 2 * 60 * 60_000,
  urlLength: 4_096,
  // AWS names no number.
  clientBufferBytes: 1024 * 1024,
};
