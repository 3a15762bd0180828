/** What the element tests share: a widget over a server in memory, and waiting for what it tells. */
import { fixture, html } from "@open-wc/testing";
import { executeServerCommand } from "@web/test-runner-commands";
import type { ChatEventMap } from "../src/events.ts";
import {
  MemoryServer,
  type MemoryServerOptions,
} from "../src/transport/memory-transport.ts";
import { BedrockChat } from "../src/elements/bedrock-chat.ts";

BedrockChat.define();

export interface Widget {
  readonly chat: BedrockChat;
  readonly server: MemoryServer;
}

let widgets = 0;

/** A widget in the page, with `attributes`, whose questions a server in memory answers. Each has an endpoint of its own. */
export async function widget(
  attributes: Readonly<Record<string, string>> = {},
  options: MemoryServerOptions = {},
): Promise<Widget> {
  const server = new MemoryServer(options);
  const chat = document.createElement("bedrock-chat");
  chat.createTransport = server.connect;
  const own = { endpoint: `wss://test.example/${++widgets}`, persist: "none" };
  for (const [name, value] of Object.entries({ ...own, ...attributes }))
    chat.setAttribute(name, value);
  await fixture(html`${chat}`);
  return { chat, server };
}

/** The next event `type` of `chat`. Ask before causing it. */
export const next = <T extends keyof ChatEventMap>(
  chat: BedrockChat,
  type: T,
): Promise<ChatEventMap[T]> =>
  new Promise((resolve) =>
    chat.addEventListener(type, (event) => resolve(event), { once: true }),
  );

/** Resolves when what has happened by now is drawn. */
export const drawn = (): Promise<void> =>
  new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve())),
  );

/** Resolves when `test` is true, looking once a frame. */
export async function until(test: () => unknown, what: string): Promise<void> {
  const giveUp = performance.now() + 10_000;
  while (!test()) {
    if (performance.now() > giveUp) throw new Error(`Never happened: ${what}.`);
    await drawn();
  }
}

/** The one element in the widget that matches. */
export function find<T extends HTMLElement = HTMLElement>(
  chat: BedrockChat,
  selector: string,
): T {
  const found = chat.shadowRoot!.querySelector<T>(selector);
  if (!found) throw new Error(`There is no ${selector} in the widget.`);
  return found;
}

/** The button with this name; names are what visitors know buttons by. */
export function button(chat: BedrockChat, name: string): HTMLButtonElement {
  const found = [...chat.shadowRoot!.querySelectorAll("button")].findLast(
    (each) => (each.ariaLabel ?? each.textContent.trim()) === name,
  );
  if (!found) throw new Error(`There is no button "${name}".`);
  return found;
}

/** An answer in pieces, each given when it is asked for. */
export function stepwise(...pieces: readonly string[]): {
  readonly answer: () => AsyncIterable<string>;
  readonly step: () => void;
} {
  const waiting: (() => void)[] = [];
  return {
    step: () => waiting.shift()?.(),
    answer: async function* () {
      for (const piece of pieces) {
        yield piece;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

/** The class of what has the focus in the widget. Nodes are not compared themselves: a difference would be printed whole. */
export const focused = (chat: BedrockChat): string | undefined =>
  chat.shadowRoot!.activeElement?.className;

/** Whether the widget has something that matches. */
export const has = (chat: BedrockChat, selector: string): boolean =>
  chat.shadowRoot!.querySelector(selector) !== null;

/** Ends all animations: what is half faded in has no colours, and no size, of its own yet. */
export function settle(chat: BedrockChat): void {
  for (const animation of chat.shadowRoot!.getAnimations())
    if (animation.effect?.getTiming().iterations === Infinity)
      animation.cancel();
    else animation.finish();
}

/** Opens the chat and waits until it is drawn. */
export async function open(chat: BedrockChat): Promise<void> {
  chat.show();
  await until(() => has(chat, ".input"), "the composer");
  await drawn();
  settle(chat);
}

/** Asks and waits until the answer has ended and is drawn. */
export async function ask(chat: BedrockChat, question: string): Promise<void> {
  const ended = next(chat, "chat-response-end");
  await chat.send(question);
  await ended;
  await drawn();
  settle(chat);
}

/** What was warned of while `task` ran. */
export async function warnings(task: () => unknown): Promise<string[]> {
  const { warn } = console;
  const said: string[] = [];
  console.warn = (...words: unknown[]) => said.push(words.join(" "));
  try {
    await task();
  } finally {
    console.warn = warn;
  }
  return said;
}

/** What not every browser can do for a test: set media features, be as narrow as a phone, hold a key again and again. */
export type Ability = "media" | "narrow" | "held-keys";

/** Whether this browser can do `what`. If not, the end of the run says that `test` was left out. */
export async function can(what: Ability, test: string): Promise<boolean> {
  const payload = { what, test };
  const answer = await executeServerCommand<{ can: boolean }, typeof payload>(
    "can",
    payload,
  );
  return answer.can;
}

/** Leaves out the test whose context this is where the browser cannot do `what`. */
export async function needs(
  context: Mocha.Context,
  what: Ability,
): Promise<void> {
  const test = context.runnable();
  if (!(await can(what, test.title))) context.skip();
}
