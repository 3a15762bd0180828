import assert from "node:assert/strict";
import { test } from "node:test";
import { loadAgain } from "./load-again.ts";

test("what has come is not asked for again", async () => {
  assert.equal(await loadAgain(() => Promise.resolve(1)), 1);
});

test("what a browser could not fetch is fetched from an address that it does not know yet", async () => {
  const address = "data:text/javascript,export const url = import.meta.url";
  for (const says of [
    "Failed to fetch dynamically",
    "error loading dynamically",
  ]) {
    const failed = new TypeError(`${says} imported module: ${address}`);
    const load = (): Promise<{ url: string }> => Promise.reject(failed);
    const urls = [await loadAgain(load), await loadAgain(load)].map(
      ({ url }) => url,
    );
    assert.equal(new Set([address, ...urls]).size, 3);
    for (const url of urls) assert.ok(url.startsWith(address));
  }
});

test("what fails otherwise fails", async () => {
  const failed = new Error("Importing a module script failed.");
  await assert.rejects(
    loadAgain(() => Promise.reject(failed)),
    failed,
  );
});
