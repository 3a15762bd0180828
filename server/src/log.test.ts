import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { jsonLines } from "../test/support/json-lines.ts";
import { ChatError } from "./chat/errors.ts";
import { createLog, type LogLevel } from "./log.ts";

const logged = (t: TestContext, level: LogLevel) => ({
  log: createLog(level, "table"),
  lines: jsonLines(t),
});

describe("the log", () => {
  it("writes one JSON object a line", (t) => {
    const { log, lines } = logged(t, "INFO");
    log.info("Two\nlines", { turnId: "t1", nothing: undefined });
    const [{ timestamp, ...rest }, ...others] = lines as [(typeof lines)[0]];
    assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/);
    assert.deepEqual(rest, {
      level: "INFO",
      message: "Two\nlines",
      service: "table",
      turnId: "t1",
    });
    assert.deepEqual(others, []);
  });

  it("leaves out what is below its level", (t) => {
    const { log, lines } = logged(t, "WARN");
    log.info("a");
    log.warn("b");
    log.error("c");
    assert.deepEqual(
      lines.map(({ message }) => message),
      ["b", "c"],
    );
  });

  it("binds fields to a log of its own, where a line's own ones win", (t) => {
    const { log, lines } = logged(t, "INFO");
    const ofTurn = log.with({ turnId: "t1" }).with({ connectionId: "c1" });
    ofTurn.info("a");
    ofTurn.info("b", { connectionId: "c2" });
    log.info("c");
    assert.deepEqual(
      lines.map(({ turnId, connectionId }) => [turnId, connectionId]),
      [
        ["t1", "c1"],
        ["t1", "c2"],
        [undefined, undefined],
      ],
    );
  });

  it("writes errors with their code, stack and causes", (t) => {
    const { log, lines } = logged(t, "INFO");
    const cause = new TypeError("x is undefined");
    log.error("Broken.", { error: new ChatError("internal", "no", { cause }) });
    const error = lines[0]?.error as Record<string, unknown>;
    assert.equal(error.name, "ChatError");
    assert.equal(error.code, "internal");
    assert.match(String(error.stack), /log\.test\.ts/);
    assert.deepEqual(error.cause, {
      name: "TypeError",
      message: "x is undefined",
    });
  });

  it("writes nothing else that an error carries, such as the item that a condition was about", (t) => {
    const { log, lines } = logged(t, "INFO");
    const error = Object.assign(new Error("The conditional request failed"), {
      Item: { text: "a secret" },
      $response: { body: "a secret" },
    });
    log.warn("Refused.", {
      error: new Error("Storing failed.", { cause: error }),
    });
    log.warn("Refused.", { error });
    assert.doesNotMatch(JSON.stringify(lines), /secret/);
  });

  it("survives causes that go in a circle", (t) => {
    const { log, lines } = logged(t, "INFO");
    const error = new Error("round");
    error.cause = error;
    log.warn("Circle.", { error });
    assert.equal(lines.length, 1);
  });
});
