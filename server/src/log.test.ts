import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ChatError } from "./chat/errors.ts";
import { createLog, type LogLevel } from "./log.ts";

function logged(level: LogLevel) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog(
    level,
    (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
    () => new Date("2026-11-22T12:00:00.000Z"),
  );
  return { log, lines };
}

describe("the log", () => {
  it("writes one JSON object a line", () => {
    const { log, lines } = logged("INFO");
    log.info("Two\nlines", { turnId: "t1" });
    assert.deepEqual(lines, [
      {
        time: "2026-11-22T12:00:00.000Z",
        level: "INFO",
        message: "Two\nlines",
        turnId: "t1",
      },
    ]);
  });

  it("leaves out what is below its level", () => {
    const { log, lines } = logged("WARN");
    log.info("a");
    log.warn("b");
    log.error("c");
    assert.deepEqual(
      lines.map(({ message }) => message),
      ["b", "c"],
    );
  });

  it("writes errors with their code, stack and causes", () => {
    const { log, lines } = logged("INFO");
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

  it("survives causes that go in a circle", () => {
    const { log, lines } = logged("INFO");
    const error = new Error("round");
    error.cause = error;
    log.warn("Circle.", { error });
    assert.equal(lines.length, 1);
  });
});
