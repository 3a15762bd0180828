import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeFrames,
  encodeEvent,
  encodeException,
  encodeFrame,
  padding,
  sortedJson,
} from "./event-stream.ts";
import { listRecordings, readRecording } from "./replay-model.ts";

const recordings = listRecordings()
  .map(readRecording)
  .filter(
    ({ response, operation }) =>
      response.status === 200 && operation === "converse-stream",
  );

if (recordings.length === 0)
  test("recordings of the real service", {
    skip: "no recordings: set BEDROCK_RECORDINGS to their folder",
  });

for (const { name, response } of recordings)
  test(`decodes and encodes ${name} to the same bytes`, () => {
    const frames = decodeFrames(response.body);
    assert.ok(frames.length >= 5, `only ${frames.length} frames`);
    const again = Buffer.concat(frames.map(encodeFrame));
    assert.deepEqual(again, Buffer.from(response.body));
  });

test("an event has its headers in Bedrock's order, sorted keys and padding", () => {
  const [frame] = decodeFrames(
    encodeEvent(
      "contentBlockDelta",
      { delta: { text: "Grüße 👋" }, contentBlockIndex: 0 },
      0.5,
    ),
  );
  assert.deepEqual(Object.entries(frame?.headers ?? {}), [
    [":event-type", "contentBlockDelta"],
    [":content-type", "application/json"],
    [":message-type", "event"],
  ]);
  assert.equal(
    JSON.stringify(frame?.payload),
    `{"contentBlockIndex":0,"delta":{"text":"Grüße 👋"},"p":"${padding(0.5)}"}`,
  );
});

test("an exception has its type as a header and no padding", () => {
  const [frame] = decodeFrames(encodeException("ThrottlingException", "Slow."));
  assert.deepEqual(frame, {
    headers: {
      ":exception-type": "throttlingException",
      ":content-type": "application/json",
      ":message-type": "exception",
    },
    payload: { message: "Slow." },
  });
});

test("a changed byte is noticed", () => {
  const bytes = encodeEvent("messageStop", { stopReason: "end_turn" }, 0);
  bytes[bytes.length - 8] = (bytes[bytes.length - 8] ?? 0) ^ 1;
  assert.throws(() => decodeFrames(bytes), /checksum/);
});

test("padding is between 4 and 62 characters", () => {
  assert.equal(padding(0), "abcd");
  assert.equal(padding(0.999_999).length, 62);
});

test("keys are sorted at every depth, items are not", () => {
  assert.equal(
    sortedJson({ b: [{ d: 1, c: 2 }, 0], a: null }),
    '{"a":null,"b":[{"c":2,"d":1},0]}',
  );
});
