import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  FakeChat,
  keyOf,
  textIn,
  typesOf,
} from "../../test/fakes/fake-chat.ts";

describe("a turn", () => {
  it("is accepted, answered in pieces and ended", async () => {
    const chat = new FakeChat();
    await chat.open("c1");
    const frames = await chat.turn("c1", "t1");
    assert.deepEqual(typesOf(frames), [
      "ack",
      "turn-start",
      "text-delta",
      "text-delta",
      "turn-end",
    ]);
    assert.equal(textIn(frames), "Hello there.");
    const turn = await chat.store.getTurn(keyOf("t1"));
    assert.equal(turn?.state, "complete");
    assert.equal(turn.answer, "Hello there.");
  });
});
