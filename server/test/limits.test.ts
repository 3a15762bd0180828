/** Each limit and budget as a client meets it, on the local stack: through a real socket, and before Bedrock is called. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import {
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import type { ErrorFrame, SendFrame } from "bedrock-chat-widget/protocol";
import { textEvents } from "../local/bedrock/scripted-model.ts";
import { LOCAL_CREDENTIALS } from "../local/credentials.ts";
import { startLocalStack } from "../local/stack.ts";
import type { LocalStack } from "../local/stack.ts";
import { USAGE_LIMITS } from "../src/limit-settings.ts";
import { KILL_SWITCH } from "../src/names.ts";
import { ChatClient } from "./support/chat-client.ts";

const MAX_TOKENS = 1_000;
/** What the question `Hi` reserves as the first of its conversation. */
const RESERVED = MAX_TOKENS + 8 + 8 + 9;
const QUESTION = "Hi";
const TABLE_NAME = "bedrock-chat";
const OFF = Object.fromEntries(USAGE_LIMITS.map((name) => [name, 0]));
const NO_BUDGET = { tokensPerDay: 0, tokensPerMonth: 0 };

interface Options {
  readonly limits?: object;
  readonly budgets?: object;
  /** Holds every answer back until it resolves. */
  readonly gate?: Promise<void>;
}

/** A stack on which nothing but these limits and budgets is limited. */
async function stackWith(
  t: TestContext,
  { limits = {}, budgets = {}, gate = Promise.resolve() }: Options,
): Promise<LocalStack> {
  const stack = await startLocalStack({
    usage: "deployed",
    settings: {
      models: [
        {
          id: "test",
          label: "Test model",
          modelId: "local.test-model",
          maxTokens: MAX_TOKENS,
          prices: { inputPerMillion: 1, outputPerMillion: 5 },
        },
      ],
      limits: { ...OFF, ...limits },
      budgets: { ...NO_BUDGET, ...budgets },
    },
    bedrock: {
      serve: {
        model: {
          async *generate() {
            await gate;
            yield* textEvents("Hello yourself.");
          },
        },
      },
    },
    logLevel: "ERROR",
    onFunctionLog: (name, line) => console.log(`${name}: ${line}`),
    onFunctionFailure: (name, reason) => console.log(name, reason),
  });
  t.after(() => stack.close());
  return stack;
}

async function visit(stack: LocalStack, visitorToken?: string) {
  const client = await ChatClient.connect(stack.webSocketUrl);
  const ready = await client.hello(
    visitorToken === undefined ? {} : { visitorToken },
  );
  return { client, visitorToken: ready.visitorToken };
}

const question = (conversationId: string = crypto.randomUUID()): SendFrame => ({
  type: "send",
  conversationId,
  turnId: crypto.randomUUID(),
  text: QUESTION,
});

/** Sends the frame and gives what is said first about its turn. */
async function outcome(
  client: ChatClient,
  frame: SendFrame,
): Promise<"accepted" | ErrorFrame> {
  const from = client.texts.length;
  client.send(frame);
  const text = await client.text(
    (one) => one.includes(frame.turnId) && /"type":"(ack|error)"/.test(one),
    from,
  );
  const answer = JSON.parse(text) as ErrorFrame | { readonly type: "ack" };
  return answer.type === "ack" ? "accepted" : answer;
}

/** A refusal as it has to be: before the turn, with the time to wait, and of nothing that was stored. */
async function refused(
  client: ChatClient,
  frame: SendFrame,
  code: ErrorFrame["code"],
): Promise<ErrorFrame> {
  const error = await outcome(client, frame);
  assert.ok(error !== "accepted");
  assert.equal(error.code, code);
  assert.equal(error.seq, undefined);
  const { conversationId, turnId } = frame;
  client.send({ type: "resume", conversationId, turnId, lastSeq: -1 });
  const next = await client.frame("error", ({ code }) => code === "not_found");
  assert.equal(next.turnId, turnId);
  return error;
}

/** Repeats until something is refused: a minute may end in between, and then the count begins anew once. */
async function untilRefused<T>(
  most: number,
  attempt: (i: number) => Promise<T | undefined>,
): Promise<T> {
  for (let i = 0; i <= 2 * most; i++) {
    const refusal = await attempt(i);
    if (refusal === undefined) continue;
    assert.ok(i >= most, `refused after ${i}, and not after ${most}`);
    return refusal;
  }
  throw new Error(`Nothing was refused, after ${2 * most} that were allowed.`);
}

function assertWait({ retryAfterMs = 0 }: ErrorFrame, most: number): void {
  assert.ok(retryAfterMs > 0 && retryAfterMs <= most, `${retryAfterMs} ms`);
}

