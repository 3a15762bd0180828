/**
 * The chat by one classic script, for tag managers: puts a `<bedrock-chat>` at the end of the page. Settings come from
 * `window.bedrockChat`, from the query of the script's URL and from its `data-*` attributes; the latter win. A tag manager
 * that drops attributes leaves the other two. The module is loaded by `import()`, which needs no Trusted Types policy.
 */
import type { BedrockChat } from "./elements/bedrock-chat.ts";
import { logError, warnOnce } from "./log.ts";

declare global {
  interface Window {
    /** Settings for `embed.js`: attributes and properties of `<bedrock-chat>`, by their property names. */
    bedrockChat?: unknown;
  }
}

type Settings = Readonly<Record<string, unknown>>;

/** Where the page's one embedded chat is kept, so that a second run of the script finds it. */
const EMBEDDED = Symbol.for("bedrock-chat.embedded");
const page = window as Window & { [EMBEDDED]?: Promise<unknown> };

/** Said by the query for caches, not for the chat. */
const CACHE_BUSTERS = ["v", "ver", "version"];

/** Attributes of the script; a script that is run by itself has none of its own to read. */
const script = (document.currentScript ??
  document.querySelector(
    'script[src*="/embed.js"]',
  )) as HTMLScriptElement | null;

function camelCase(name: string): string {
  return name.replace(/-+(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function querySettings(url: URL): Settings {
  const entries = [...url.searchParams].filter(
    ([name]) => !CACHE_BUSTERS.includes(name),
  );
  return Object.fromEntries(
    entries.map(([name, value]) => [camelCase(name), value]),
  );
}

function pageSettings(junk: string[]): Settings {
  const { bedrockChat } = window;
  if (bedrockChat === undefined || bedrockChat instanceof Element) return {};
  if (typeof bedrockChat === "object" && bedrockChat !== null)
    return Object.fromEntries(
      Object.entries(bedrockChat).map(([name, value]) => [
        camelCase(name),
        value,
      ]),
    );
  junk.push("window.bedrockChat (must be an object)");
  return {};
}

/** Sets one setting on the element; false when the element has none of this name, or not of this kind. */
function apply(chat: BedrockChat, name: string, value: unknown): boolean {
  const { observedAttributes } = chat.constructor as typeof BedrockChat;
  const attribute = name.replace(/[A-Z]/g, (big) => `-${big.toLowerCase()}`);
  const target = chat as unknown as Record<string, unknown>;
  if (observedAttributes.includes(attribute)) {
    // In a tag manager's form, or in a query, "no" can only be written out.
    if (typeof target[name] === "boolean")
      chat.toggleAttribute(
        attribute,
        value !== false && value !== "false" && value !== "0",
      );
    else chat.setAttribute(attribute, String(value));
    return true;
  }
  const accessor = Object.getOwnPropertyDescriptor(
    Object.getPrototypeOf(chat),
    name,
  );
  if (!accessor?.set) return false;
  try {
    target[name] =
      typeof value === "string" ? (JSON.parse(value) as unknown) : value;
  } catch {
    return false; // A text where only an object, a list or a function can be.
  }
  return true;
}

async function embed(url: URL): Promise<BedrockChat | undefined> {
  const junk: string[] = [];
  const settings: Settings = {
    ...pageSettings(junk),
    ...querySettings(url),
    ...script?.dataset,
  };
  if (!settings.endpoint) {
    warnOnce(
      'embed.js needs the address of the chat: add data-endpoint="wss://…" to its script tag, or ?endpoint=wss://… to its URL.',
    );
    return undefined;
  }
  const module = new URL("bedrock-chat.js", url);
  module.search = "";
  await Promise.all([
    import(module.href),
    document.readyState === "loading" &&
      new Promise((resolve) =>
        document.addEventListener("DOMContentLoaded", resolve, { once: true }),
      ),
  ]);
  const chat = document.createElement("bedrock-chat");
  for (const [name, value] of Object.entries(settings))
    if (!apply(chat, name, value)) junk.push(`${name}=${String(value)}`);
  if (junk.length > 0)
    warnOnce(`embed.js does not understand ${junk.join(", ")}.`);
  document.body.append(chat);
  return chat;
}

if (!script) {
  warnOnce("embed.js does not know its own address: load it by a script tag.");
} else {
  // A second script waits for the first, and embeds only if nothing (or nothing any more) stands on the page.
  page[EMBEDDED] = Promise.resolve(page[EMBEDDED]).then(async (earlier) => {
    if (earlier instanceof Element && earlier.isConnected) return earlier;
    try {
      return await embed(new URL(script.src));
    } catch (cause) {
      logError("The chat could not be loaded.", cause);
      return undefined;
    }
  });
}
