import { ChatError } from "../chat/errors.ts";
import {
  cachedSecret,
  type SecretOptions,
  type SecretSource,
} from "./cached-secret.ts";

const LEAST_KEY_LENGTH = 32;

/** The newest key signs; the one before it still verifies, so that rotation takes no visitor's conversation away. */
export interface SigningKeys {
  readonly current: string;
  readonly previous?: string;
}

export type SigningKeySource = SecretSource<SigningKeys>;

/** Reads and caches the secret `{"current": "…", "previous": "…"}`, whose keys have at least 32 characters. */
export const signingKeysFrom = (
  secretId: string,
  options?: SecretOptions,
): SigningKeySource =>
  cachedSecret(secretId, (text) => parse(text, secretId), options);

function parse(text: string, secretId: string): SigningKeys {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The text is a secret: it must not appear in the error that follows.
  }
  const { current, previous } = Object(value) as Record<string, unknown>;
  if (!isKey(current) || !(previous === undefined || isKey(previous))) {
    throw new ChatError(
      "internal",
      `The secret ${secretId} must be {"current": "…"} with an optional "previous", each of at least ${LEAST_KEY_LENGTH} characters.`,
    );
  }
  return { current, ...(previous === undefined ? {} : { previous }) };
}

const isKey = (value: unknown): value is string =>
  typeof value === "string" && value.length >= LEAST_KEY_LENGTH;
