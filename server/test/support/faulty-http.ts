import { Readable } from "node:stream";
import { json } from "node:stream/consumers";
import { NodeHttpHandler } from "@smithy/node-http-handler";

type Handle = NodeHttpHandler["handle"];
type HttpResponse = Awaited<ReturnType<Handle>>["response"];

export interface Reply {
  readonly status: number;
  readonly output: Record<string, unknown>;
}

/** One DynamoDB call as a fault sees it. */
export interface Call {
  /** `PutItem`, `Query`, … */
  readonly operation: string;
  readonly input: Record<string, unknown>;
  /** Has DynamoDB do it, with another input if given. */
  readonly send: (input?: Record<string, unknown>) => Promise<Reply>;
}

/** Gives the client another reply, or throws what a broken connection throws; undefined leaves the call alone. */
export type Fault = (call: Call) => Promise<Reply> | undefined;

/** The SDK's own HTTP handler with a fault between the client and DynamoDB: below its retries and its parsing. */
export class FaultyHttp extends NodeHttpHandler {
  fault: Fault | undefined;
  /** Operations in the order in which they were attempted. */
  readonly attempts: string[] = [];

  override async handle(
    ...[request, options]: Parameters<Handle>
  ): Promise<{ response: HttpResponse }> {
    const operation = String(request.headers["x-amz-target"]).split(".")[1]!;
    this.attempts.push(operation);
    const send: Call["send"] = async (input) => {
      if (input) {
        request.body = JSON.stringify(input);
        const length = Buffer.byteLength(request.body as string);
        request.headers["content-length"] = String(length);
      }
      const { response } = await super.handle(request, options);
      const output = await json(response.body as Readable);
      return { status: response.statusCode, output: output as Reply["output"] };
    };
    const input = JSON.parse(
      new TextDecoder().decode(request.body as Uint8Array),
    ) as Call["input"];
    const reply = this.fault?.({ operation, input, send });
    if (!reply) return super.handle(request, options);
    const { status, output } = await reply;
    return {
      response: {
        statusCode: status,
        headers: { "content-type": "application/x-amz-json-1.0" },
        body: Readable.from([Buffer.from(JSON.stringify(output))]),
      },
    };
  }
}

/** How DynamoDB refuses a call that comes too fast. */
export const THROTTLED: Reply = {
  status: 400,
  output: {
    __type:
      "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    message: "The level of configured provisioned throughput was exceeded.",
  },
};

/** The connection that broke before the reply came. */
export const connectionReset = (): Error =>
  Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
