/** What is left of a conversation in the whole table once it is forgotten, and how long anything is kept at all. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { plainConversationId } from "../src/chat/plain.ts";
import {
  holdEventfulChat,
  SECRET,
  type EventfulChat,
} from "./support/eventful-chat.ts";

const DAY_SECONDS = 24 * 60 * 60;
/** The default of the settings. */
const RETENTION_SECONDS = 30 * DAY_SECONDS;

describe("a conversation of questions, page context, tools, ratings, a resume and a stop", () => {
  let chat: EventfulChat;
  before(async () => {
    chat = await holdEventfulChat();
  });

  test("is in the table, in items that all expire", () => {
    const { stored, conversationId } = chat;
    const its = stored.filter((item) => item.includes(conversationId));
    assert.ok(its.length > 20, `only ${its.length} items`);
    for (const what of ["CONN#", "CONV#", "TURN#", "FRAMES#"])
      assert.ok(
        its.some((item) => item.includes(what)),
        `no item ${what}`,
      );
    assert.ok(its.some((item) => item.includes(SECRET)));
    const now = Date.now() / 1_000;
    for (const item of stored) {
      const { ttl } = JSON.parse(item) as { ttl?: { N?: string } };
      const left = Number(ttl?.N) - now;
      // The second that it is in counts whole.
      assert.ok(left > 0 && left <= RETENTION_SECONDS + 1, item);
    }
  });

  test("leaves nothing when it is forgotten, and takes nobody else's", () => {
    const { left, conversationId } = chat;
    assert.deepEqual(
      left.filter((item) => item.includes(conversationId)),
      [],
    );
    const texts = left.filter((item) => item.includes(SECRET));
    assert.ok(texts.length > 0);
    for (const item of texts)
      assert.ok(item.includes(plainConversationId("")), item);
  });
});
