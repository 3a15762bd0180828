import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MemoryStore } from "../../test/fakes/memory-store.ts";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import {
  formatPlace,
  NEWEST,
  parsePlace,
  visibleTurns,
  type Place,
} from "./visible-turns.ts";

/** Orders that are visible when turn `i + 1` replaces all from `replacements[i]` on. */
function expected(replacements: readonly (number | undefined)[]): number[] {
  let visible: number[] = [];
  replacements.forEach((from, i) => {
    visible = visible.filter((order) => from === undefined || order < from);
    visible.push(i + 1);
  });
  return visible.reverse();
}

async function visible(
  replacements: readonly (number | undefined)[],
  pageSize: number,
  resumeAfter: number,
): Promise<number[]> {
  const store = new MemoryStore({ clock: new VirtualClock() });
  for (const [i, replacesFrom] of replacements.entries())
    await store.putTurn({
      conversationId: "c",
      turnId: `t${i}`,
      order: i + 1,
      text: "?",
      model: "small",
      createdAt: 0,
      askedBy: { connectionId: "c1", plain: false },
      leaseUntil: 1,
      ...(replacesFrom === undefined ? {} : { replacesFrom }),
    });
  const orders: number[] = [];
  let place: Place | undefined = NEWEST;
  while (place) {
    const from: Place = place;
    place = undefined;
    let taken = 0;
    for await (const { turn, behind } of visibleTurns(
      store,
      "c",
      from,
      pageSize,
    )) {
      orders.push(turn.order);
      if (++taken < resumeAfter) continue;
      place = parsePlace(formatPlace(behind));
      break;
    }
  }
  return orders;
}

describe("turns that are visible", () => {
  it("are those that nothing newer replaced, however they are paged", async () => {
    const replacement = fc.option(fc.integer({ min: 1, max: 12 }), {
      nil: undefined,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(replacement, { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        async (list, pageSize, resumeAfter) => {
          const replacements = list.map((from, i) =>
            from === undefined ? undefined : Math.min(from, i + 1),
          );
          assert.deepEqual(
            await visible(replacements, pageSize, resumeAfter),
            expected(replacements),
          );
        },
      ),
    );
  });
});

describe("a cursor", () => {
  for (const [cursor, place] of [
    ["7", { before: 7, hiddenFrom: Infinity }],
    ["7.3", { before: 7, hiddenFrom: 3 }],
    ["", undefined],
    ["-7", undefined],
    ["7.", undefined],
    ["7.3.1", undefined],
    ["1e3", undefined],
    [" 7", undefined],
  ] as const)
    it(`${JSON.stringify(cursor)} is ${place ? "a place" : "none"}`, () => {
      assert.deepEqual(parsePlace(cursor), place);
      if (place) assert.equal(formatPlace(place), cursor);
    });
});
