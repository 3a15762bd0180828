import assert from "node:assert/strict";
import { test } from "node:test";
import {
  InvokeCommand,
  LambdaClient,
  ResourceNotFoundException,
  TooManyRequestsException,
} from "@aws-sdk/client-lambda";
import type { InvocationType } from "@aws-sdk/client-lambda";
import { LOCAL_CREDENTIALS } from "../../local/credentials.ts";
import { startLambdaEndpoint } from "../../local/lambda/endpoint.ts";
import type {
  LambdaEndpoint,
  LambdaFaults,
} from "../../local/lambda/endpoint.ts";
import type { FunctionConfig } from "../../local/lambda/local-function.ts";

const FUNCTIONS = new URL("./fixtures/functions.ts", import.meta.url);
const BROKEN = new URL("./fixtures/broken-module.ts", import.meta.url);

/** An endpoint with one function, what it logged and which failures were reported. */
class Harness implements AsyncDisposable {
  readonly logs: string[] = [];
  readonly failures: string[] = [];
  endpoint!: LambdaEndpoint;
  client!: LambdaClient;
  #waiting: (() => void)[] = [];

  static async start(
    config: Partial<FunctionConfig> = {},
    faults: LambdaFaults = {},
  ): Promise<Harness> {
    const harness = new Harness();
    const wake = () => harness.#waiting.splice(0).forEach((one) => one());
    harness.endpoint = await startLambdaEndpoint({
      functions: (url) => [
        {
          name: "worker",
          entry: FUNCTIONS,
          env: { URL: url, ONLY: "this" },
          timeoutMs: 10_000,
          ...config,
        },
      ],
      faults,
      onLog: (name, line) => {
        harness.logs.push(`${name}: ${line}`);
        wake();
      },
      onFailure: (name, reason) => {
        harness.failures.push(`${name}: ${reason}`);
        wake();
      },
    });
    harness.client = new LambdaClient({
      ...LOCAL_CREDENTIALS,
      endpoint: harness.endpoint.url,
      maxAttempts: 1,
    });
    return harness;
  }

  async invoke(
    task: object,
    {
      type = "RequestResponse",
      name = "worker",
    }: { type?: InvocationType; name?: string } = {},
  ) {
    const { Payload, ...answer } = await this.client.send(
      new InvokeCommand({
        FunctionName: name,
        InvocationType: type,
        Payload: JSON.stringify(task),
      }),
    );
    const text = Payload?.transformToString() ?? "";
    return {
      ...answer,
      text,
      value: (text ? JSON.parse(text) : undefined) as Record<string, unknown>,
    };
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy();
    await this.endpoint.close();
  }
}

test("a synchronous invocation gives the handler's result", async () => {
  await using harness = await Harness.start();
  const answer = await harness.invoke({ do: "echo", value: { a: ["ü"] } });
  assert.equal(answer.StatusCode, 200);
  assert.equal(answer.ExecutedVersion, "$LATEST");
  assert.equal(answer.FunctionError, undefined);
  assert.equal(answer.text, '{"a":["ü"]}');
  assert.equal((await harness.invoke({ do: "nothing" })).text, "null");
});

test("a function is found by name, partial and full ARN, and qualifier", async () => {
  await using harness = await Harness.start();
  for (const name of [
    "worker",
    "worker:live",
    "123456789012:function:worker",
    "arn:aws:lambda:us-east-1:123456789012:function:worker",
    "arn:aws:lambda:us-east-1:123456789012:function:worker:$LATEST",
  ]) {
    const { text } = await harness.invoke({ do: "echo", value: 1 }, { name });
    assert.equal(text, "1", name);
  }
  await assert.rejects(
    harness.invoke({}, { name: "other" }),
    ResourceNotFoundException,
  );
});

test("a function has its own environment and Lambda's context", async () => {
  process.env["NOT_FOR_FUNCTIONS"] = "1";
  await using harness = await Harness.start({ timeoutMs: 5_000 });
  const { value, $metadata } = await harness.invoke({ do: "describe" });
  const env = value["env"] as Record<string, string>;
  assert.equal(env["URL"], harness.endpoint.url);
  assert.equal(env["ONLY"], "this");
  assert.equal(env["AWS_LAMBDA_FUNCTION_NAME"], "worker");
  assert.equal(env["NOT_FOR_FUNCTIONS"], undefined);
  assert.equal(value["functionName"], "worker");
  assert.equal(value["requestId"], $metadata.requestId);
  assert.match(String(value["arn"]), /^arn:aws:lambda:.*:function:worker$/);
  const remaining = Number(value["remainingMs"]);
  assert.ok(remaining > 0 && remaining <= 5_000, String(remaining));
});

