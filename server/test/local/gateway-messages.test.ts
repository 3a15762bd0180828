import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type {
  ApiDefinition,
  MockIntegration,
  Route,
} from "../../local/gateway/definition.ts";
import { Gateway } from "../../local/gateway/gateway.ts";
import { API, GatewayHarness } from "./support/gateway-harness.ts";
import type { Play } from "./support/gateway-harness.ts";

const proxy = (functionName: string, more: Partial<Route> = {}): Route => ({
  integration: { type: "AWS_PROXY", functionName },
  ...more,
});
const withRoutes = (
  routes: Record<string, Route>,
  more: Partial<ApiDefinition> = {},
): { api: ApiDefinition } => ({ api: { ...API, ...more, routes } });

test("the route is what the selection expression yields, else $default", async () => {
  const options = withRoutes({
    $default: proxy("default"),
    ask: proxy("ask"),
    "7": proxy("seven"),
    true: proxy("true"),
    '["ask"]': proxy("array"),
    '{"a":1}': proxy("object"),
    $connect: proxy("connect"),
    toString: proxy("toString"),
  });
  const cases: [string, string, string][] = [
    ["not JSON", "default", "$default"],
    ["", "default", "$default"],
    ["7", "default", "$default"],
    ['"ask"', "default", "$default"],
    ["null", "default", "$default"],
    ['["ask"]', "default", "$default"],
    ["{}", "default", "$default"],
    ['{"type":null}', "default", "$default"],
    ['{"type":"unknown"}', "default", "$default"],
    ['{"type":"$default"}', "default", "$default"],
    ['{"type":"ask"}', "ask", "ask"],
    ['{"type":7}', "seven", "7"],
    ['{"type":true}', "true", "true"],
    ['{"type":["ask"]}', "array", '["ask"]'],
    ['{"type":{"a":1}}', "object", '{"a":1}'],
    // A client can name any route, that of connections included.
    ['{"type":"$connect"}', "connect", "$connect"],
    ['{"type":"toString"}', "toString", "toString"],
    ['{"type":"hasOwnProperty"}', "default", "$default"],
    ['{"type":"ask","type":"unknown"}', "default", "$default"],
  ];
  const seen: string[] = [];
  await using harness = await GatewayHarness.start((event, name) => {
    if (event.requestContext.eventType === "MESSAGE") seen.push(name);
    return { statusCode: 200 };
  }, options);
  const { client } = await harness.open();
  for (const [i, [body, functionName, routeKey]] of cases.entries()) {
    client.socket.send(body);
    const event = await harness.event(
      (e) => e === harness.events.filter((one) => one.body !== undefined)[i],
    );
    assert.equal(event.body, body);
    assert.equal(event.requestContext.routeKey, routeKey, body);
    assert.equal(seen[i], functionName, body);
  }
});

test("a selection expression may have braces and a path", async () => {
  await using harness = await GatewayHarness.start(
    undefined,
    withRoutes(
      { ask: proxy("ask"), $default: proxy("default") },
      { routeSelectionExpression: "${request.body.frame.kind}" },
    ),
  );
  const { client } = await harness.open();
  client.socket.send('{"frame":{"kind":"ask"}}');
  const event = await harness.event((e) => e.body !== undefined);
  assert.equal(event.requestContext.routeKey, "ask");
});

test("what a definition cannot mean is refused with a sentence", () => {
  const gateway = (api: Partial<ApiDefinition>) => () =>
    new Gateway({
      api: { ...API, ...api },
      invoke: () => Promise.reject(new Error("not called")),
    });
  assert.throws(
    gateway({ routeSelectionExpression: "$request.header.x" }),
    /The route selection expression \$request\.header\.x is not of the form/,
  );
  assert.throws(gateway({ stages: [] }), /at least one stage/);
  assert.throws(
    gateway({
      routes: {
        ask: {
          integration: {
            type: "AWS_PROXY",
            functionName: "f",
            timeoutMs: 29_001,
          },
        },
      },
    }),
    /Route ask: an integration timeout of 29001 ms/,
  );
  assert.throws(
    gateway({ routes: { p: mock({ templates: { $default: "$input" } }) } }),
    /Route p: the template \$input is not literal text/,
  );
});

const failures: [string, Play, string][] = [
  [
    "throws",
    () => {
      throw new Error("no");
    },
    "Internal server error",
  ],
  ["returns nothing", () => null, "Internal server error"],
  ["returns text", () => "fine", "Internal server error"],
  ["returns a list", () => [], "Internal server error"],
  ["returns no status", () => ({ body: "" }), "Internal server error"],
  [
    "returns an object as body",
    () => ({ statusCode: 200, body: {} }),
    "Internal server error",
  ],
  [
    "is too slow",
    () => new Promise(() => undefined),
    "Endpoint request timed out",
  ],
];
for (const [what, play, said] of failures) {
  test(`a function that ${what} gives one frame: ${said}`, async () => {
    await using harness = await GatewayHarness.start(
      play,
      withRoutes({
        $default: {
          integration: {
            type: "AWS_PROXY",
            functionName: "f",
            timeoutMs: 50,
          },
        },
      }),
    );
    const { client, id } = await harness.open();
    client.socket.send("{}");
    const frame = await client.frame(0);
    const { requestId } = harness.events[0]!.requestContext;
    assert.equal(
      frame,
      `{"message": "${said}", "connectionId":"${id}", "requestId":"${requestId}"}`,
    );
    // The connection stays.
    assert.deepEqual(harness.gateway.connectionIds, [id]);
    client.socket.send("{}");
    await client.frame(1);
  });
}