const database = (stack: LocalStack): DynamoDBClient =>
  new DynamoDBClient({ ...LOCAL_CREDENTIALS, endpoint: stack.dynamodb.url });

/** What every counter of tokens holds, by its name without ids. */
async function held(stack: LocalStack): Promise<Map<string, number>> {
  const client = database(stack);
  const { Items = [] } = await client.send(
    new ScanCommand({ TableName: TABLE_NAME }),
  );
  client.destroy();
  return new Map(
    Items.flatMap(({ pk, used }) => {
      const [, name] = /^COUNT#([^#]+)/.exec(pk?.S ?? "") ?? [];
      return name === undefined ? [] : [[name, Number(used?.N)]];
    }),
  );
}

const MINUTE = 60_000;
const DAY = 86_400_000;

describe("limits on the local stack", { concurrency: 4 }, () => {
  test("too many connections of an address get 429", async (t) => {
    const stack = await stackWith(t, {
      limits: { addressConnectsPerMinute: 3 },
    });
    const error = await untilRefused(3, () =>
      ChatClient.connect(stack.webSocketUrl).then(
        () => undefined,
        (reason: Error) => reason,
      ),
    );
    assert.match(error.message, /\b429\b/);
  });

  test("too many new visitors of an address are rate_limited, before ready", async (t) => {
    const stack = await stackWith(t, {
      limits: { addressVisitorsPerMinute: 2 },
    });
    const { visitorToken } = await visit(stack);
    const error = await untilRefused(1, async () => {
      const client = await ChatClient.connect(stack.webSocketUrl);
      client.send({
        type: "hello",
        client: { name: "test", version: "1", locale: "en" },
      });
      const text = await client.text();
      return text.includes('"ready"')
        ? undefined
        : (JSON.parse(text) as ErrorFrame);
    });
    assert.equal(error.code, "rate_limited");
    assertWait(error, MINUTE);
    await visit(stack, visitorToken);
    assert.equal(stack.bedrock!.calls.length, 0);
  });

  test("too many frames of a connection end it", async (t) => {
    const stack = await stackWith(t, {
      limits: { connectionFramesPerMinute: 4 },
    });
    const { client } = await visit(stack);
    // Heartbeats are answered by the gateway and count for nothing.
    for (let i = 0; i < 10; i++) await client.fence();
    for (let i = 0; i < 12; i++) client.send({ ...question(), text: "" });
    await client.closed;
    const errors = client.frames.filter((frame) => frame.type === "error");
    const limited = errors.filter(({ code }) => code === "rate_limited");
    assert.equal(limited.length, 1);
    assertWait(limited[0]!, MINUTE);
    assert.equal(stack.bedrock!.calls.length, 0);
  });

  test("too many questions of a visitor are rate_limited", async (t) => {
    const stack = await stackWith(t, {
      limits: { visitorQuestionsPerMinute: 2 },
    });
    const { client, visitorToken } = await visit(stack);
    const again = await visit(stack, visitorToken);
    let accepted = 0;
    await untilRefused(2, async (i) => {
      const frame = question();
      const one = i % 2 ? client : again.client;
      const error = await outcome(one, frame);
      if (error === "accepted") {
        accepted++;
        await one.turn(frame.turnId);
        return undefined;
      }
      assert.equal(error.code, "rate_limited");
      assertWait(error, MINUTE);
      return error;
    });
    assert.equal(stack.bedrock!.calls.length, accepted);
  });

  test("too many questions of an address are rate_limited, whoever asks", async (t) => {
    const stack = await stackWith(t, {
      limits: { addressQuestionsPerMinute: 2 },
    });
    let accepted = 0;
    await untilRefused(2, async () => {
      const { client } = await visit(stack);
      const frame = question();
      const error = await outcome(client, frame);
      if (error === "accepted") {
        accepted++;
        await client.turn(frame.turnId);
        return undefined;
      }
      assert.equal(error.code, "rate_limited");
      return error;
    });
    assert.equal(stack.bedrock!.calls.length, accepted);
  });

  test("too many questions of plain clients get a sentence, whatever connection they make", async (t) => {
    const stack = await stackWith(t, {
      limits: { visitorQuestionsPerMinute: 2 },
    });
    let accepted = 0;
    const text = await untilRefused(2, async () => {
      const client = await ChatClient.connect(stack.webSocketUrl, {
        protocols: [],
      });
      client.socket.send('{"data":"Hi"}');
      const answer = await client.text();
      if (!answer.includes("Hello yourself")) return answer;
      accepted++;
      return undefined;
    });
    assert.match(text, /^\{"message":"That was a bit fast\./);
    assert.equal(stack.bedrock!.calls.length, accepted);
  });

  for (const [name, options, most] of [
    ["a visitor's day", { limits: { visitorTokensPerDay: 1_000 } }, DAY],
    [
      "an address's hour",
      { limits: { addressTokensPerHour: 1_000 } },
      DAY / 24,
    ],
    ["the site's day", { budgets: { tokensPerDay: 1_000 } }, DAY],
    ["the site's month", { budgets: { tokensPerMonth: 1_000 } }, 31 * DAY],
    ["the day's dollars", { budgets: { dollarsPerDay: 0.005 } }, DAY],
    ["the month's dollars", { budgets: { dollarsPerMonth: 0.005 } }, 31 * DAY],
  ] as const)
    test(`a question beyond ${name} is budget_exceeded`, async (t) => {
      const stack = await stackWith(t, options);
      const { client } = await visit(stack);
      const error = await refused(client, question(), "budget_exceeded");
      assertWait(error, most);
      assert.equal(stack.bedrock!.calls.length, 0);
      for (const [counter, used] of await held(stack))
        assert.equal(used, 0, counter);
    });

  test("a visitor's answers at the same time have a number", async (t) => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const stack = await stackWith(t, {
      limits: { visitorRunningTurns: 2 },
      gate,
    });
    const { client } = await visit(stack);
    const running = [question(), question()];
    for (const frame of running)
      assert.equal(await outcome(client, frame), "accepted");
    await stack.bedrock!.call(1);
    const third = question();
    const error = await refused(client, third, "rate_limited");
    assertWait(error, 5_000);
    assert.equal(stack.bedrock!.calls.length, 2);
    open();
    await client.turn(running[0]!.turnId);
    assert.equal(await outcome(client, third), "accepted");
  });

  test("a conversation has a length", async (t) => {
    const stack = await stackWith(t, { limits: { conversationTurns: 1 } });
    const { client } = await visit(stack);
    const first = question("c");
    assert.equal(await outcome(client, first), "accepted");
    await client.turn(first.turnId);
    await refused(client, question("c"), "context_too_long");
    assert.equal(stack.bedrock!.calls.length, 1);
  });

  test("a chat that is switched off answers nothing", async (t) => {
    const stack = await stackWith(t, {});
    const { pk, sk } = KILL_SWITCH.key;
    const client = database(stack);
    await client.send(
      new PutItemCommand({
        TableName: TABLE_NAME,
        Item: {
          pk: { S: pk },
          sk: { S: sk },
          [KILL_SWITCH.attribute]: { BOOL: true },
        },
      }),
    );
    client.destroy();
    const visitor = await visit(stack);
    await refused(visitor.client, question(), "model_unavailable");
    assert.equal(stack.bedrock!.calls.length, 0);
  });

  test("what was reserved becomes what the model says that it used", async (t) => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const stack = await stackWith(t, {
      budgets: { tokensPerDay: 5_000 },
      gate,
    });
    const { client } = await visit(stack);
    const frame = question();
    assert.equal(await outcome(client, frame), "accepted");
    assert.equal((await held(stack)).get("site-day"), RESERVED);
    open();
    const { end } = await client.turn(frame.turnId);
    assert.ok(end.type === "turn-end");
    const { inputTokens, outputTokens } = end.usage;
    const used = (await held(stack)).get("site-day");
    assert.equal(used, inputTokens + outputTokens);
    assert.ok(used > 0 && used < RESERVED);
  });
});

