/**
 * The router's handler with anything at all thrown at it, real SDK clients and a real table behind it. Whatever comes, it
 * returns one of its statuses, posts only frames of the protocol, and keeps nothing.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  parseServerFrame,
  type ServerFrame,
} from "bedrock-chat-widget/protocol";
import fc from "fast-check";
import { startSecrets, visitorKeySecret } from "../local/secrets.ts";
import type { WebSocketResult } from "../src/handlers/events.ts";
import { USAGE_LIMITS } from "../src/limit-settings.ts";
import { type Dynalite, startDynalite } from "./support/dynalite.ts";
import { setDummyCredentials } from "./support/http-server.ts";

const SECRET = "visitor-key";
const MOST_GROWTH_BYTES = 32 * 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), "bedrock-chat-fuzz-"));
let database: Dynalite;
let secrets: { readonly url: string; close(): void | Promise<void> };
let aws: Server;
let handler: (event: unknown) => Promise<WebSocketResult>;
/** Bodies posted to connections since a test last took them. */
let posts: string[] = [];

before(async () => {
  database = await startDynalite();
  secrets = await startSecrets({ [SECRET]: visitorKeySecret() });
  // Stands for `@connections`, whose clients always take a frame, and for Lambda, which queues every invocation.
  aws = createServer((request, response) => {
    void readText(request).then((body) => {
      const isPost = request.url?.includes("/@connections/");
      if (isPost && request.method === "POST") posts.push(body);
      response.writeHead(isPost ? 200 : 202).end();
    });
  });
  aws.listen(0, "127.0.0.1");
  await once(aws, "listening");
  const url = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  const settings = join(folder, "settings.json");
  writeFileSync(
    settings,
    JSON.stringify({
      models: [{ id: "a", label: "A", modelId: "v.a", maxTokens: 100 }],
      tools: ["cart"],
      limits: Object.fromEntries(USAGE_LIMITS.map((name) => [name, 0])),
    }),
  );
  setDummyCredentials();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_LAMBDA: url,
    TABLE_NAME: database.tableName,
    CALLBACK_URL: `${url}/prod`,
    SETTINGS_FILE: settings,
    WORKER_FUNCTION_NAME: "worker",
    VISITOR_KEY_SECRET_ID: SECRET,
    LOG_LEVEL: "ERROR",
  });
  ({ handler } = await import("../src/handlers/router.ts"));
});

