import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeWorld } from "../../test/fake-world.ts";
import { plain } from "../../test/plain.ts";
import { hash, readQuestion, SavedChat } from "./saved-chat.ts";

const ERROR = {
  code: "internal",
  message: "No.",
  retryable: true,
  requestId: "r",
} as const;
const QUESTION = { turnId: "t-1", text: "Hello", createdAt: 7 };

function build(userId?: string) {
  const world = new FakeWorld();
  const saved = new SavedChat(world.storage(), "wss://x/prod", userId);
  return { stored: world.stored, saved };
}

test("writes nothing before it may", () => {
  const { stored, saved } = build();
  saved.visitorToken = "v";
  saved.open = true;
  saved.putQuestion("c", QUESTION);
  assert.equal(stored.size, 0);
  saved.allowWriting();
  saved.visitorToken = "v";
  assert.equal(stored.size, 1);
  saved.wipe();
  saved.visitorToken = "v";
  assert.equal(stored.size, 0);
});

test("gives back what was stored", () => {
  const { saved } = build();
  saved.allowWriting();
  saved.visitorToken = "v";
  saved.conversation = { id: "c-1", started: true };
  saved.open = true;
  saved.running = true;
  assert.equal(saved.visitorToken, "v");
  assert.deepEqual(saved.conversation, { id: "c-1", started: true });
  assert.equal(saved.open, true);
  assert.equal(saved.running, true);
});

test("keeps the questions of one conversation, in order, each once", () => {
  const { saved } = build();
  saved.allowWriting();
  const second = { ...QUESTION, turnId: "t-2", replaces: "t-1" };
  saved.putQuestion("c", QUESTION);
  saved.putQuestion("c", second);
  saved.putQuestion("c", QUESTION);
  assert.deepEqual(plain(saved.outbox("c")), [QUESTION, second]);
  assert.deepEqual(saved.outbox("other"), []);
  const refused = { ...QUESTION, error: ERROR };
  saved.putQuestion("c", refused);
  assert.deepEqual(plain(saved.outbox("c")), [refused, second]);
  saved.putQuestion("c", QUESTION);
  saved.removeQuestion("c", "t-2");
  assert.deepEqual(plain(saved.outbox("c")), [QUESTION]);
});

test("stores the question only, not the turn that it has become", () => {
  const { saved, stored } = build();
  saved.allowWriting();
  const turn = { ...QUESTION, answer: "secret", replaced: [] };
  saved.putQuestion("c", turn);
  assert.ok(![...stored.values()].join().includes("secret"));
});

test("takes whatever else stands in storage for nothing", () => {
  for (const text of [
    "",
    "{",
    "null",
    "7",
    '"x"',
    "[]",
    '{"id":7}',
    '{"id":"<script>"}',
    '{"conversationId":"c","questions":7}',
    '{"conversationId":"c","questions":[null,{},{"turnId":"t"},{"turnId":"!","text":"x"}]}',
  ]) {
    const { saved, stored } = build();
    for (const name of ["visitor", "conversation", "outbox", "open", "running"])
      stored.set(`${saved.scope}:${name}`, text);
    assert.equal(saved.conversation, undefined, text);
    assert.deepEqual(plain(saved.outbox("c")), [], text);
    assert.equal(saved.open, false);
    assert.equal(saved.running, false);
    assert.equal(saved.visitorToken, text === '"x"' ? "x" : undefined);
  }
});

test("keys differ between endpoints and users, and hide the user", () => {
  const scopes = [
    build().saved.scope,
    build("anna@example.com").saved.scope,
    build("bert@example.com").saved.scope,
    new SavedChat(new FakeWorld().storage(), "wss://y/prod").scope,
  ];
  assert.equal(new Set(scopes).size, scopes.length);
  for (const scope of scopes) assert.match(scope, /^bedrock-chat:[a-z0-9]+$/);
});

test("hashes as FNV-1a does", () => {
  assert.equal(hash(""), 0xcbf29ce484222325n.toString(36));
  assert.equal(hash("a"), 0xaf63dc4c8601ec8cn.toString(36));
});

test("reads a question field by field", () => {
  const full = {
    ...QUESTION,
    replaces: "t-0",
    context: { title: "Shop" },
    modelHint: "large",
    error: ERROR,
  };
  assert.deepEqual(plain(readQuestion(full)), [full]);
  assert.deepEqual(
    plain(
      readQuestion({
        ...full,
        replaces: 1,
        context: 2,
        modelHint: 3,
        error: 4,
      }),
    ),
    [QUESTION],
  );
  assert.deepEqual(readQuestion("t-1"), []);
});
