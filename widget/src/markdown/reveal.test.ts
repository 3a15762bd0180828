import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { MAX_DELAY_MS, Reveal } from "./reveal.ts";

const lengthsAt = (reveal: Reveal, times: readonly number[]) =>
  times.map((time) => reveal.textAt(time).length);

test("a burst is spread until the next one is expected", () => {
  const reveal = new Reveal();
  for (let burst = 1; burst <= 20; burst++)
    reveal.receive("x".repeat(burst * 100), false, burst * 200);
  const shown = lengthsAt(reveal, [4_000, 4_050, 4_100, 4_150, 4_200]);
  const steps = shown.slice(1).map((length, index) => length - shown[index]!);
  for (const step of steps) assert.ok(step >= 20 && step <= 30, steps.join());
  assert.equal(shown.at(-1), 2_000);
});

test("text that is even already passes without a wait to speak of", () => {
  const reveal = new Reveal();
  for (let at = 0; at < 1_000; at += 16)
    reveal.receive("x".repeat(at + 1), false, at);
  assert.ok(reveal.textAt(992).length > 992 - 64);
});

test("no character waits longer than 300 ms, whatever the bursts", () => {
  const arrivals = fc.array(
    fc.record({
      pause: fc.integer({ min: 0, max: 2_000 }),
      size: fc.integer({ min: 1, max: 5_000 }),
    }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(arrivals, (bursts) => {
      const reveal = new Reveal();
      const received: { at: number; length: number }[] = [];
      let now = 0;
      let length = 0;
      let shown = 0;
      for (const { pause, size } of bursts) {
        const end = now + pause;
        for (; now < end; now += 16) {
          const visible = reveal.textAt(now).length;
          assert.ok(visible >= shown, "text never goes away");
          shown = visible;
          const due = received.findLast(({ at }) => now - at >= MAX_DELAY_MS);
          assert.ok(visible >= (due?.length ?? 0));
        }
        now = end;
        length += size;
        received.push({ at: now, length });
        reveal.receive("x".repeat(length), false, now);
      }
    }),
  );
});

test("the end of the answer shows everything at once", () => {
  const reveal = new Reveal();
  reveal.receive("x".repeat(500), false, 0);
  assert.equal(reveal.isCompleteAt(0), false);
  reveal.receive("x".repeat(600), true, 1);
  assert.equal(reveal.textAt(1).length, 600);
  assert.equal(reveal.isCompleteAt(1), true);
});

test("reduced motion shows everything at once", () => {
  const reveal = new Reveal({ reducedMotion: () => true });
  reveal.receive("x".repeat(500), false, 0);
  assert.equal(reveal.textAt(0).length, 500);
});

test("a text that begins otherwise is shown at once", () => {
  const reveal = new Reveal();
  reveal.receive("abc", true, 0);
  reveal.receive("xyz and more", false, 10);
  assert.equal(reveal.textAt(10), "xyz and more");
});

test("neither a surrogate pair nor an accent is cut off its letter", () => {
  for (const text of ["😀".repeat(10), "e\u0301".repeat(10)]) {
    const reveal = new Reveal();
    reveal.receive(text, false, 0);
    for (let now = 0; now <= 40; now++)
      assert.equal(reveal.textAt(now).length % 2, 0);
  }
});
