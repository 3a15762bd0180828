import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { ChatError } from "../../src/chat/errors.ts";
import { createWorkerInvoker } from "../../src/lambda/worker-invoker.ts";
import {
  type Answers,
  setDummyCredentials,
  startHttpServer,
} from "../support/http-server.ts";

const KEY = { conversationId: "c1", turnId: "t1" };
const QUEUED = { status: 202 };

async function start(answers: Answers) {
  const server = await startHttpServer(answers);
  process.env.AWS_ENDPOINT_URL_LAMBDA = server.url;
  return {
    ...server,
    invoker: createWorkerInvoker({ functionName: "chat-worker" }),
  };
}

describe("the worker's invoker", () => {
  before(setDummyCredentials);

  it("queues an event with the turn's key", async () => {
    const { invoker, received, close } = await start(() => QUEUED);
    try {
      await invoker.start({ ...KEY, state: "accepted" } as typeof KEY);
      assert.equal(received.length, 1);
      assert.equal(received[0]?.method, "POST");
      assert.equal(
        received[0].path,
        "/2015-03-31/functions/chat-worker/invocations",
      );
      assert.equal(received[0].headers["x-amz-invocation-type"], "Event");
      assert.deepEqual(JSON.parse(received[0].body.toString()), KEY);
    } finally {
      await close();
    }
  });

  it("tries again when Lambda throttles", async () => {
    const { invoker, received, close } = await start((_request, number) =>
      number === 1
        ? {
            status: 429,
            headers: { "x-amzn-errortype": "TooManyRequestsException" },
            body: '{"message":"Rate exceeded"}',
          }
        : QUEUED,
    );
    try {
      await invoker.start(KEY);
      assert.equal(received.length, 2);
    } finally {
      await close();
    }
  });

  it("rejects when the event was not queued", async () => {
    const { invoker, close } = await start(() => ({
      status: 404,
      headers: { "x-amzn-errortype": "ResourceNotFoundException" },
      body: '{"Message":"Function not found"}',
    }));
    try {
      await assert.rejects(invoker.start(KEY), (error) => {
        assert.ok(error instanceof ChatError);
        assert.equal(error.code, "internal");
        assert.match(
          error.message,
          /^Invoking chat-worker for the turn t1 failed: ResourceNotFound/,
        );
        return true;
      });
    } finally {
      await close();
    }
  });
});
