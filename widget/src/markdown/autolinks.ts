import { Node } from "commonmark";
import { encodeAddress } from "./urls.ts";

const start = /https?:\/\/|www\.|mailto:/gi;

/** Where an address may begin in `text` at or after `from`; -1 when nowhere. */
export function findAutolink(text: string, from: number): number {
  start.lastIndex = from;
  return start.exec(text)?.index ?? -1;
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

export function linkTo(destination: string, text: string): Node {
  const link = new Node("link");
  link._destination = encodeAddress(destination);
  const child = new Node("text");
  child._literal = text;
  link.appendChild(child);
  return link;
}

/** The address at `position`, when GFM makes a link of it: the link and its length in the text. */
export function autolinkAt(
  text: string,
  position: number,
): { node: Node; length: number } | undefined {
  const before = text[position - 1];
  if (before !== undefined && !/[\s*_~(]/.test(before)) return undefined;
  mail.lastIndex = position;
  const mailbox = mail.exec(text)?.[0];
  if (mailbox) {
    const address = trimAddress(mailbox);
    if (/[-_]$/.test(address) || !/@[^.]+\./.test(address)) return undefined;
    return { node: linkTo(address, address), length: address.length };
  }
  domain.lastIndex = position;
  const host = domain.exec(text);
  if (!host) return undefined;
  // The name first, which is short: searching all that follows for each name that is none would add up.
  if (!isDomain(trimAddress(host[1]!))) return undefined;
  rest.lastIndex = position;
  const address = trimAddress(rest.exec(text)![0]);
  const www = /^www\./i.test(address);
  return {
    node: linkTo(www ? `http://${address}` : address, address),
    length: address.length,
  };
}

/** Mail addresses in plain text; the pieces of the text in order, or undefined when there is none. */
export function splitMailAddresses(
  text: string,
): (string | Node)[] | undefined {
  const pieces: (string | Node)[] = [];
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
  if (pieces.length === 0) return undefined;
  pieces.push(text.slice(done));
  return pieces;
}
