import assert from "node:assert/strict";
import test from "node:test";
import { Reveal } from "./reveal.ts";

/** Plays arrivals (time → length) at 60 frames a second; gives what was shown at each frame. */
function play(
  arrivals: Readonly<Record<number, number>>,
  until: number,
): { time: number; shown: number }[] {
  const reveal = new Reveal();
  const frames = [];
  const waiting = Object.entries(arrivals).map(
    ([time, length]) => [Number(time), length] as const,
  );
  for (let time = 0; time <= until; time += 16) {
    while (waiting[0] && waiting[0][0] <= time) {
      const [, length] = waiting.shift()!;
      reveal.arrive(length, time);
    }
    frames.push({ time, shown: reveal.advance(time) });
  }
  return frames;
}

test("a burst is spread over the frames and whole in time", () => {
  const frames = play({ 0: 500 }, 300);
  const steps = frames.map(
    ({ shown }, i) => shown - (frames[i - 1]?.shown ?? 0),
  );
  assert.ok(Math.max(...steps) <= 40, `no jump: ${steps.join(" ")}`);
  assert.equal(frames.at(-1)!.shown, 500);
});

test("nothing is ever more than 300 ms behind", () => {
  const arrivals = { 0: 3, 96: 400, 112: 410, 208: 2_000, 480: 2_001 };
  const frames = play(arrivals, 900);
  for (const [time, length] of Object.entries(arrivals)) {
    const then = frames.find((frame) => frame.time >= Number(time) + 284)!;
    assert.ok(then.shown >= length, `${length} by ${then.time} ms`);
  }
});

test("what is shown only grows, and never beyond what came", () => {
  const frames = play({ 0: 1, 16: 2, 32: 3, 200: 50 }, 600);
  let last = 0;
  for (const { time, shown } of frames) {
    assert.ok(shown >= last);
    assert.ok(shown <= (time < 200 ? 3 : 50));
    last = shown;
  }
});
