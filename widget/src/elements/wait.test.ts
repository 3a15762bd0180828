import assert from "node:assert/strict";
import { test } from "node:test";
import { waitLeft } from "./wait.ts";

test("a wait is counted from when its error was first shown, down to nothing", () => {
  const error = { code: "rate_limited", message: "", retryAfterMs: 5_000 };
  assert.equal(waitLeft(error, 1_000), 5_000);
  assert.equal(waitLeft(error, 4_500), 1_500);
  assert.equal(waitLeft({ ...error }, 4_500), 5_000);
  assert.equal(waitLeft(error, 6_000), 0);
  assert.equal(waitLeft(error, 60_000), 0);
});

test("a wait goes on over a reload, and never lasts longer than the server said", () => {
  const error = { code: "rate_limited", message: "", retryAfterMs: 5_000 };
  const restored = { ...error, since: 1_000 };
  assert.equal(waitLeft(restored, 4_500), 1_500);
  assert.equal(waitLeft({ ...restored }, 60_000), 0);
  assert.equal(waitLeft({ ...error, since: 9_000 }, 1_000), 5_000);
});

test("an error without a wait, or none, has nothing to wait for", () => {
  assert.equal(waitLeft({ code: "internal", message: "" }, 1), 0);
  assert.equal(waitLeft(undefined, 1), 0);
});
