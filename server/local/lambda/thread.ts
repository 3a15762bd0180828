/**
 * Runs inside a worker thread: loads one handler module and serves invocations, as the Lambda runtime does. The thread's
 * `env` is the function's environment, so module scope is built once per thread.
 */
import { parentPort, workerData } from "node:worker_threads";
import type {
  FunctionError,
  FromThread,
  ThreadData,
  ToThread,
} from "./messages.ts";

type Handler = (event: unknown, context: object) => unknown;

const data = workerData as ThreadData;
const port = parentPort!;
const say = (message: FromThread) => port.postMessage(message);

const handler = await load();
if (handler) {
  port.on("message", (message: ToThread) => void run(handler, message));
  say({ type: "ready" });
}

async function load(): Promise<Handler | undefined> {
  try {
    const module = (await import(data.entry)) as Record<string, unknown>;
    const exported = module[data.handler];
    if (typeof exported === "function") return exported as Handler;
    say({
      type: "init-failed",
      error: {
        errorType: "Runtime.HandlerNotFound",
        errorMessage: `${data.entry} exports no function ${data.handler}`,
        trace: [],
      },
    });
  } catch (error) {
    say({ type: "init-failed", error: describe(error) });
  }
  return undefined;
}

async function run(handler: Handler, message: ToThread): Promise<void> {
  const { id, payload } = message;
  try {
    const result = await handler(JSON.parse(payload), context(message));
    say({ type: "result", id, payload: JSON.stringify(result ?? null) });
  } catch (error) {
    say({ type: "failed", id, error: describe(error) });
  }
}

function context({ requestId, deadline }: ToThread): object {
  return {
    awsRequestId: requestId,
    functionName: data.functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: data.functionArn,
    memoryLimitInMB: String(data.memoryMb),
    logGroupName: `/aws/lambda/${data.functionName}`,
    logStreamName: "local",
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function describe(error: unknown): FunctionError {
  if (error instanceof Error) {
    return {
      errorType: error.name,
      errorMessage: error.message,
      trace: (error.stack ?? "").split("\n"),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}
