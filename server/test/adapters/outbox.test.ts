/** The outbox over the real SDK, against the replies of API Gateway's `@connections`, status and headers as it gives them. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { ChatError } from "../../src/chat/errors.ts";
import type { Outbox } from "../../src/chat/ports.ts";
import { createOutbox } from "../../src/gateway/outbox.ts";
import {
  type Answer,
  type Answers,
  type HttpServer,
  setDummyCredentials,
  startHttpServer,
} from "../support/http-server.ts";

const ID = "gbgBWm8QaQAYKEiSkA==";
const PATH = "/prod/@connections/gbgBWm8QaQAYKEiSkA%3D%3D";

const POSTED: Answer = {
  status: 200,
  headers: { "Content-Type": "application/json", "Content-Length": "0" },
};
const GONE: Answer = {
  status: 410,
  headers: { "x-amzn-ErrorType": "GoneException", "Content-Length": "0" },
};
const INVALID_ID: Answer = {
  status: 400,
  headers: {
    "Content-Type": "application/json",
    "x-amzn-ErrorType": "BadRequestException",
  },
  body: JSON.stringify({ message: `Invalid connectionId: ${ID}` }),
};
const TOO_LARGE: Answer = { status: 413, headers: { "Content-Length": "0" } };
const DENIED: Answer = {
  status: 403,
  headers: {
    "Content-Type": "application/json",
    "x-amzn-ErrorType": "AccessDeniedException",
  },
  body: JSON.stringify({
    Message:
      "User: arn:aws:sts::123456789012:assumed-role/x is not authorized to perform: execute-api:ManageConnections",
  }),
};
const TOO_FAST: Answer = {
  status: 429,
  headers: { "x-amzn-ErrorType": "LimitExceededException" },
};
const BROKEN: Answer = { status: 500 };

const withServer =
  (
    answers: Answers,
    test: (outbox: Outbox, server: HttpServer) => Promise<void>,
  ) =>
  async () => {
    const server = await startHttpServer(answers);
    const callbackUrl = `${server.url}/prod`;
    try {
      await test(createOutbox({ callbackUrl, attemptMs: 300 }), server);
    } finally {
      await server.close();
    }
  };

const rejectsWith = (
  promise: Promise<unknown>,
  code: string,
  message: RegExp,
): Promise<void> =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof ChatError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.ok(error.cause);
    return true;
  });

describe("the outbox", () => {
  before(setDummyCredentials);

  describe("posting", () => {
    it(
      "sends the text as it is to the connection",
      withServer(
        () => POSTED,
        async (outbox, { received }) => {
          const text = '{"type":"text-delta","text":"Grüße 👩‍👩‍👧"}';
          assert.equal(await outbox.post(ID, text), "sent");
          assert.equal(received.length, 1);
          assert.equal(received[0]?.method, "POST");
          assert.equal(received[0].path, PATH);
          assert.equal(received[0].body.toString(), text);
          assert.match(
            received[0].headers.authorization ?? "",
            /^AWS4-HMAC-SHA256 .*execute-api/,
          );
        },
      ),
    );

    const gone: Readonly<Record<string, Answer>> = {
      "a connection that was closed": GONE,
      "a 410 whose name was lost on the way": { status: 410 },
      "an id that the API never gave out": INVALID_ID,
    };
    for (const [name, answer] of Object.entries(gone)) {
      it(
        `knows ${name} for gone, at once`,
        withServer(
          () => answer,
          async (outbox, { received }) => {
            assert.equal(await outbox.post(ID, "x"), "gone");
            assert.equal(received.length, 1);
          },
        ),
      );
    }

    it(
      "does not take every 400 for gone",
      withServer(
        () => ({ ...INVALID_ID, body: '{"message":"Malformed request"}' }),
        async (outbox) => {
          await rejectsWith(outbox.post(ID, "x"), "internal", /status 400/);
        },
      ),
    );

    it(
      "says that a frame is too large, after one attempt",
      withServer(
        () => TOO_LARGE,
        async (outbox, { received }) => {
          await rejectsWith(
            outbox.post(ID, "x".repeat(140_000)),
            "too_large",
            /Posting 140000 characters .* status 413/,
          );
          assert.equal(received.length, 1);
        },
      ),
    );

    it(
      "rejects when it is not allowed, after one attempt",
      withServer(
        () => DENIED,
        async (outbox, { received }) => {
          await rejectsWith(
            outbox.post(ID, "x"),
            "internal",
            /status 403.*ManageConnections/,
          );
          assert.equal(received.length, 1);
        },
      ),
    );

    const passing: Readonly<Record<string, Answer | "reset" | undefined>> = {
      "a full buffer": TOO_FAST,
      "a failure of the gateway": BROKEN,
      "a broken connection": "reset",
      "a post that hangs": undefined,
    };
    for (const [name, answer] of Object.entries(passing)) {
      it(
        `gets past ${name} by a second attempt`,
        withServer(
          (_request, number) => (number === 1 ? answer : POSTED),
          async (outbox, { received }) => {
            assert.equal(await outbox.post(ID, "x"), "sent");
            assert.equal(received.length, 2);
          },
        ),
      );

      it(
        `gives up on ${name} after three attempts`,
        withServer(
          () => answer,
          async (outbox, { received }) => {
            await rejectsWith(outbox.post(ID, "x"), "internal", /failed/);
            assert.equal(received.length, 3);
          },
        ),
      );
    }
  });

  describe("disconnecting", () => {
    it(
      "deletes the connection",
      withServer(
        () => ({ status: 204 }),
        async (outbox, { received }) => {
          await outbox.disconnect(ID);
          assert.equal(received[0]?.method, "DELETE");
          assert.equal(received[0].path, PATH);
        },
      ),
    );

    it(
      "is content when the connection is gone",
      withServer(
        (_request, number) => (number === 1 ? GONE : INVALID_ID),
        async (outbox, { received }) => {
          await outbox.disconnect(ID);
          await outbox.disconnect(ID);
          assert.equal(received.length, 2);
        },
      ),
    );

    it(
      "rejects otherwise",
      withServer(
        () => DENIED,
        async (outbox) => {
          await rejectsWith(
            outbox.disconnect(ID),
            "internal",
            /Closing the connection gbg.* status 403/,
          );
        },
      ),
    );
  });
});
