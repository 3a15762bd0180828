import { createHmac, timingSafeEqual } from "node:crypto";
import type { VisitorTokens } from "../chat/ports.ts";
import type { SigningKeys, SigningKeySource } from "./signing-keys.ts";

export interface VisitorTokensOptions {
  readonly keys: SigningKeySource;
  readonly lifetimeMs: number;
}

const VERSION = "v1";

interface Payload {
  /** Visitor id. */
  readonly v: string;
  /** Expiry, epoch milliseconds. */
  readonly e: number;
}

/**
 * Tokens `v1.<payload>.<mac>`, both base64url: who the visitor is and until when, and an HMAC-SHA-256 over the rest.
 * Nothing is looked up to verify one.
 */
export function createVisitorTokens({
  keys: source,
  lifetimeMs,
}: VisitorTokensOptions): VisitorTokens {
  return {
    async issue(visitorId, now) {
      const payload: Payload = { v: visitorId, e: now + lifetimeMs };
      const signed = `${VERSION}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}`;
      const { current } = await source.get(now);
      return `${signed}.${mac(signed, current).toString("base64url")}`;
    },

    async verify(token, now) {
      const [, signed, signature] =
        /^(v1\.[\w-]+)\.([\w-]{43})$/.exec(token) ?? [];
      if (!signed || !signature) return undefined;
      const keys = await source.get(now);
      if (!isGenuine(signed, signature, keys)) {
        // The secret may have been rotated, and another router may sign with the new key already.
        const newer = await source.getNewer(now);
        if (!newer || !isGenuine(signed, signature, newer)) return undefined;
      }
      const payload = JSON.parse(
        Buffer.from(signed.slice(VERSION.length + 1), "base64url").toString(),
      ) as Payload;
      return payload.e > now ? payload.v : undefined;
    },
  };
}

function isGenuine(
  signed: string,
  signature: string,
  { current, previous }: SigningKeys,
): boolean {
  const given = Buffer.from(signature, "base64url");
  return [current, previous].some(
    (key) => key !== undefined && timingSafeEqual(mac(signed, key), given),
  );
}

const mac = (text: string, key: string): Buffer =>
  createHmac("sha256", key).update(text).digest();
