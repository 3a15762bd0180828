import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { lockFolder } from "./state-lock.ts";

test("a folder has one owner at a time", async () => {
  const folder = `/nowhere/${crypto.randomUUID()}`;
  const lock = await lockFolder(folder);
  assert.ok(lock);
  assert.equal(await lockFolder(`${folder}/sub/..`), undefined);
  const other = await lockFolder(`${folder}-other`);
  assert.ok(other);
  await lock.release();
  const again = await lockFolder(folder);
  assert.ok(again);
  await Promise.all([again.release(), other.release()]);
});

test("the lock of a process that was killed is free", async () => {
  const folder = `/nowhere/${crypto.randomUUID()}`;
  const module = new URL("./state-lock.ts", import.meta.url).href;
  const child = spawn(
    process.execPath,
    [
      ...["--input-type=module", "--eval"],
      `import { lockFolder } from ${JSON.stringify(module)};
       await lockFolder(${JSON.stringify(folder)});
       setInterval(() => {}, 1000);
       console.log("locked");`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(child.stdout, "data");
  assert.equal(await lockFolder(folder), undefined);
  child.kill("SIGKILL");
  await once(child, "exit");
  const lock = await lockFolder(folder);
  assert.ok(lock);
  await lock.release();
});
