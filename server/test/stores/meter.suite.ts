/** What every meter must do: one suite, run against each implementation of the port. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { Bucket, Meter } from "../../src/chat/meter.ts";
import { race } from "./samples.ts";
import { TestClock } from "./store.suite.ts";

export interface TestMeter {
  readonly meter: Meter;
  /** Flips the kill switch as the owner does. */
  readonly flip: (off: boolean) => Promise<void>;
  readonly close?: () => Promise<void>;
}

const amount = (used: number, cost = 0) => ({ used, cost });

/** `start` gives a meter that has counted nothing yet. */
export function meterSuite(
  start: (clock: TestClock) => Promise<TestMeter>,
): void {
  const withMeter =
    (
      test: (
        meter: Meter,
        bucket: Bucket,
        more: TestMeter & { readonly clock: TestClock },
      ) => Promise<void>,
    ) =>
    async () => {
      const clock = new TestClock();
      const started = await start(clock);
      const from = clock.now();
      const bucket = { name: "tokens#a", from, until: from + 60_000 };
      try {
        await test(started.meter, bucket, { ...started, clock });
      } finally {
        await started.close?.();
      }
    };

  it(
    "counts up to the limit and not beyond it",
    withMeter(async (meter, bucket) => {
      const most = { used: 10 };
      assert.deepEqual(await meter.take(bucket, amount(4), most), amount(4));
      assert.deepEqual(await meter.take(bucket, amount(6), most), amount(10));
      assert.equal(await meter.take(bucket, amount(1), most), undefined);
      assert.deepEqual(await meter.take(bucket, amount(0), most), amount(10));
    }),
  );

  it(
    "does not begin with more than the limit",
    withMeter(async (meter, bucket) => {
      assert.equal(
        await meter.take(bucket, amount(11), { used: 10 }),
        undefined,
      );
      assert.equal(
        await meter.take(bucket, amount(1, 3), { cost: 2 }),
        undefined,
      );
      assert.deepEqual(await meter.take(bucket, amount(9), {}), amount(9));
    }),
  );

  it(
    "takes tokens and money together or neither",
    withMeter(async (meter, bucket) => {
      const most = { used: 10, cost: 5 };
      assert.ok(await meter.take(bucket, amount(1, 4), most));
      assert.equal(await meter.take(bucket, amount(1, 2), most), undefined);
      assert.equal(await meter.take(bucket, amount(10, 1), most), undefined);
      const held = await meter.take(bucket, amount(9, 1), most);
      assert.deepEqual(held, amount(10, 5));
    }),
  );

  it(
    "counts for each name and window apart",
    withMeter(async (meter, bucket) => {
      const most = { used: 1 };
      const next = { ...bucket, from: bucket.until, until: bucket.until + 9 };
      const other = { ...bucket, name: "tokens#b#c" };
      for (const one of [bucket, next, other])
        assert.ok(await meter.take(one, amount(1), most));
      assert.equal(await meter.take(bucket, amount(1), most), undefined);
    }),
  );

  it(
    "gives as many as there are to callers that come at once",
    withMeter(async (meter, bucket) => {
      const winners = await race(200, () =>
        meter.take(bucket, amount(3), { used: 30 }),
      );
      assert.equal(winners.length, 10);
    }),
  );

  it(
    "corrects what was taken, and never below nothing",
    withMeter(async (meter, bucket) => {
      await meter.take(bucket, amount(5, 5), {});
      assert.deepEqual(await meter.correct(bucket, amount(-3, -5)), amount(2));
      assert.equal(await meter.correct(bucket, amount(-3)), undefined);
      assert.equal(await meter.correct(bucket, amount(1, -1)), undefined);
      assert.deepEqual(await meter.correct(bucket, amount(40)), amount(42));
    }),
  );

  it(
    "corrects nothing in a bucket that was never used",
    withMeter(async (meter, bucket) => {
      assert.equal(await meter.correct(bucket, amount(1)), undefined);
    }),
  );

  it(
    "gives back what callers took that come at once",
    withMeter(async (meter, bucket) => {
      await meter.take(bucket, amount(20), {});
      const back = await race(30, () => meter.correct(bucket, amount(-1)));
      assert.equal(back.length, 20);
      assert.deepEqual(await meter.take(bucket, amount(0), {}), amount(0));
    }),
  );

  it(
    "gives a slot to one holder, and to it again",
    withMeter(async (meter, _, { clock }) => {
      const take = (holder: string, index = 0, owner = "a") =>
        meter.takeSlot(owner, index, holder, clock.now(), clock.now() + 1_000);
      const winners = await race(20, (i) => take(`t${i}`));
      assert.equal(winners.length, 1);
      const holders = Array.from({ length: 20 }, (_, i) => `t${i}`);
      const again = await Promise.all(holders.map((holder) => take(holder)));
      assert.equal(again.filter(Boolean).length, 1);
      assert.ok(await take("x", 1));
      assert.ok(await take("x", 0, "b"));
    }),
  );

  it(
    "frees a slot for its holder only, or when the lease is over",
    withMeter(async (meter, _, { clock }) => {
      const take = (holder: string) =>
        meter.takeSlot("a", 0, holder, clock.now(), clock.now() + 1_000);
      assert.ok(await take("t1"));
      await meter.freeSlot("a", 0, "t2");
      assert.equal(await take("t2"), false);
      await meter.freeSlot("a", 0, "t1");
      assert.ok(await take("t2"));
      clock.advance(999);
      assert.equal(await take("t3"), false);
      clock.advance(1);
      assert.ok(await take("t3"));
      await meter.freeSlot("a", 0, "t2");
      assert.equal(await take("t4"), false);
    }),
  );

  it(
    "tells how the kill switch stands",
    withMeter(async (meter, _, { flip }) => {
      assert.equal(await meter.isOff(), false);
      await flip(true);
      assert.equal(await meter.isOff(), true);
      await flip(false);
      assert.equal(await meter.isOff(), false);
    }),
  );
}
