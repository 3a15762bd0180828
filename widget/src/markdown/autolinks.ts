import type { Found, InlineElement } from "./inline-nodes.ts";
import { matchAt } from "./match.ts";
import { encodeAddress } from "./urls.ts";

/** How an address may begin. */
const start = /https?:\/\/|www\.|mailto:/gi;

/** Where an address may begin in `text` at or after `from`; -1 when nowhere. */
function findAutolink(text: string, from: number): number {
  const found = matchAt(start, text, from);
  return found ? start.lastIndex - found.length : -1;
}

const domain = /(?:https?:\/\/|www\.)([\p{L}\p{N}._-]{1,255})/iuy;
const rest = /[^\s<]*/y;
const mail = /mailto:([\w.+-]{1,64}@[\w.-]{1,255})/iy;

/** Without the punctuation that belongs to the sentence around an address. */
function trimAddress(address: string): string {
  let open = 0;
  let close = 0;
  for (const character of address) {
    if (character === "(") open++;
    else if (character === ")") close++;
  }
  let end = address.length;
  for (;;) {
    const last = address[end - 1]!;
    if (last === ")" && close > open) close--;
    else if (last === ";") {
      // Something like `&copy;` at the end belongs to the sentence, a lone semicolon does not.
      const entity = /&[a-z0-9]{1,32};$/i.exec(address.slice(0, end));
      if (!entity) return address.slice(0, end);
      end = entity.index + 1;
    } else if (!/[?!.,:*_~'"]/.test(last)) return address.slice(0, end);
    end--;
  }
}

/** The last two parts of a name hold no underscore. */
const isDomain = (name: string): boolean =>
  !name.endsWith(".") && !/_[^.]*(?:\.[^.]*)?$/.test(name);

/** A link that shows where it leads, or another text. */
export const linkTo = (
  destination: string,
  text = destination,
): InlineElement => ({
  tag: "a",
  children: [text],
  target: { destination: encodeAddress(destination), title: "" },
});

/** The address at `position`, when GFM makes a link of it. */
function autolinkAt(text: string, position: number): string | undefined {
  const before = text[position - 1];
  if (before !== undefined && !/[\s*_~(]/.test(before)) return undefined;
  const mailbox = matchAt(mail, text, position);
  if (mailbox) {
    const address = trimAddress(mailbox);
    const isAddress = !/[-_]$/.test(address) && /@[^.]+\./.test(address);
    return isAddress ? address : undefined;
  }
  domain.lastIndex = position;
  const host = domain.exec(text)?.[1];
  // The name first, which is short: searching all that follows for each name that is none would add up.
  if (!host || !isDomain(trimAddress(host))) return undefined;
  return trimAddress(matchAt(rest, text, position)!);
}

/** A link of an address that begins with a scheme or with `www.`. */
const autolink = (address: string): InlineElement =>
  linkTo(/^www\./i.test(address) ? `http://${address}` : address, address);

/** The address that a `run` of text at `position` begins with, or the text up to where the next one may begin. */
export function readAddress(
  text: string,
  position: number,
  run: string,
  inBrackets: boolean,
): Found {
  const first = findAutolink(run, 0);
  const address = first === 0 ? autolinkAt(text, position) : undefined;
  if (address && !inBrackets)
    return { part: autolink(address), length: address.length };
  const next = first === 0 ? findAutolink(run, 1) : first;
  const part = next > 0 ? run.slice(0, next) : run;
  return { part, length: part.length };
}

/** The pieces of plain text in order, of which the mail addresses are links. */
export function splitMailAddresses(text: string): (string | InlineElement)[] {
  const pieces: (string | InlineElement)[] = [];
  let done = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let from = at;
    while (from > done && at - from < 64 && /[\w.+-]/.test(text[from - 1]!))
      from--;
    const host = /^[\w.-]{1,255}/.exec(text.slice(at + 1, at + 256))?.[0];
    if (from === at || !host) continue;
    const name = host.replace(/\.+$/, "");
    if (!/^[^.]+(?:\.[^.]+)+$/.test(name) || /[-_]$/.test(name)) continue;
    if (text[at + 1 + name.length] === "@") continue;
    const address = text.slice(from, at + 1 + name.length);
    pieces.push(text.slice(done, from), linkTo(`mailto:${address}`, address));
    done = from + address.length;
  }
  return [...pieces, text.slice(done)];
}
