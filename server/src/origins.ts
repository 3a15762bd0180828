/**
 * Which pages may connect. A browser names the origin of the page in the `Origin` header of a handshake; no page can forge
 * it, whereas a client that is no browser names what it likes or nothing.
 */

/** Which origins are accepted. */
export interface OriginRules {
  /** Origins as {@link isOriginPattern} takes them. None refuses every page. */
  readonly allowedOrigins: readonly string[];
  /** Whether a handshake without an origin, which no browser makes, is refused too. */
  readonly requireOrigin: boolean;
}

/** What is expected of an entry, for messages. */
export const ORIGIN_PATTERN_SENTENCE =
  'an origin as browsers write it (such as "https://www.example.com", in small letters, without a path and without the' +
  ' usual port), "https://*.example.com" for all its subdomains, "http://localhost:*" for all ports of this machine, or "null"';

/** Hosts that are always the visitor's own machine; only there may the port be left open. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

const PATTERN =
  /^(?<scheme>[a-z][a-z\d+.-]*):\/\/(?<subdomains>\*\.)?(?<host>[a-z\d._-]+|\[[\da-f:.]+\])(?::(?<port>\d+|\*))?$/;

/**
 * Whether `text` can stand in a list of allowed origins: an exact origin, `https://*.example.com` for every name below
 * `example.com` (not that name itself), any port of a loopback host (`http://localhost:*`), or `null`, which is what
 * browsers say for files and sandboxed frames.
 */
export function isOriginPattern(text: string): boolean {
  if (text === "null") return true;
  const { scheme, subdomains, host, port } = PATTERN.exec(text)?.groups ?? {};
  if (scheme === undefined || host === undefined) return false;
  if (port === "*") return !subdomains && LOOPBACK.includes(host);
  // Nobody owns all names below `com`.
  if (subdomains && !/^[^.]+(?:\.[^.]+)+$/.test(host)) return false;
  const exact = text.replace("*.", "");
  if (!URL.canParse(exact)) return false;
  const isWeb = scheme === "http" || scheme === "https";
  // What browsers never write would never match: capitals, a usual port, a name that is not in Punycode.
  return !isWeb || new URL(exact).origin === exact;
}

function matches(pattern: string, origin: string): boolean {
  if (pattern.endsWith(":*"))
    return (
      origin === pattern.slice(0, -2) ||
      (origin.startsWith(pattern.slice(0, -1)) &&
        /^\d{1,5}$/.test(origin.slice(pattern.length - 1)))
    );
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === origin;
  const before = pattern.slice(0, star);
  const after = pattern.slice(star + 1);
  return (
    origin.startsWith(before) &&
    origin.endsWith(after) &&
    /^[a-z\d_-]+(?:\.[a-z\d_-]+)*$/.test(
      origin.slice(before.length, -after.length),
    )
  );
}

/** Whether a handshake may go on whose `Origin` headers have these values: each of them must be allowed. */
export const isOriginAllowed = (
  { allowedOrigins, requireOrigin }: OriginRules,
  origins: readonly string[],
): boolean =>
  origins.length === 0
    ? !requireOrigin
    : origins.every((origin) =>
        allowedOrigins.some((pattern) => matches(pattern, origin)),
      );
