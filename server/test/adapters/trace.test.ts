/** Tracing as on Lambda: a process with Lambda's environment, a UDP socket in place of the X-Ray daemon. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const FIXTURE = fileURLToPath(
  new URL("./fixtures/traced-call.ts", import.meta.url),
);
const TRACE_ID = "1-5759e988-bd862e3fe1be46a994272793";
const run = promisify(execFile);

/** Runs the call, and gives what the daemon and DynamoDB got of it. */
async function call(t: TestContext, tracing: "on" | "off") {
  const daemon = createSocket("udp4");
  daemon.bind(0, "127.0.0.1");
  await once(daemon, "listening");
  t.after(() => daemon.close());
  const segments: Record<string, unknown>[] = [];
  daemon.on("message", (datagram) => {
    const [, segment = ""] = datagram.toString().split("\n");
    segments.push(JSON.parse(segment) as Record<string, unknown>);
  });

  const traceHeaders: unknown[] = [];
  const dynamodb = createServer((request, response) => {
    traceHeaders.push(request.headers["x-amzn-trace-id"]);
    response.end("{}");
  });
  dynamodb.listen(0, "127.0.0.1");
  await once(dynamodb, "listening");
  t.after(() => dynamodb.close());

  const { stdout, stderr } = await run(
    process.execPath,
    ["--no-warnings", FIXTURE, tracing],
    {
      env: {
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(dynamodb.address() as AddressInfo).port}`,
        AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
        AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
        LAMBDA_TASK_ROOT: "/var/task",
        _X_AMZN_TRACE_ID: `Root=${TRACE_ID};Parent=557abcec3ee5a047;Sampled=1`,
      },
    },
  );
  return { segments, traceHeaders, output: stdout + stderr };
}

test("a call is told to X-Ray, without what is in it, and carries the trace on", async (t) => {
  const { segments, traceHeaders, output } = await call(t, "on");
  assert.equal(output, "");
  assert.equal(segments.length, 1);
  const { trace_id, name, namespace, aws } = segments[0]!;
  assert.deepEqual([trace_id, name, namespace], [TRACE_ID, "DynamoDB", "aws"]);
  assert.equal((aws as { operation: string }).operation, "PutItem");
  assert.doesNotMatch(JSON.stringify(segments), /secret/);
  assert.match(String(traceHeaders[0]), new RegExp(`Root=${TRACE_ID}`));
});

test("without tracing a call is only a call", async (t) => {
  const { segments, traceHeaders, output } = await call(t, "off");
  assert.equal(output, "");
  assert.deepEqual(segments, []);
  assert.deepEqual(traceHeaders, [undefined]);
});