// On the one thread that is all routers here, 20 at a time are what 200 are on Lambda.
test("of 200 questions against a budget for 10, 20 at a time, exactly 10 reach the model", async (t) => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const stack = await stackWith(t, {
    budgets: { tokensPerDay: 10.5 * RESERVED - 0.5 },
    gate,
  });
  const visitors = await Promise.all(
    Array.from({ length: 20 }, () => visit(stack)),
  );
  const asked = await Promise.all(
    visitors.map(async ({ client }) => {
      const seen = [];
      for (let i = 0; i < 10; i++) {
        const frame = question();
        seen.push({ client, frame, is: await outcome(client, frame) });
      }
      return seen;
    }),
  );
  const outcomes = asked.flat();
  const accepted = outcomes.filter(({ is }) => is === "accepted");
  const codes = outcomes.flatMap(({ is }) =>
    is === "accepted" ? [] : is.code,
  );
  assert.equal(accepted.length, 10);
  assert.deepEqual([...new Set(codes)], ["budget_exceeded"]);
  open();
  const turns = await Promise.all(
    accepted.map(({ client, frame }) => client.turn(frame.turnId)),
  );
  assert.equal(stack.bedrock!.calls.length, 10);
  const used = turns.map(({ end }) => {
    assert.ok(end.type === "turn-end");
    return end.usage.inputTokens + end.usage.outputTokens;
  });
  const sum = used.reduce((one, other) => one + other);
  assert.equal((await held(stack)).get("site-day"), sum);
});
