import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import test from "node:test";
import { createDynamoMeter } from "../../server/src/dynamodb/meter.ts";
import { startDynalite } from "../../server/test/support/dynalite.ts";

/** Runs the script against the endpoint, and gives its exit code and what it says. */
async function run(endpoint: string, args: readonly string[]) {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "switch.ts"), ...args],
    {
      env: {
        ...process.env,
        AWS_ENDPOINT_URL_DYNAMODB: endpoint,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
      },
    },
  );
  const [notice] = await Promise.all([
    text(child.stderr),
    once(child, "close"),
  ]);
  return { notice, code: child.exitCode };
}

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
    const { notice, code } = await run(endpoint, [
      position,
      ...["--table", tableName],
    ]);
    // THEN
    assert.equal(code, 0, notice);
    assert.match(notice, new RegExp(`^${position}: `, "i"));
    assert.equal(await meter.isOff(), isOff);
  }
});

for (const args of [[], ["of"], ["on", "off"]])
  test(`npm run switch -- ${args.join(" ")} explains itself`, async () => {
    const { notice, code } = await run("http://127.0.0.1:9", [
      ...args,
      ...["--table", "t"],
    ]);
    assert.equal(code, 2);
    assert.match(notice, /^Usage: npm run switch/);
  });
