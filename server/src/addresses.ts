/** Where connections come from. An address is never stored: only a pseudonym of its network that is another one each day. */
import { isIP } from "node:net";

/** The visitor's own part of an IPv6 address is its first 64 bits; the rest a machine can choose anew for each connection. */
const IPV6_NETWORK_PARTS = 4;

/** The eight groups of an IPv6 address. The URL parser knows all ways to write one. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const parse = (text = "") =>
    text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  const [left, right] = [parse(head), parse(tail)];
  const gap = new Array<number>(8 - left.length - right.length).fill(0);
  return [...left, ...gap, ...right];
}

/**
 * The network that an address stands for: an IPv4 address itself, however it is written, and the first 64 bits of an IPv6
 * address. Undefined for what is no address.
 */
export function networkOf(address: string): string | undefined {
  const bare = address.trim().replace(/%.*$/, "");
  const version = isIP(bare);
  if (version === 4) return bare;
  if (version !== 6) return undefined;
  const groups = groupsOf(bare);
  const isMapped = groups.slice(0, 5).every((group) => group === 0);
  if (isMapped && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6);
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  const network = groups.slice(0, IPV6_NETWORK_PARTS);
  return `${network.map((group) => group.toString(16)).join(":")}::/64`;
}

/**
 * The viewer's address in the `X-Forwarded-For` of a handshake that came by way of CloudFront. CloudFront appends whom it
 * sees, and API Gateway appends CloudFront; whatever stands before that the viewer may have made up.
 */
export function viewerBehindEdge(
  forwardedFor: readonly string[],
): string | undefined {
  const entries = forwardedFor
    .flatMap((value) => value.split(","))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  return entries.at(-2);
}
