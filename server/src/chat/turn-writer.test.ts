import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TurnFrame } from "bedrock-chat-widget/protocol";
import { settled, VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { textOf, turnEnd } from "./frames.ts";
import { TurnWriter, type TurnWriterOptions } from "./turn-writer.ts";

/** A writer whose log is an array, with what it published in another. */
function setUp(options: Partial<TurnWriterOptions> = {}) {
  const clock = new VirtualClock();
  const stored: TurnFrame[] = [];
  const batches: number[] = [];
  const published: TurnFrame[] = [];
  const lost: unknown[] = [];
  const writer = new TurnWriter({
    start: {
      type: "turn-start",
      conversationId: "c",
      turnId: "t",
      seq: 0,
      model: "small",
      createdAt: "2026-11-22T12:00:00.000Z",
    },
    clock,
    timing: { flushEveryMs: 100 },
    limits: { flushLength: 50, maxFrameBytes: 400, maxAnswerBytes: 10_000 },
    append: async (frames) => {
      await Promise.resolve();
      batches.push(frames.length);
      stored.push(...frames);
      return true;
    },
    publish: (frames) => void published.push(...frames),
    mayRush: () => true,
    onLost: (error) => void lost.push(error),
    ...options,
  });
  const end = () =>
    writer.finish((seq, length) => turnEnd("t", seq, "end_turn", length));
  return { clock, stored, batches, published, lost, writer, end };
}

const texts = (frames: readonly TurnFrame[]): string[] =>
  frames.flatMap((frame) => (frame.type === "text-delta" ? [frame.text] : []));
const seqs = (frames: readonly TurnFrame[]): number[] =>
  frames.map(({ seq }) => seq);

describe("a turn's writer", () => {
  it("publishes the start and the first text at once, and stores them beside", async () => {
    const { writer, published, stored } = setUp();
    writer.start();
    assert.deepEqual(seqs(published), [0]);
    writer.push("Hel");
    assert.deepEqual(texts(published), ["Hel"]);
    assert.deepEqual(stored, []);
    await settled();
    assert.deepEqual(stored, published);
  });

  it("collects later text for a moment and publishes it when it is stored", async () => {
    const { writer, published, clock, stored } = setUp();
    writer.push("a");
    writer.push("b");
    await clock.advance(60);
    writer.push("c");
    assert.deepEqual(texts(published), ["a"]);
    await clock.advance(40);
    assert.deepEqual(texts(published), ["a", "bc"]);
    writer.push("d");
    await clock.advance(99);
    assert.deepEqual(texts(published), ["a", "bc"]);
    await clock.advance(1);
    assert.deepEqual(texts(published), ["a", "bc", "d"]);
    assert.deepEqual(stored, published);
  });

  it("does not wait when there is much text", async () => {
    const { writer, published } = setUp();
    writer.push("a");
    writer.push("b".repeat(50));
    await settled();
    assert.deepEqual(texts(published), ["a", "b".repeat(50)]);
  });

  it("makes larger batches, not a queue, while the store is slow", async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const batches: TurnFrame[][] = [];
    const { writer, clock, published, end } = setUp({
      append: async (frames) => {
        batches.push([...frames]);
        await gate;
        return true;
      },
    });
    writer.push("a");
    for (const text of ["b", "c", "d"]) {
      writer.push(text);
      await clock.advance(100);
    }
    assert.equal(batches.length, 1);
    assert.deepEqual(texts(published), ["a"]);
    open();
    await settled();
    assert.deepEqual(
      batches.map((batch) => texts(batch)),
      [["a"], ["b", "c", "d"]],
    );
    const last = await end();
    assert.equal(last?.seq, 5);
    assert.deepEqual(texts(published), ["a", "b", "c", "d"]);
  });

  it("publishes nothing unstored once the lease is over", async () => {
    const { writer, published, stored } = setUp({ mayRush: () => false });
    writer.push("a");
    assert.deepEqual(published, []);
    await settled();
    assert.deepEqual(texts(published), ["a"]);
    assert.deepEqual(stored, published);
  });

  it("never separates the halves of a pair, wherever the model does", async () => {
    const text = "a😀👩‍👩‍👧e\u0301𝕏 end";
    const { writer, stored, end, clock } = setUp();
    for (const unit of text.split("")) {
      writer.push(unit);
      await clock.advance(30);
    }
    await end();
    assert.equal(textOf(stored), text);
    for (const piece of texts(stored)) assert.ok(piece.isWellFormed());
    assert.equal(writer.answer, text);
  });

  it("holds back even a first text that is half a pair", async () => {
    const { writer, published, stored, end } = setUp();
    writer.push("\ud83d");
    assert.deepEqual(seqs(published), [0]);
    writer.push("\ude00");
    assert.deepEqual(texts(published), ["😀"]);
    await end();
    assert.deepEqual(texts(stored), ["😀"]);
  });

  it("leaves out a half that stays alone at the end, and replaces one within", async () => {
    const { writer, stored, end } = setUp();
    writer.push("a\ude00b\ud83d");
    const last = await end();
    assert.equal(textOf(stored), "a\ufffdb");
    assert.equal(last?.type === "turn-end" && last.length, 3);
  });

  it("splits text that is too large for a frame, escapes counted", async () => {
    const { writer, stored, end } = setUp();
    const text = '"\n\u0001😀'.repeat(300);
    writer.push("x");
    writer.push(text);
    await end();
    assert.equal(textOf(stored), `x${text}`);
    for (const frame of stored)
      assert.ok(Buffer.byteLength(JSON.stringify(frame)) <= 400);
    assert.deepEqual(
      seqs(stored),
      stored.map((_frame, i) => i),
    );
  });

  it("ends the answer at its limit, inside no character", async () => {
    const { writer, stored, end } = setUp({
      limits: { flushLength: 50, maxFrameBytes: 400, maxAnswerBytes: 10 },
    });
    assert.equal(writer.push("12345678"), true);
    assert.equal(writer.push("😀 and more"), false);
    // Nothing follows what was left out, even if it would fit.
    assert.equal(writer.push("!"), false);
    await end();
    assert.equal(textOf(stored), "12345678");
  });

  it("stores the rest and the last frame together, and leaves the last to the caller", async () => {
    const { writer, published, stored, batches, end } = setUp();
    writer.push("a");
    await settled();
    writer.push("b");
    const last = await end();
    assert.deepEqual(last, turnEnd("t", 3, "end_turn", 2));
    assert.deepEqual(stored.at(-1), last);
    assert.deepEqual(batches.at(-1), 2);
    assert.deepEqual(texts(published), ["a", "b"]);
    assert.equal(published.length, 3);
  });

  it("says when it is fenced off, and stores nothing more", async () => {
    let appends = 0;
    const { writer, clock, lost, published, end } = setUp({
      append: () => Promise.resolve(++appends === 1),
    });
    writer.push("a");
    await settled();
    writer.push("b");
    await clock.advance(100);
    assert.deepEqual(lost, [undefined]);
    writer.push("c");
    await clock.advance(100);
    assert.equal(appends, 2);
    assert.deepEqual(texts(published), ["a"]);
    assert.equal(await end(), undefined);
  });

  it("tries what it could not store once more at the end", async () => {
    let isBroken = true;
    const stored: TurnFrame[] = [];
    const { writer, clock, lost, end, published } = setUp({
      append: async (frames) => {
        await Promise.resolve();
        if (isBroken) throw new Error("throttled");
        stored.push(...frames);
        return true;
      },
    });
    writer.push("a");
    writer.push("b");
    await clock.advance(100);
    assert.equal(lost.length, 1);
    isBroken = false;
    const last = await end();
    assert.equal(textOf(stored), "ab");
    assert.deepEqual(seqs(stored), [0, 1, 2, 3]);
    assert.equal(last?.seq, 3);
    assert.deepEqual(texts(published), ["a", "b"]);
  });
});
