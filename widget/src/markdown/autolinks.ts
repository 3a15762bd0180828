import type { Found, InlineElement } from "./inline-nodes.ts";
import { matchAt } from "./match.ts";
import { encodeAddress } from "./urls.ts";

/** How an address may begin. */
const start = /https?:\/\/|www\.|mailto:/i;

const domain = /(?:https?:\/\/|www\.)([\p{L}\p{N}._-]{1,255})/iuy;
const rest = /[^\s<]*/y;
const mailto = /mailto:([\w.+-]{1,64}@[\w.-]{1,255})/iy;
const mail = /(?<=([\w.+-]{1,64}))@(?:[\w-]+\.)+[\w-]+(?<![-_])(?!\.*[\w-]|@)/g;

/** Without the punctuation that belongs to the sentence around an address. */
function trimAddress(address: string): string {
  const count = (character: string) => address.split(character).length;
  let unopened = count(")") - count("(");
  for (let end = address.length; ; end--) {
    const last = address[end - 1]!;
    if (last === ")" && unopened > 0) unopened--;
    else if (last === ";") {
      // Something like `&copy;` at the end belongs to the sentence, a lone semicolon does not.
      const from = address.lastIndexOf("&", end);
      if (!/^&[a-z\d]{1,32};$/i.test(address.slice(from, end)))
        return address.slice(0, end);
      end = from + 1;
    } else if (!/[?!.,:*_~'"]/.test(last)) return address.slice(0, end);
  }
}

/** The last two parts of a name hold no underscore. */
const isDomain = (name: string): boolean =>
  !name.endsWith(".") && !/_[^.]*(?:\.[^.]*)?$/.test(name);

/** A link that shows a text. */
export const linkTo = (destination: string, text: string): InlineElement => ({
  tag: "a",
  children: [text],
  target: { destination: encodeAddress(destination), title: "" },
});

/** The address at `position`, when GFM makes a link of it. */
function autolinkAt(text: string, position: number): string | undefined {
  const before = text[position - 1];
  if (before !== undefined && !/[\s*_~(]/.test(before)) return undefined;
  const mailbox = matchAt(mailto, text, position);
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

/** The address that a `run` of text at `position` begins with, or the text up to where the next one may begin. */
export function readAddress(
  text: string,
  position: number,
  run: string,
  inBrackets: boolean,
): Found {
  let next = run.search(start);
  if (next === 0) {
    const address = inBrackets ? undefined : autolinkAt(text, position);
    if (address) {
      const scheme = /^www\./i.test(address) ? "http://" : "";
      return {
        part: linkTo(scheme + address, address),
        length: address.length,
      };
    }
    next = run.slice(1).search(start) + 1;
  }
  const part = next > 0 ? run.slice(0, next) : run;
  return { part, length: part.length };
}

/** The pieces of plain text in order, of which the mail addresses are links. */
export function splitMailAddresses(text: string): (string | InlineElement)[] {
  const pieces: (string | InlineElement)[] = [];
  let done = 0;
  for (const { 0: found, 1: local, index } of text.matchAll(mail)) {
    const from = Math.max(done, index - local!.length);
    const end = index + found.length;
    const address = text.slice(from, end);
    pieces.push(text.slice(done, from), linkTo(`mailto:${address}`, address));
    done = end;
  }
  return [...pieces, text.slice(done)];
}