test("module scope is built once, and invocations run concurrently", async () => {
  await using harness = await Harness.start();
  const loadedAt = async () =>
    (await harness.invoke({ do: "describe" })).value["loadedAt"];
  assert.equal(await loadedAt(), await loadedAt());
  const counts = await Promise.all(
    [1, 2, 3].map(() => harness.invoke({ do: "count", ms: 100 })),
  );
  assert.equal(counts[0]!.text, "3");
});

test("what a handler throws is the payload of an unhandled function error", async () => {
  await using harness = await Harness.start();
  const answer = await harness.invoke({ do: "throw", value: "odd" });
  assert.equal(answer.StatusCode, 200);
  assert.equal(answer.FunctionError, "Unhandled");
  assert.deepEqual(Object.keys(answer.value), [
    "errorType",
    "errorMessage",
    "trace",
  ]);
  assert.equal(answer.value["errorType"], "OddError");
  assert.equal(answer.value["errorMessage"], "odd");
  assert.deepEqual(harness.failures, ["worker: odd"]);
  const text = await harness.invoke({ do: "throw-text" });
  assert.equal(text.value["errorMessage"], "just text");
  const circular = await harness.invoke({ do: "circular" });
  assert.equal(circular.FunctionError, "Unhandled");
  assert.match(String(circular.value["errorMessage"]), /circular/);
});

for (const [how, pattern] of [
  ["crash", /nobody catches this/],
  ["exit", /Runtime exited with error: exit status 7/],
] as const) {
  test(`a function that does ${how} fails what runs in it, and starts anew`, async () => {
    await using harness = await Harness.start();
    const bystander = harness.invoke({ do: "hang", value: "bystander" });
    await harness.until(() => harness.logs.length > 0);
    const before = harness.invoke({ do: how });
    for (const answer of await Promise.all([before, bystander])) {
      assert.equal(answer.FunctionError, "Unhandled");
      assert.match(String(answer.value["errorMessage"]), pattern);
    }
    assert.equal((await harness.invoke({ do: "echo", value: 1 })).text, "1");
  });
}

test("a function can be killed from outside, and starts anew", async () => {
  await using harness = await Harness.start();
  const hanging = harness.invoke({ do: "hang", value: 1 });
  await harness.until(() => harness.logs.includes("worker: hanging 1"));
  await harness.endpoint.kill("worker");
  assert.equal((await hanging).value["errorType"], "Runtime.ExitError");
  assert.equal((await harness.invoke({ do: "echo", value: 1 })).text, "1");
  await assert.rejects(
    async () => harness.endpoint.kill("nobody"),
    /There is no function named nobody/,
  );
});

test("a function that takes too long fails, and its environment takes no more", async () => {
  await using harness = await Harness.start({ timeoutMs: 2_000 });
  const { value: before } = await harness.invoke({ do: "describe" });
  const { value } = await harness.invoke({ do: "hang" });
  assert.equal(value["errorType"], "Sandbox.Timedout");
  assert.match(
    String(value["errorMessage"]),
    /^RequestId: [0-9a-f-]{36} Error: Task timed out after 2\.00 seconds$/,
  );
  const { value: after } = await harness.invoke({ do: "describe" });
  assert.notEqual(after["loadedAt"], before["loadedAt"]);
});

test("a module that cannot be loaded fails every invocation with its reason", async () => {
  await using harness = await Harness.start({ entry: BROKEN });
  for (let i = 0; i < 2; i++) {
    const { value } = await harness.invoke({});
    assert.equal(value["errorType"], "TypeError");
    assert.equal(value["errorMessage"], "TABLE_NAME is missing.");
  }
  await using missing = await Harness.start({ handler: "other" });
  const { value } = await missing.invoke({});
  assert.equal(value["errorType"], "Runtime.HandlerNotFound");
});

test("lines that a function writes are forwarded", async () => {
  await using harness = await Harness.start();
  await harness.invoke({ do: "log", value: "one\ntwo" });
  await harness.until(() => harness.logs.length === 3);
  assert.deepEqual(harness.logs.toSorted(), [
    "worker: one",
    "worker: to stderr",
    "worker: two",
  ]);
});

