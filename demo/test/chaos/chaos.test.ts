import assert from "node:assert/strict";
import test from "node:test";
import { runChaos } from "./run.ts";

const RUNS = 300;
const FIRST_SEED = 1;

test(`nothing is lost or doubled in ${RUNS} runs of chaos`, async (t) => {
  let whole = 0;
  let cut = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
    const report = await runChaos(seed);
    whole += report.whole;
    cut += report.cut;
    assert.deepEqual(
      report.complaints,
      [],
      `seed ${seed}; repeat it with: npm run chaos -- --seed ${seed} --runs 1\n${report.diary.join("\n")}`,
    );
  }
  t.diagnostic(
    `${whole} answers whole, ${cut} ended early with an honest state`,
  );
  assert.ok(
    whole > RUNS,
    "The storm must not be so strong that most answers are lost.",
  );
  assert.ok(cut > 0, "The storm must be strong enough to kill some workers.");
});