test("without a route and without $default the answer is Forbidden", async () => {
  await using harness = await GatewayHarness.start(
    undefined,
    withRoutes({ ask: proxy("ask") }),
  );
  const { client, id } = await harness.open();
  client.socket.send('{"type":"other"}');
  assert.match(
    await client.frame(0),
    new RegExp(
      `^\\{"message": "Forbidden", "connectionId":"${id}", "requestId":"[\\w-]{15}="\\}$`,
    ),
  );
  assert.equal(harness.events.length, 0);
});

test("a handler goes on after its time-out frame and may still post", async () => {
  const late = Promise.withResolvers<{ statusCode: number }>();
  const done = Promise.withResolvers<void>();
  await using harness = await GatewayHarness.start(
    async () => {
      await late.promise;
      done.resolve();
      return { statusCode: 200, body: "too late" };
    },
    withRoutes({
      $default: {
        routeResponse: true,
        integration: { type: "AWS_PROXY", functionName: "f", timeoutMs: 50 },
      },
      ping: mock(),
    }),
  );
  const { client } = await harness.open();
  client.socket.send("{}");
  assert.match(await client.frame(0), /Endpoint request timed out/);
  late.resolve({ statusCode: 200 });
  await done.promise;
  client.socket.send('{"type":"ping"}');
  // What the handler returned came too late to be sent.
  assert.equal(await client.frame(1), '{"type":"pong"}');
});

test("what a function returns is sent only over a route with a route response", async () => {
  const play: Play = ({ body }) => ({
    statusCode: Number(body?.match(/\d+/)?.[0] ?? 200),
    body: `answer to ${body}`,
  });
  await using harness = await GatewayHarness.start(
    play,
    withRoutes({
      $default: proxy("f"),
      answered: proxy("f", { routeResponse: true }),
    }),
  );
  const { client } = await harness.open();
  for (const status of [200, 201, 301, 401, 501]) {
    client.socket.send(JSON.stringify({ status }));
  }
  client.socket.send('{"type":"answered","n":500}');
  assert.equal(await client.frame(0), 'answer to {"type":"answered","n":500}');
  assert.equal(client.frames.length, 1);
});

test("a base64 body is decoded, and an empty one is no frame", async () => {
  const bodies = [undefined, null, "", "w7w="];
  await using harness = await GatewayHarness.start(
    ({ body }) => ({
      statusCode: 200,
      body: bodies[Number(body)],
      isBase64Encoded: true,
    }),
    withRoutes({ $default: proxy("f", { routeResponse: true }) }),
  );
  const { client } = await harness.open();
  for (const i of bodies.keys()) client.socket.send(String(i));
  assert.equal(await client.frame(0), "ü");
  assert.equal(client.frames.length, 1);
});

test("frames of one connection run concurrently", async () => {
  const first = Promise.withResolvers<object>();
  await using harness = await GatewayHarness.start(
    ({ body }) => (body === "1" ? first.promise : { statusCode: 200, body }),
    withRoutes({ $default: proxy("f", { routeResponse: true }) }),
  );
  const { client } = await harness.open();
  client.socket.send("1");
  client.socket.send("2");
  assert.equal(await client.frame(0), "2");
  first.resolve({ statusCode: 200, body: "1" });
  assert.equal(await client.frame(1), "1");
});

function mock(
  { templates = { $default: '{"type":"pong"}' }, key = "$default" } = {},
  more: Partial<MockIntegration> = {},
  routeResponse = true,
): Route {
  return {
    routeResponse,
    integration: {
      type: "MOCK",
      templateSelectionExpression: "\\$default",
      requestTemplates: { $default: '{"statusCode":200}' },
      responses: [{ key, templates }],
      ...more,
    },
  };
}

const pings: [string, Route, string | undefined][] = [
  ["answers", mock(), '{"type":"pong"}'],
  [
    "answers by a matching pattern",
    mock({ key: "/2\\d\\d/" }),
    '{"type":"pong"}',
  ],
  [
    "answers by the template that it selects",
    mock(
      {},
      {
        templateSelectionExpression: "200",
        requestTemplates: { "200": '{"statusCode":200}' },
      },
    ),
    '{"type":"pong"}',
  ],
  [
    "says nothing without an integration response",
    mock({}, { responses: [] }),
    undefined,
  ],
  [
    "says nothing when no integration response matches",
    mock({ key: "/5\\d\\d/" }),
    undefined,
  ],
  ["says nothing without a route response", mock({}, {}, false), undefined],
  [
    "fails without a request template",
    mock({}, { requestTemplates: {} }),
    "Internal server error",
  ],
  [
    "fails when the request template gives no status",
    mock({}, { requestTemplates: { $default: "{}" } }),
    "Internal server error",
  ],
  [
    "fails when the request template is no JSON",
    mock({}, { requestTemplates: { $default: "status 200" } }),
    "Internal server error",
  ],
];
for (const [what, route, answer] of pings) {
  test(`a MOCK route ${what}, and runs no function`, async () => {
    await using harness = await GatewayHarness.start(
      undefined,
      withRoutes({
        ping: route,
        sync: mock({ templates: { $default: "sync" } }),
      }),
    );
    const { client } = await harness.open();
    client.socket.send('{"type":"ping"}');
    client.socket.send('{"type":"sync"}');
    const first = await client.frame(0);
    if (answer === undefined) assert.equal(first, "sync");
    else if (answer.startsWith("{")) assert.equal(first, answer);
    else assert.match(first, new RegExp(`^\\{"message": "${answer}"`));
    assert.equal(harness.events.length, 0);
  });
}

test("a ping of the WebSocket protocol is answered by a pong", async () => {
  await using harness = await GatewayHarness.start();
  const { client } = await harness.open();
  const pong = once(client.socket, "pong") as Promise<[Buffer]>;
  client.socket.ping("are you there");
  assert.equal((await pong)[0].toString(), "are you there");
});