test("an invocation that was throttled is 429, and one over its concurrency too", async () => {
  await using harness = await Harness.start({ concurrency: 1 });
  const hanging = harness.invoke({ do: "hang", value: 1 });
  await harness.until(() => harness.logs.length > 0);
  await assert.rejects(
    harness.invoke({ do: "echo" }),
    TooManyRequestsException,
  );
  await harness.endpoint.kill("worker");
  await hanging;
  await harness.invoke({ do: "echo", value: 1 });
  harness.endpoint.faults = { throttles: () => true };
  await assert.rejects(
    harness.invoke({ do: "echo" }, { type: "Event" }),
    TooManyRequestsException,
  );
});

test("what is no invocation is refused as Lambda refuses it", async () => {
  await using harness = await Harness.start();
  const { url } = harness.endpoint;
  const path = "/2015-03-31/functions/worker/invocations";
  const signed = { authorization: "AWS4-HMAC-SHA256 Signature=0" };
  const call = async (init: RequestInit, at = path) => {
    const response = await fetch(url + at, { method: "POST", ...init });
    await response.text();
    return [response.status, response.headers.get("x-amzn-errortype")];
  };
  assert.deepEqual(await call({ body: "{}" }), [
    403,
    "MissingAuthenticationTokenException",
  ]);
  assert.deepEqual(await call({ headers: signed, body: "{" }), [
    400,
    "InvalidRequestContentException",
  ]);
  assert.deepEqual(
    await call({
      headers: { ...signed, "x-amz-invocation-type": "Event" },
      body: JSON.stringify("x".repeat(1024 * 1024)),
    }),
    [413, "RequestTooLargeException"],
  );
  assert.deepEqual(await call({ headers: signed, method: "GET" }), [
    404,
    "ResourceNotFoundException",
  ]);
  assert.deepEqual(await call({ headers: signed }, "/elsewhere"), [
    404,
    "ResourceNotFoundException",
  ]);
  const dry = await harness.invoke({}, { type: "DryRun" });
  assert.equal(dry.StatusCode, 204);
});

test("an Event is 202 at once, whatever becomes of it", async () => {
  await using harness = await Harness.start({
    asynchronous: { retryAttempts: 0 },
  });
  const answer = await harness.invoke(
    { do: "hang", value: "in the background" },
    { type: "Event" },
  );
  assert.equal(answer.StatusCode, 202);
  assert.equal(answer.text, "");
  await harness.until(() => harness.logs.length > 0);
  assert.deepEqual(harness.logs, ["worker: hanging in the background"]);
});

test("an Event that fails is tried again as often as it is configured", async () => {
  for (const [retryAttempts, runs] of [
    [0, 1],
    [2, 3],
  ] as const) {
    await using harness = await Harness.start({
      asynchronous: { retryAttempts, retryDelaysMs: [1, 1] },
    });
    await harness.invoke({ do: "throw", value: "x" }, { type: "Event" });
    await harness.until(() => harness.failures.length > 0);
    await harness.until(() => harness.logs.length >= runs);
    assert.deepEqual(harness.failures, ["worker: event dropped: x"]);
    assert.equal(harness.logs.length, runs);
  }
});

test("an Event that cannot run waits, and is dropped when it is too old", async () => {
  await using harness = await Harness.start({
    concurrency: 1,
    asynchronous: { retryAttempts: 0, maxEventAgeMs: 3_000 },
  });
  const event = { type: "Event" } as const;
  await harness.invoke({ do: "count", ms: 200 }, event);
  await harness.invoke({ do: "log", value: "waited" }, event);
  await harness.until(() => harness.logs.includes("worker: waited"));
  await harness.invoke({ do: "hang", value: "for long" }, event);
  await harness.until(() => harness.logs.includes("worker: hanging for long"));
  await harness.invoke({ do: "log", value: "too late" }, event);
  await harness.until(() => harness.failures.length > 0);
  assert.deepEqual(harness.failures, [
    "worker: event dropped: it could not run within 3000 ms",
  ]);
  assert.ok(!harness.logs.includes("worker: too late"));
});

test("an Event may be delivered again, with the same request id", async () => {
  await using harness = await Harness.start(
    {},
    {
      redeliveries: (name, payload) =>
        name === "worker" && payload.includes("hang") ? [0, 50] : [],
    },
  );
  await harness.invoke({ do: "hang", value: "again" }, { type: "Event" });
  await harness.until(() => harness.logs.length === 3);
  assert.deepEqual(new Set(harness.logs), new Set(["worker: hanging again"]));
});
