import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TurnFrame } from "bedrock-chat-widget/protocol";
import { delta, KEY, race, turnEnd } from "./samples.ts";
import type { WithStore } from "./store.suite.ts";

const LIFE_MS = 3_600_000;
const START: TurnFrame = {
  type: "turn-start",
  ...KEY,
  seq: 0,
  model: "fast",
  createdAt: "2026-11-22T12:00:00.000Z",
};

export function frameTests(withStore: WithStore): void {
  describe("the frame log", () => {
    it(
      "gives the frames after a seq, in order",
      withStore(async (store) => {
        assert.deepEqual(await store.listFrames(KEY, -1), []);
        assert.equal(await store.lastSeq(KEY), -1);
        const frames = [
          START,
          delta(1),
          delta(2),
          delta(3),
          turnEnd({ seq: 4 }),
        ];
        assert.equal(await store.appendFrames(KEY, frames.slice(0, 2)), true);
        assert.equal(await store.lastSeq(KEY), 1);
        assert.equal(await store.appendFrames(KEY, frames.slice(2, 4)), true);
        assert.equal(await store.appendFrames(KEY, frames.slice(4)), true);
        assert.equal(await store.lastSeq(KEY), 4);
        for (let after = -1; after <= 5; after++)
          assert.deepEqual(
            await store.listFrames(KEY, after),
            frames.slice(after + 1),
            `after ${after}`,
          );
      }),
    );

    it(
      "is one per turn",
      withStore(async (store) => {
        await store.appendFrames(KEY, [delta(0)]);
        const others = [
          { ...KEY, turnId: "t10" },
          { ...KEY, conversationId: "c10" },
        ];
        for (const key of others) {
          assert.equal(await store.lastSeq(key), -1);
          assert.equal(await store.appendFrames(key, [delta(0, "x")]), true);
        }
        assert.deepEqual(await store.listFrames(KEY, -1), [delta(0)]);
      }),
    );

    it(
      "keeps a long answer in order",
      withStore(async (store) => {
        const frames = Array.from({ length: 130 }, (_, seq) => delta(seq));
        for (const frame of frames)
          assert.equal(await store.appendFrames(KEY, [frame]), true);
        assert.deepEqual(await store.listFrames(KEY, -1), frames);
        assert.deepEqual(await store.listFrames(KEY, 98), frames.slice(99));
        assert.equal(await store.lastSeq(KEY), 129);
      }),
    );

    it(
      "keeps every character and every value",
      withStore(async (store) => {
        const frames: TurnFrame[] = [
          delta(0, "\ud83d"),
          delta(1, "\u0000\u2028e\u0301 👩‍👩‍👧"),
          delta(2, ""),
          {
            type: "tool-call",
            turnId: "t1",
            seq: 3,
            toolCallId: "u1",
            name: "find",
            input: { "": [null, 1e300, {}], "#": "" },
          },
        ];
        await store.appendFrames(KEY, frames);
        assert.deepEqual(await store.listFrames(KEY, -1), frames);
      }),
    );

    it(
      "fences: nobody continues where somebody else has",
      withStore(async (store) => {
        await store.appendFrames(KEY, [START, delta(1)]);
        assert.equal(await store.appendFrames(KEY, [delta(2, "a")]), true);
        const late = [delta(2, "b"), delta(3, "b")];
        assert.equal(await store.appendFrames(KEY, late), false);
        assert.equal(
          await store.appendFrames(KEY, [turnEnd({ seq: 0 })]),
          false,
        );
        assert.deepEqual(await store.listFrames(KEY, 1), [delta(2, "a")]);
      }),
    );

    it(
      "lets exactly one of a hundred write the next frame",
      withStore(async (store) => {
        await store.appendFrames(KEY, [START]);
        const winners = await race(
          100,
          async (i) =>
            (await store.appendFrames(KEY, [delta(1, `by ${i}`)])) && `by ${i}`,
        );
        assert.equal(winners.length, 1);
        assert.deepEqual(await store.listFrames(KEY, 0), [
          delta(1, winners[0] as string),
        ]);
      }),
    );

    it(
      "takes frames of full size, many at once and many in all",
      withStore(async (store) => {
        const frames = Array.from({ length: 300 }, (_, seq) =>
          delta(seq, "€".repeat(5_300)),
        );
        assert.equal(await store.appendFrames(KEY, frames.slice(0, 130)), true);
        assert.equal(await store.lastSeq(KEY), 129);
        for (const frame of frames.slice(130))
          assert.equal(await store.appendFrames(KEY, [frame]), true);
        assert.deepEqual(await store.listFrames(KEY, -1), frames);
        assert.deepEqual(await store.listFrames(KEY, 29), frames.slice(30));
        assert.equal(await store.lastSeq(KEY), 299);
      }),
    );

    it(
      "is passed over after an hour",
      withStore(async (store, clock) => {
        await store.appendFrames(KEY, [START]);
        clock.advance(LIFE_MS - 1_000);
        await store.appendFrames(KEY, [delta(1)]);
        assert.equal((await store.listFrames(KEY, -1)).length, 2);
        clock.advance(2_000);
        assert.deepEqual(await store.listFrames(KEY, -1), [delta(1)]);
        assert.equal(await store.lastSeq(KEY), 1);
        clock.advance(LIFE_MS);
        assert.deepEqual(await store.listFrames(KEY, -1), []);
        assert.equal(await store.lastSeq(KEY), -1);
      }),
    );

    it(
      "is deleted whole, and again",
      withStore(async (store) => {
        for (let seq = 0; seq < 60; seq++)
          await store.appendFrames(KEY, [delta(seq)]);
        const other = { ...KEY, turnId: "t2" };
        await store.appendFrames(other, [delta(0)]);
        await store.deleteFrames(KEY);
        await store.deleteFrames(KEY);
        assert.deepEqual(await store.listFrames(KEY, -1), []);
        assert.equal(await store.lastSeq(KEY), -1);
        assert.equal(await store.lastSeq(other), 0);
      }),
    );
  });
}
