/** Recorded answers of real models through the Bedrock model: what it reads is what they wrote. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { STOP_REASONS } from "bedrock-chat-widget/protocol";
import { decodeFrames } from "../../local/bedrock/event-stream.ts";
import {
  listRecordings,
  readRecording,
} from "../../local/bedrock/replay-model.ts";
import { ChatError } from "../../src/chat/errors.ts";
import { startBedrockServer } from "../support/bedrock-server.ts";
import { MODELS, outcomeOf, REQUEST } from "../support/models-under-test.ts";

interface Payload {
  readonly delta?: { readonly text?: string };
  readonly stopReason?: string;
  readonly usage?: {
    readonly inputTokens: number;
    readonly outputTokens: number;
  };
}

/** Sizes of the pieces in which a recording is served: frames are cut in their preludes, headers and sums. */
const PIECES = [1_000_000, 1_000, 7];

const recordings = listRecordings()
  .map(readRecording)
  .filter(({ operation }) => operation === "converse-stream");
const answers = recordings.filter(({ response }) => response.status === 200);
const refusals = recordings.filter(({ response }) => response.status !== 200);

if (recordings.length === 0)
  it("reads recorded answers", {
    skip: "no recordings: set BEDROCK_RECORDINGS to their folder",
  });

for (const [protocol, connect] of Object.entries(MODELS)) {
  describe(`recorded answers over ${protocol}`, () => {
    for (const { name, response } of answers) {
      const payloads = decodeFrames(response.body).map(
        ({ payload }) => payload as Payload,
      );
      const text = payloads.map(({ delta }) => delta?.text ?? "").join("");
      const stopReason = payloads.find((payload) => payload.stopReason)!
        .stopReason as (typeof STOP_REASONS)[number];
      const { inputTokens, outputTokens } = payloads.find(
        ({ usage }) => usage,
      )!.usage!;

      it(`${name} says what the model wrote`, async () => {
        assert.ok(STOP_REASONS.includes(stopReason), stopReason);
        for (const size of PIECES) {
          const { endpoint, close } = await startBedrockServer(
            async (exchange) => {
              exchange.start();
              for (let i = 0; i < response.body.length; i += size) {
                exchange.write(response.body.subarray(i, i + size));
                await new Promise(setImmediate);
              }
              exchange.end();
            },
          );
          try {
            const { signal } = new AbortController();
            const outcome = await outcomeOf(
              connect(endpoint).stream(REQUEST, signal),
            );
            assert.equal(outcome.error, undefined);
            assert.equal(outcome.text, text);
            assert.deepEqual(outcome.events.slice(-2), [
              { type: "stop", stopReason },
              { type: "usage", usage: { inputTokens, outputTokens } },
            ]);
          } finally {
            await close();
          }
        }
      });

      it(`${name} is never complete when it is cut off`, async () => {
        // The end of the frame before messageStop, the middle of messageStop, and the middle of it all.
        const ends = frameEnds(response.body);
        const stop = payloads.findIndex((payload) => payload.stopReason);
        const cuts = [ends[stop - 1]!, ends[stop]! - 9, ends[stop - 1]! >> 1];
        for (const cut of cuts) {
          const { endpoint, close } = await startBedrockServer((exchange) => {
            exchange.start();
            exchange.write(response.body.subarray(0, cut));
            exchange.end();
          });
          try {
            const { signal } = new AbortController();
            const outcome = await outcomeOf(
              connect(endpoint).stream(REQUEST, signal),
            );
            assert.equal(outcome.stop, undefined, `cut at ${cut}`);
            assert.ok(text.startsWith(outcome.text));
            if (!ends.includes(cut))
              assert.equal(
                (outcome.error as ChatError).code,
                "stream_truncated",
              );
          } finally {
            await close();
          }
        }
      });
    }

    for (const { name, response } of refusals) {
      it(`${name} is a rejection`, async () => {
        const { endpoint, close } = await startBedrockServer((exchange) => {
          const { message } = JSON.parse(
            Buffer.from(response.body).toString(),
          ) as { message: string };
          const type = response.headers["x-amzn-errortype"]?.split(":")[0];
          exchange.refuse(response.status, type, message);
        });
        try {
          const { signal } = new AbortController();
          const { events, error } = await outcomeOf(
            connect(endpoint).stream(REQUEST, signal),
          );
          assert.deepEqual(events, []);
          assert.ok(error instanceof ChatError);
          assert.equal(error.code, "model_rejected");
        } finally {
          await close();
        }
      });
    }
  });
}

/** Offsets at which frames end. */
function frameEnds(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ends: number[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    at += view.getUint32(at);
    ends.push(at);
  }
  return ends;
}
