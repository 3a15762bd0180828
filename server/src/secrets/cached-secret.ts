import {
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { ChatError } from "../chat/errors.ts";
import { untraced, type Trace } from "../trace.ts";

/** How old a secret may be, and the most that rotation may lag behind. */
const FRESH_MS = 5 * 60_000;
/** A newer one is asked for at most this often: anybody can send what does not fit. */
const RELOAD_MS = 30_000;

export interface SecretSource<T> {
  /** The secret, at most some minutes old. */
  get(now: number): Promise<T>;
  /** The secret as it is now; undefined when it was fetched a moment ago. */
  getNewer(now: number): Promise<T | undefined>;
}

export interface SecretOptions {
  readonly trace?: Trace | undefined;
  readonly client?: SecretsManagerClient | undefined;
}

/** Reads and caches a secret. `parse` throws where the text is not what was expected, and never names it. */
export function cachedSecret<T>(
  secretId: string,
  parse: (text: string) => T,
  { trace = untraced, client = trace(defaultClient()) }: SecretOptions = {},
): SecretSource<T> {
  let cached: { readonly value: T; readonly at: number } | undefined;
  let loading: Promise<T> | undefined;

  async function load(now: number): Promise<T> {
    try {
      const { SecretString = "" } = await client.send(
        new GetSecretValueCommand({ SecretId: secretId }),
      );
      const value = parse(SecretString);
      cached = { value, at: now };
      return value;
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
      if (cached && now - cached.at < FRESH_MS) return cached.value;
      return (loading ??= load(now));
    },
    async getNewer(now) {
      if (cached && now - cached.at < RELOAD_MS) return undefined;
      return (loading ??= load(now));
    },
  };
}

const defaultClient = () =>
  new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 2_000,
      throwOnRequestTimeout: true,
    },
  });
