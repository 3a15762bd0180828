import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "./clock.ts";

describe("the clock", () => {
  it("sleeps at least as long as it is told", async () => {
    const began = performance.now();
    await systemClock.sleep(20);
    // Timers of Node may be a millisecond early.
    assert.ok(performance.now() - began >= 19);
  });

  it("wakes at once when it is aborted, before or while it sleeps", async () => {
    await systemClock.sleep(60_000, AbortSignal.abort());
    const sleeping = new AbortController();
    const asleep = systemClock.sleep(60_000, sleeping.signal);
    sleeping.abort();
    await asleep;
  });

  it("does not wait for what is past", async () => {
    await systemClock.sleep(-1);
  });
});
