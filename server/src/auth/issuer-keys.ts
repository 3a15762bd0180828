import {
  assertIsJwks,
  findJwkInJwks,
  type Jwks,
  type JwkWithKid,
} from "aws-jwt-verify/jwk";
import { ChatError } from "../chat/errors.ts";
import { isTrustworthyUrl } from "./issuers.ts";

/** How long a key that its issuer has taken back still counts. */
const FRESH_MS = 10 * 60_000;
/** Anybody can send a token that names an unknown key: the issuer is asked for newer ones at most this often. */
const RELOAD_MS = 10_000;
/** An issuer that did not answer is left alone for so long, and nobody waits for it meanwhile. */
const PAUSE_MS = 2_000;
const FETCH_TIMEOUT_MS = 3_000;

export interface KeySource {
  /** Whose keys they are, for messages. */
  readonly issuer: string;
  /** Without it, the issuer's discovery document is asked. */
  readonly jwksUri?: string | undefined;
  readonly fetch?: typeof fetch;
  readonly now?: () => number;
}

export interface IssuerKeys {
  /** The key of that name; undefined when the issuer has none. Rejects when the issuer cannot be asked. */
  find(kid: string): Promise<JwkWithKid | undefined>;
}

/** The public keys of one issuer: fetched when they are needed, and cached for some minutes. */
export function issuerKeys(source: KeySource): IssuerKeys {
  const { issuer, now = Date.now } = source;
  let cached: { readonly jwks: Jwks; readonly at: number } | undefined;
  let failed: { readonly error: ChatError; readonly at: number } | undefined;
  let loading: Promise<Jwks> | undefined;

  async function load(): Promise<Jwks> {
    try {
      const jwks = await fetchKeys(source);
      cached = { jwks, at: now() };
      failed = undefined;
      return jwks;
    } catch (cause) {
      const error = new ChatError(
        "internal",
        `The keys of the issuer ${issuer} could not be fetched: ${String(cause)}`,
        { cause },
      );
      failed = { error, at: now() };
      throw error;
    } finally {
      loading = undefined;
    }
  }

  return {
    async find(kid) {
      const age = cached ? now() - cached.at : Infinity;
      if (cached && age < FRESH_MS) {
        const known = findJwkInJwks(cached.jwks, kid);
        if (known || age < RELOAD_MS) return known;
      }
      if (failed && now() - failed.at < PAUSE_MS) throw failed.error;
      return findJwkInJwks(await (loading ??= load()), kid);
    },
  };
}

async function fetchKeys(source: KeySource): Promise<Jwks> {
  const url = source.jwksUri ?? (await discover(source));
  const jwks = (await fetchJson(source, url)) as Jwks;
  assertIsJwks(jwks);
  return jwks;
}

/** Where OpenID Connect Discovery says that the keys are. */
async function discover(source: KeySource): Promise<string> {
  const base = source.issuer.replace(/\/$/, "");
  const url = `${base}/.well-known/openid-configuration`;
  const { issuer, jwks_uri: jwksUri } = Object(
    await fetchJson(source, url),
  ) as Record<string, unknown>;
  if (issuer !== source.issuer)
    throw new Error(`${url} is the document of another issuer.`);
  if (typeof jwksUri !== "string" || !isTrustworthyUrl(jwksUri))
    throw new Error(`${url} names no jwks_uri that can be trusted.`);
  return jwksUri;
}

async function fetchJson(
  { fetch: get = fetch }: KeySource,
  url: string,
): Promise<unknown> {
  const response = await get(url, {
    redirect: "error",
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return response.json();
}
