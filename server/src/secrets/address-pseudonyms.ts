import { createHmac, timingSafeEqual } from "node:crypto";
import { networkOf, viewerBehindEdge } from "../addresses.ts";
import type { SecretSource } from "./cached-secret.ts";
import type { SigningKeySource } from "./signing-keys.ts";

/** What a handshake says about where it comes from. */
export interface Handshake {
  /** Who connected to API Gateway. */
  readonly sourceIp: string | undefined;
  readonly forwardedFor: readonly string[];
  /** What CloudFront would make itself known by. */
  readonly edgeKeys: readonly string[];
}

export interface AddressPseudonymsOptions {
  readonly keys: SigningKeySource;
  /** The key of the edge, where there is one in front of the API. */
  readonly edgeKey?: SecretSource<string> | undefined;
}

/** Makes pseudonyms of addresses, which nobody without the visitor key can tell an address from, and none for two days. */
export class AddressPseudonyms {
  readonly #options: AddressPseudonymsOptions;

  constructor(options: AddressPseudonymsOptions) {
    this.#options = options;
  }

  /** The pseudonym of whoever shakes hands. All whose address cannot be told share one. */
  async of(handshake: Handshake, now: number): Promise<string> {
    const address = (await this.#comesByEdge(handshake, now))
      ? viewerBehindEdge(handshake.forwardedFor)
      : handshake.sourceIp;
    const network = networkOf(address ?? "") ?? "unknown";
    const day = new Date(now).toISOString().slice(0, 10);
    const { current } = await this.#options.keys.get(now);
    return createHmac("sha256", current)
      .update(`address ${day} ${network}`)
      .digest("base64url")
      .slice(0, 22);
  }

  async #comesByEdge({ edgeKeys }: Handshake, now: number): Promise<boolean> {
    const { edgeKey } = this.#options;
    const [given] = edgeKeys;
    if (!edgeKey || given === undefined) return false;
    if (isSame(given, await edgeKey.get(now))) return true;
    // A deployment may have put another key in its place.
    const newer = await edgeKey.getNewer(now);
    return newer !== undefined && isSame(given, newer);
  }
}

/** Takes as long for any text. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) =>
    createHmac("sha256", "edge").update(text).digest();
  return expected !== "" && timingSafeEqual(digest(given), digest(expected));
}