after(async () => {
  aws.close();
  aws.closeAllConnections();
  await secrets.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

const event = (
  eventType: "CONNECT" | "MESSAGE" | "DISCONNECT",
  connectionId: string,
  body?: string,
) => ({
  requestContext: { eventType, connectionId, requestId: "r", messageId: "m" },
  ...(body === undefined ? {} : { body }),
});

/** What the client of the connection is told by way of `body`. */
async function answersTo(body: string, connectionId: string) {
  posts = [];
  const result = await handler(event("MESSAGE", connectionId, body));
  assert.deepEqual(result, { statusCode: 200 });
  return posts;
}

/** One frame of the protocol, or the one `{"message"}` of a plain client. */
function assertOurs(post: string): void {
  const isPlain = /^\{"message":"(?:[^"\\]|\\.)*"\}$/.test(post);
  assert.ok(isPlain || parseServerFrame(post).kind === "frame", post);
  if (isPlain) return;
  const frame = JSON.parse(post) as ServerFrame;
  assert.ok(frame.type !== "error" || frame.code !== "internal", post);
}

// --- What is thrown ---

const ID = fc.constantFrom("t1", "t2", "conversation-1", "", "a b", "$", "é");
const ANY = fc.oneof(
  ID,
  fc.integer(),
  fc.double(),
  fc.constantFrom(null, true, {}, [], -1, 1e308),
  fc.jsonValue({ maxDepth: 6 }),
  fc.string({ unit: "binary", maxLength: 2_000 }),
);
const GARBLED = fc
  .record(
    {
      type: fc.oneof(
        fc.constantFrom(
          ...["hello", "send", "stop", "resume", "history", "feedback"],
          ...["forget", "tool-result", "ping", "ready", "$connect"],
        ),
        ANY,
      ),
      conversationId: ANY,
      turnId: ANY,
      text: ANY,
      model: ANY,
      context: ANY,
      tools: ANY,
      replaces: ANY,
      lastSeq: ANY,
      before: ANY,
      limit: ANY,
      rating: ANY,
      comment: ANY,
      toolCallId: ANY,
      output: ANY,
      visitorToken: ANY,
      authToken: ANY,
      client: ANY,
      data: ANY,
      ["__proto__"]: ANY,
      constructor: ANY,
    },
    { requiredKeys: [] },
  )
  .map((frame) => JSON.stringify(frame));
const CLIENT = { name: "fuzz", version: "1", locale: "en" };
/** Frames that get past validation, so that the rules behind it see something too. */
const SOUND = fc
  .record({
    type: fc.constantFrom(
      ...["send", "stop", "resume", "history", "feedback", "forget"],
    ),
    conversationId: fc.constantFrom("conversation-1", "conversation-2"),
    turnId: fc.constantFrom("t1", "t2", "t3"),
    text: fc.string({ unit: "binary", minLength: 1, maxLength: 9_000 }),
    lastSeq: fc.integer({ min: -1, max: 5 }),
    rating: fc.constantFrom("up", "down", "none"),
    replaces: fc.constantFrom("t1", "t2", "t9"),
  })
  .map((frame) => JSON.stringify(frame));
const HUGE = fc
  .tuple(
    fc.constantFrom("[", '{"a":', '"', "x", "\u0000", "😀", '{"data":"'),
    fc.integer({ min: 1, max: 40_000 }),
  )
  .map(([piece, times]) => piece.repeat(times));
const BODY = fc.oneof(
  GARBLED,
  SOUND,
  HUGE,
  fc.string({ unit: "binary", maxLength: 1_000 }),
);

describe("the router's handler, whatever it is invoked with", () => {
  it("returns one of its statuses for any event", async () => {
    /** Mostly what belongs there, so that many events get past the first look. */
    const mostly = (usual: fc.Arbitrary<unknown>) =>
      fc.oneof({ arbitrary: usual, weight: 40 }, { arbitrary: ANY, weight: 1 });
    const id = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });
    const header = fc.constantFrom(
      ...["Origin", "sec-websocket-protocol", "X-Forwarded-For", "__proto__"],
    );
    const anyEvent = fc.record({
      requestContext: mostly(
        fc.record({
          eventType: mostly(
            fc.constantFrom("CONNECT", "MESSAGE", "DISCONNECT"),
          ),
          connectionId: mostly(id),
          requestId: mostly(id),
          messageId: mostly(fc.oneof(id, fc.constant(undefined))),
          identity: mostly(fc.record({ sourceIp: mostly(fc.ipV4()) })),
        }),
      ),
      body: mostly(fc.oneof(BODY, fc.constant(undefined))),
      headers: mostly(fc.dictionary(header, mostly(fc.string()))),
      multiValueHeaders: mostly(fc.dictionary(header, fc.array(fc.string()))),
    });
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyEvent, ANY), async (event) => {
        posts = [];
        const { statusCode } = await handler(event);
        seen.set(statusCode, (seen.get(statusCode) ?? 0) + 1);
        posts.forEach(assertOurs);
      }),
      { numRuns: 600 },
    );
    // Of 600 about 180 are served and 60 refused for their origin: enough that no seed comes near to none.
    for (const status of [200, 400, 403])
      assert.ok(seen.get(status)! > 20, `${status} came too rarely to count`);
    assert.equal(seen.size, 3);
  });

  it("answers any frame by one of its own", async () => {
    let connections = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(BODY, { minLength: 1, maxLength: 8 }),
        async (saysHello, bodies) => {
          const connectionId = `c${++connections}=`;
          await handler(event("CONNECT", connectionId));
          const hello = JSON.stringify({ type: "hello", client: CLIENT });
          for (const body of saysHello ? [hello, ...bodies] : bodies)
            (await answersTo(body, connectionId)).forEach(assertOurs);
          await handler(event("DISCONNECT", connectionId));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("keeps nothing of millions of bytes", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const used = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const megabyteOf = async (round: number) => {
      for (let i = 0; i < 10; i++)
        for (const body of [
          `{"type":"send","text":"${"x".repeat(30_000)}"}`,
          `${"[".repeat(30_000)}${round}`,
          `{"type":"${"y".repeat(30_000)}${i}"}`,
          `${round}${"z".repeat(30_000)}`,
        ])
          (await answersTo(body, `m${round}-${i}`)).forEach(assertOurs);
    };
    await megabyteOf(0);
    const before = used();
    for (let round = 1; round <= 10; round++) await megabyteOf(round);
    const grown = used() - before;
    assert.ok(grown < MOST_GROWTH_BYTES, `${grown} bytes more are in use`);
  });
});
