import assert from "node:assert/strict";
import test from "node:test";
import { createDynamoMeter } from "../../server/src/dynamodb/meter.ts";
import { startDynalite } from "../../server/test/support/dynalite.ts";
import { runScript } from "../test/support/run-script.ts";

test("the kill switch is flipped where the routers look for it", async (t) => {
  // GIVEN
  const { endpoint, tableName, client, close } = await startDynalite();
  t.after(close);
  const clock = { now: Date.now, sleep: () => Promise.resolve() };
  const meter = createDynamoMeter({ tableName, client, clock });
  for (const [position, isOff] of [
    ["off", true],
    ["on", false],
  ] as const) {
    // WHEN
    const { notice, code } = await runScript(
      "switch",
      [position, "--table", tableName],
      endpoint,
    );
    // THEN
    assert.equal(code, 0, notice);
    assert.match(notice, new RegExp(`^${position}: `, "i"));
    assert.equal(await meter.isOff(), isOff);
  }
});

for (const args of [[], ["of"], ["on", "off"]])
  test(`npm run switch -- ${args.join(" ")} explains itself`, async () => {
    const { notice, code } = await runScript(
      "switch",
      [...args, "--table", "t"],
      "http://127.0.0.1:9",
    );
    assert.equal(code, 2);
    assert.match(notice, /^Usage: npm run switch/);
  });
