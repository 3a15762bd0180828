import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ERROR_CODES } from "bedrock-chat-widget/protocol";
import { ChatError, failureOf, Refusal, toChatError } from "./errors.ts";

describe("errors", () => {
  it("tell the visitor a sentence for every code, and nothing of the cause", () => {
    for (const code of ERROR_CODES) {
      const { message } = failureOf(new ChatError(code, "arn:aws:secret"));
      assert.match(message, /^[A-Z].*\.$/);
      assert.doesNotMatch(message, /arn/);
    }
  });

  it("tell what a refusal says, as it is written for the sender", () => {
    assert.deepEqual(failureOf(new Refusal("bad_request", "limit is 3.")), {
      code: "bad_request",
      message: "limit is 3.",
      retryable: false,
    });
  });

  it("carry when to try again", () => {
    const error = new ChatError("model_throttled", "slow", {
      retryAfterMs: 500,
    });
    assert.equal(failureOf(error).retryAfterMs, 500);
    assert.equal(failureOf(error).retryable, true);
  });

  it("keep a known error, and make anything else internal with its cause", () => {
    const known = new ChatError("timeout", "late");
    assert.equal(toChatError(known), known);
    const cause = new TypeError("x is undefined");
    const made = toChatError(cause);
    assert.equal(made.code, "internal");
    assert.equal(made.cause, cause);
    assert.equal(toChatError("text").message, "text");
  });
});
