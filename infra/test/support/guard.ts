import { createServer, type IncomingMessage, request } from "node:http";
import { pipeline } from "node:stream/promises";
import {
  listen,
  type Listening,
  readBody,
} from "../../../server/local/http.ts";
import { ACCOUNT, API_ID, REGION } from "./deployed-template.ts";
import type { Ask } from "./permissions.ts";

const MOST_BYTES = 10_000_000;

/** What one service's requests ask for. */
export type Reader = (request: IncomingMessage, body: string) => Ask[];

interface GuardOptions {
  /** The service's own endpoint; told later where it is known later. */
  readonly target: () => string;
  readonly asks: Reader;
  readonly isAllowed: (ask: Ask) => boolean;
  readonly onDenied: (ask: Ask) => void;
}

/** Stands in front of a service for one caller and lets through what its role allows, as IAM does on AWS. */
export async function startGuard(options: GuardOptions): Promise<Listening> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await readBody(incoming, MOST_BYTES);
      if (typeof body === "string") return void outgoing.destroy();
      const denied = options
        .asks(incoming, body.toString())
        .find((ask) => !options.isAllowed(ask));
      if (denied) {
        options.onDenied(denied);
        const message = `Not authorized to perform ${denied.action} on ${denied.resource}`;
        outgoing
          .writeHead(403, { "x-amzn-errortype": "AccessDeniedException" })
          .end(JSON.stringify({ __type: "AccessDeniedException", message }));
        return;
      }
      const forwarded = request(
        new URL(incoming.url ?? "/", options.target()),
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          // Whoever hangs up first ends the other side too: that is how answers are stopped.
          pipeline(answer, outgoing).catch(() => outgoing.destroy());
        },
      );
      outgoing.on("close", () => forwarded.destroy());
      forwarded.on("error", () => outgoing.destroy());
      forwarded.end(body);
    })();
  });
  return listen(server);
}

export const readDynamoDb: Reader = ({ headers }, body) => {
  const operation = String(headers["x-amz-target"]).split(".")[1]!;
  const { TableName, IndexName, RequestItems } = JSON.parse(body) as {
    TableName?: string;
    IndexName?: string;
    RequestItems?: Record<string, unknown>;
  };
  const tables = TableName ? [TableName] : Object.keys(RequestItems ?? {});
  return tables.map((table) => ({
    action: `dynamodb:${operation}`,
    resource:
      `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${table}` +
      (IndexName === undefined ? "" : `/index/${IndexName}`),
  }));
};

export const readSecrets: Reader = ({ headers }, body) => [
  {
    action: `secretsmanager:${String(headers["x-amz-target"]).split(".")[1]}`,
    resource: (JSON.parse(body) as { SecretId: string }).SecretId,
  },
];

export const readLambda: Reader = ({ url = "" }) => {
  const [, name = ""] = /\/functions\/([^/]+)\/invocations/.exec(url) ?? [];
  return [
    {
      action: "lambda:InvokeFunction",
      resource: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${decodeURIComponent(name)}`,
    },
  ];
};

/**
 * A profile needs itself, and its model where the request lands: here in the region it came from. A guardrail is applied by
 * whoever calls the model.
 */
export const readBedrock: Reader = ({ url = "" }, body) => [
  ...readModel(url),
  ...readGuardrail(body),
];

function readGuardrail(body: string): Ask[] {
  const { guardrailConfig } = JSON.parse(body) as {
    guardrailConfig?: { guardrailIdentifier: string };
  };
  if (!guardrailConfig) return [];
  const { guardrailIdentifier: id } = guardrailConfig;
  const resource = id.startsWith("arn:")
    ? id
    : `arn:aws:bedrock:${REGION}:${ACCOUNT}:guardrail/${id}`;
  return [{ action: "bedrock:ApplyGuardrail", resource }];
}

function readModel(url: string): Ask[] {
  const [, id = "", operation] = /^\/model\/([^/]+)\/([a-z-]+)/.exec(url) ?? [];
  const modelId = decodeURIComponent(id);
  const action =
    operation === "converse-stream"
      ? "bedrock:InvokeModelWithResponseStream"
      : "bedrock:InvokeModel";
  const foundation = (name: string) =>
    `arn:aws:bedrock:${REGION}::foundation-model/${name}`;
  const [, model] = /^(?:global|us|eu|apac)\.(.+)$/.exec(modelId) ?? [];
  if (model === undefined) return [{ action, resource: foundation(modelId) }];
  const profile = `arn:aws:bedrock:${REGION}:${ACCOUNT}:inference-profile/${modelId}`;
  return [
    { action, resource: profile },
    {
      action,
      resource: foundation(model),
      context: { "bedrock:InferenceProfileArn": profile },
    },
  ];
}

/** IAM sees the path with a placeholder in place of the connection's id. */
export const readConnections: Reader = ({ url = "", method = "" }) => {
  const [, stage] = url.split("/");
  return [
    {
      action: "execute-api:ManageConnections",
      resource: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${API_ID}/${stage}/${method}/@connections/{connectionId}`,
    },
  ];
};
