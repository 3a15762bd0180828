/** What editors and readers are told about the element is what the sources have. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "node:test";
import { format } from "prettier";
import { htmlData, readManifest } from "../scripts/manifest.ts";
import { CUSTOM_PROPERTIES, PARTS, SLOTS } from "../scripts/surface.ts";
import { withTables } from "../scripts/tables.ts";

const widget = fileURLToPath(new URL("..", import.meta.url));
const sources = globSync("src/**/*.ts", { cwd: widget })
  .filter((path) => !path.endsWith(".test.ts"))
  .map((path) => readFileSync(`${widget}${path}`, "utf8"))
  .join("\n");

const found = (pattern: RegExp): string[] =>
  [
    ...new Set(
      [...sources.matchAll(pattern)].flatMap((match) =>
        match.slice(1).join("").split(" "),
      ),
    ),
  ].sort();

const manifest = readManifest();
const [element] = manifest.modules[0]!.declarations;

test("every part has its description in scripts/surface.ts", () => {
  const parts = found(/\bpart="([a-z][a-z -]*)"|"part", "([^"]+)"/g);
  assert.deepEqual(
    parts.filter((part) => !(part in PARTS)),
    [],
  );
  for (const part of Object.keys(PARTS))
    assert.match(sources, new RegExp(`["' ]${part}["' ]`));
});

test("every slot has its description in scripts/surface.ts", () => {
  assert.deepEqual(
    found(/(?:<slot name=|slot\.name = )"([^"]+)"/g),
    Object.keys(SLOTS).sort(),
  );
});

test("every custom property has its description in scripts/surface.ts", () => {
  assert.deepEqual(
    found(/var\(\s*(--chat-[a-z-]+)/g),
    Object.keys(CUSTOM_PROPERTIES).sort(),
  );
});

test("attributes, properties, methods and events are described", () => {
  assert.ok(element);
  const { attributes, members, events } = element;
  for (const { name, description } of [...attributes, ...members, ...events])
    assert.ok(description, `${name} has no description`);
  const names = attributes.map(({ name }) => name);
  for (const name of ["endpoint", "conversation-id", "no-launcher", "lang"])
    assert.ok(names.includes(name), name);
  assert.deepEqual(
    attributes.find(({ name }) => name === "mode")?.type.text,
    '"bubble" | "inline" | "sidebar" | "fullscreen"',
  );
  assert.deepEqual(
    events.map(({ name }) => name).sort(),
    found(/^ {2}"(chat-[\w-]+)": Chat\w+Event;/gm),
  );
});

/** Pages are written against these names: none may go, or mean something else. */
const FIXED = {
  attributes:
    "endpoint model conversation-id user-id mode position open theme heading subheading placeholder greeting disclaimer lang persist max-length no-launcher no-autofocus disabled nonce debug",
  members:
    "getToken context starters strings renderers tools imageOrigins messages status connectionState show hide toggle send stop retry regenerate edit newConversation setDraft focusComposer connect disconnect reset forget exportTranscript",
  events:
    "chat-ready chat-show chat-hide chat-before-send chat-send chat-response-start chat-response-delta chat-response-end chat-stop chat-error chat-connection chat-feedback chat-tool-call chat-unread chat-conversation-change",
  cssProperties:
    "--chat-accent --chat-on-accent --chat-surface --chat-on-surface --chat-muted --chat-border --chat-radius --chat-font --chat-font-size --chat-font-mono --chat-user-surface --chat-on-user-surface --chat-assistant-surface --chat-on-assistant-surface --chat-error --chat-focus-ring --chat-launcher-size --chat-launcher-surface --chat-width --chat-height --chat-inset --chat-z-index",
  cssParts:
    "launcher launcher-icon badge panel header title header-actions transcript message message-user message-assistant bubble avatar time actions action code copy-code typing notice error retry starter composer input send stop status footer",
  slots:
    "launcher-icon header header-actions empty starters before-composer after-composer footer disclaimer avatar-assistant",
} as const;

test("every name that pages are written against is there", () => {
  assert.ok(element);
  for (const [kind, names] of Object.entries(FIXED)) {
    const listed: readonly { readonly name: string }[] =
      element[kind as keyof typeof FIXED];
    const there = new Set(listed.map(({ name }) => name));
    assert.deepEqual(
      names.split(" ").filter((name) => !there.has(name)),
      [],
      kind,
    );
  }
});

test("editors are offered the values of an attribute", () => {
  const data = JSON.stringify(htmlData(manifest));
  assert.ok(data.includes('"values":[{"name":"auto"},{"name":"light"}'), data);
});

test("the README's tables are current: else npm run readme -w widget", async () => {
  const readme = readFileSync(`${widget}README.md`, "utf8");
  assert.equal(
    await format(withTables(readme, manifest), { parser: "markdown" }),
    readme,
  );
});
