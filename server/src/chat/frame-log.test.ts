import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MemoryStore } from "../../test/fakes/memory-store.ts";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import type { TurnFrame } from "bedrock-chat-widget/protocol";
import { appendFenced, closeLog } from "./frame-log.ts";
import { turnEnd } from "./frames.ts";

const KEY = { conversationId: "c", turnId: "t" };
const delta = (seq: number, text = `text ${seq}`): TurnFrame => ({
  type: "text-delta",
  turnId: "t",
  seq,
  text,
});
const newStore = (): MemoryStore =>
  new MemoryStore({ clock: new VirtualClock() });
const stopped = (seq: number): TurnFrame => turnEnd("t", seq, "stopped", 0);

describe("appending to a log", () => {
  it("is fenced by another frame at the same place", async () => {
    const store = newStore();
    await store.appendFrames(KEY, [stopped(1)]);
    assert.equal(await appendFenced(store, KEY, [delta(1)]), false);
  });

  it("takes a frame for stored that it finds there, whatever the order of its fields", async () => {
    const store = newStore();
    const { seq, text, turnId, type } = delta(1) as never;
    await store.appendFrames(KEY, [{ text, seq, type, turnId }]);
    assert.equal(await appendFenced(store, KEY, [delta(1)]), true);
  });

  it("goes on behind the part of a batch that is stored", async () => {
    const store = newStore();
    await store.appendFrames(KEY, [delta(0), delta(1)]);
    const batch = [delta(0), delta(1), delta(2), delta(3)];
    assert.equal(await appendFenced(store, KEY, batch), true);
    assert.deepEqual(await store.listFrames(KEY, -1), batch);
  });

  it("is fenced by what follows the part that is stored", async () => {
    const store = newStore();
    await store.appendFrames(KEY, [delta(0)]);
    await store.appendFrames(KEY, [stopped(1)]);
    assert.equal(await appendFenced(store, KEY, [delta(0), delta(1)]), false);
  });
});

describe("closing a log", () => {
  it("appends behind the last frame", async () => {
    const store = newStore();
    await store.appendFrames(KEY, [delta(0), delta(1)]);
    const frames = await closeLog(store, KEY, stopped);
    assert.deepEqual(frames, [delta(0), delta(1), stopped(2)]);
    assert.deepEqual(await store.listFrames(KEY, -1), frames);
  });

  it("leaves a closed one as it is, and what a zombie wrote behind it aside", async () => {
    const store = newStore();
    await store.appendFrames(KEY, [delta(0)]);
    await store.appendFrames(KEY, [stopped(1)]);
    await store.appendFrames(KEY, [delta(2)]);
    const end = (seq: number): TurnFrame => turnEnd("t", seq, "end_turn", 9);
    assert.deepEqual(await closeLog(store, KEY, end), [delta(0), stopped(1)]);
  });

  it("is done by one of several", async () => {
    const store = newStore();
    const outcomes = await Promise.all(
      (["stopped", "other", "end_turn"] as const).map((reason) =>
        closeLog(store, KEY, (seq) => turnEnd("t", seq, reason, 0)),
      ),
    );
    assert.equal((await store.listFrames(KEY, -1)).length, 1);
    for (const frames of outcomes) assert.deepEqual(frames, outcomes[0]);
  });

  it("follows a log that grows meanwhile", async () => {
    const store = newStore();
    let grown = 0;
    const growing = Object.assign(Object.create(store) as MemoryStore, {
      appendFrames: async (
        ...args: Parameters<MemoryStore["appendFrames"]>
      ) => {
        if (grown < 3) await store.appendFrames(KEY, [delta(grown++)]);
        return store.appendFrames(...args);
      },
      listFrames: store.listFrames.bind(store),
    });
    const frames = await closeLog(growing, KEY, stopped);
    assert.deepEqual(frames, [delta(0), delta(1), delta(2), stopped(3)]);
  });
});
