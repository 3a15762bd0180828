import assert from "node:assert/strict";
import { test } from "node:test";
import { Narrator } from "./narrator.ts";

/** Lines of a narrator without the time at their start, and its clock. */
function narrate(verbose = false) {
  const lines: string[] = [];
  const clock = { now: Date.UTC(2026, 0, 1, 12, 30, 5) };
  const narrator = new Narrator({
    write: (line) => {
      assert.match(line, /^\d\d:\d\d:\d\d {2}/);
      lines.push(line.slice(10));
    },
    verbose,
    now: () => clock.now,
  });
  return { narrator, observer: narrator.gatewayObserver, lines, clock };
}

const CONTEXT = {
  connectionId: "abc==",
  apiId: "local",
  stage: "prod",
  domainName: "localhost",
  connectedAt: 0,
  sourceIp: "127.0.0.1",
};
const ACK = '{"type":"ack","turnId":"t1"}';
const END =
  '{"type":"turn-end","turnId":"t1","seq":9,"stopReason":"end_turn","length":120,"usage":{"inputTokens":7,"outputTokens":40}}';

test("a connection is told when it comes and goes", () => {
  const { observer, lines } = narrate();
  observer.opened?.(CONTEXT);
  observer.refused?.(CONTEXT, 403);
  observer.closed?.(CONTEXT, 1001, "Going away");
  observer.closed?.(CONTEXT, 1006, "");
  assert.deepEqual(lines, [
    "connected  abc== from 127.0.0.1",
    "refused    abc== with status 403",
    "closed     abc== with 1001 Going away",
    "closed     abc== with 1006",
  ]);
});

test("a turn is one line, however many follow it and whatever is repeated", () => {
  const { observer, lines, clock } = narrate();
  observer.received?.("a", '{"type":"send","text":"a secret"}');
  observer.sent?.("a", ACK);
  observer.sent?.(
    "a",
    '{"type":"text-delta","turnId":"t1","seq":1,"text":"a secret"}',
  );
  clock.now += 2_345;
  observer.sent?.("a", END);
  observer.sent?.("b", END);
  observer.sent?.("a", ACK);
  observer.sent?.("a", END);
  assert.deepEqual(lines, [
    "answered   t1: 120 characters, 7 + 40 tokens, end_turn, 2.3 s",
  ]);
});

test("an error is told, of a turn only once", () => {
  const { observer, lines } = narrate();
  const error = (more: object) =>
    JSON.stringify({
      type: "error",
      code: "timeout",
      message: "It took too long.",
      retryable: true,
      requestId: "r",
      ...more,
    });
  observer.sent?.("a", error({}));
  observer.sent?.("a", error({ turnId: "t1" }));
  observer.sent?.("a", error({ turnId: "t1", seq: 2 }));
  observer.sent?.("b", error({ turnId: "t1", seq: 2 }));
  observer.sent?.(
    "a",
    '{"message": "Forbidden", "connectionId":"a", "requestId":"r"}',
  );
  assert.deepEqual(lines, [
    "error      timeout: It took too long.",
    "error      t1: timeout: It took too long.",
    "error      t1: timeout: It took too long.",
    "error      the gateway said: Forbidden",
  ]);
});

test("a plain client's answer is told by its length", () => {
  const { observer, lines } = narrate();
  observer.sent?.("a", '{"message":"0123456789"}');
  assert.deepEqual(lines, ["answered   a plain client, 24 characters"]);
});

test("of what functions log, problems are told and plain lines", () => {
  const { narrator, lines } = narrate();
  narrator.functionLog("worker", '{"level":"INFO","message":"fine"}');
  narrator.functionLog("worker", '{"level":"WARN","message":"odd"}');
  narrator.functionLog(
    "worker",
    '{"level":"ERROR","message":"broken","error":{"message":"because"}}',
  );
  narrator.functionLog(
    "router",
    '{"level":"WARN","message":"refused.","origin":"https://evil.example"}',
  );
  narrator.functionLog("router", '{"_aws":{},"Questions":1}');
  narrator.functionLog("router", "(node:1) Warning: something");
  narrator.functionLog("router", '{"no":"level"}');
  narrator.functionFailure("worker", "it crashed");
  assert.deepEqual(lines, [
    "worker     odd",
    "worker     broken because",
    "router     refused. https://evil.example",
    "router     (node:1) Warning: something",
    'router     {"no":"level"}',
    "failed     worker: it crashed",
  ]);
});

test("verbose shows frames, long ones cut, and every line", () => {
  const { narrator, observer, lines } = narrate(true);
  observer.received?.("a", '{"type":"ping"}');
  observer.sent?.("a", '{"type":"pong"}');
  observer.sent?.(
    "a",
    `{"type":"text-delta","turnId":"t","seq":1,"text":"${"x".repeat(500)}"}`,
  );
  narrator.functionLog("worker", '{"level":"INFO","message":"fine"}');
  assert.deepEqual(lines.slice(0, 2), [
    '→          a {"type":"ping"}',
    '←          a {"type":"pong"}',
  ]);
  assert.match(lines[2]!, /x… \(552 characters\)$/);
  assert.equal(lines[3], 'worker     {"level":"INFO","message":"fine"}');
});
