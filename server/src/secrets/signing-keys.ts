import {
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { ChatError } from "../chat/errors.ts";
import { untraced, type Trace } from "../trace.ts";

/** How long a key that was taken out of the secret still signs, and the most that rotation may lag behind. */
const FRESH_MS = 5 * 60_000;
/** Tokens that fit no key ask for a newer secret at most this often: anybody can send a forged one. */
const RELOAD_MS = 30_000;
const LEAST_KEY_LENGTH = 32;

/** The newest key signs; the one before it still verifies, so that rotation takes no visitor's conversation away. */
export interface SigningKeys {
  readonly current: string;
  readonly previous?: string;
}

export interface SigningKeySource {
  /** Keys at most some minutes old. */
  get(now: number): Promise<SigningKeys>;
  /** The keys as they are now; undefined when they were fetched a moment ago. */
  getNewer(now: number): Promise<SigningKeys | undefined>;
}

/** Reads and caches the secret `{"current": "…", "previous": "…"}`, whose keys have at least 32 characters. */
export function signingKeysFrom(
  secretId: string,
  {
    trace = untraced,
    client = trace(defaultClient()),
  }: {
    readonly client?: SecretsManagerClient | undefined;
    readonly trace?: Trace | undefined;
  } = {},
): SigningKeySource {
  let cached: { keys: SigningKeys; at: number } | undefined;
  let loading: Promise<SigningKeys> | undefined;

  async function load(now: number): Promise<SigningKeys> {
    try {
      const { SecretString } = await client.send(
        new GetSecretValueCommand({ SecretId: secretId }),
      );
      const keys = parse(SecretString, secretId);
      cached = { keys, at: now };
      return keys;
    } catch (error) {
      if (error instanceof ChatError) throw error;
      throw new ChatError(
        "internal",
        `Reading the secret ${secretId} failed: ${String(error)}`,
        { cause: error },
      );
    } finally {
      loading = undefined;
    }
  }

  return {
    async get(now) {
      if (cached && now - cached.at < FRESH_MS) return cached.keys;
      return (loading ??= load(now));
    },
    async getNewer(now) {
      if (cached && now - cached.at < RELOAD_MS) return undefined;
      return (loading ??= load(now));
    },
  };
}

function parse(text: string | undefined, secretId: string): SigningKeys {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "");
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
  return { current, previous };
}

const isKey = (value: unknown): value is string =>
  typeof value === "string" && value.length >= LEAST_KEY_LENGTH;

const defaultClient = () =>
  new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 2_000,
      throwOnRequestTimeout: true,
    },
  });
