import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";
import { listen, readBody } from "./http.ts";

export interface LocalSecrets {
  readonly url: string;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 65_536;
const KEY_BYTES = 48;

/** Serves `GetSecretValue` of Secrets Manager for the given secrets. */
export async function startSecrets(
  secrets: Readonly<Record<string, string>>,
): Promise<LocalSecrets> {
  const createdAt = Math.floor(Date.now() / 1000);
  const server = createServer((request, response) => {
    void serve(request, response, secrets, createdAt);
  });
  return listen(server);
}

/** The secret with the key that signs visitor tokens: read from the file, or made once and written there. */
export function visitorKeySecret(file?: string): string {
  if (file === undefined) return newKeySecret();
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const secret = newKeySecret();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, secret, { mode: 0o600 });
  return secret;
}

function newKeySecret(): string {
  return JSON.stringify({
    current: randomBytes(KEY_BYTES).toString("base64url"),
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  secrets: Readonly<Record<string, string>>,
  createdAt: number,
): Promise<void> {
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === "aborted") return;
  const operation = request.headers["x-amz-target"];
  const { SecretId: id } = parseObject(body);
  if (operation !== "secretsmanager.GetSecretValue") {
    refuse(
      response,
      "UnknownOperationException",
      `Only GetSecretValue is served locally, not ${String(operation)}.`,
    );
  } else if (typeof id !== "string" || !Object.hasOwn(secrets, id)) {
    refuse(
      response,
      "ResourceNotFoundException",
      "Secrets Manager can't find the specified secret.",
    );
  } else {
    answer(response, 200, {
      ARN: `arn:aws:secretsmanager:us-east-1:000000000000:secret:${id}`,
      CreatedDate: createdAt,
      Name: id,
      SecretString: secrets[id],
      VersionId: versionOf(secrets[id]!),
      VersionStages: ["AWSCURRENT"],
    });
  }
}

function refuse(response: ServerResponse, name: string, message: string): void {
  answer(response, 400, { __type: name, Message: message, message });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, {
      "Content-Type": "application/x-amz-json-1.1",
      "x-amzn-RequestId": randomUUID(),
    })
    .end(JSON.stringify(body));
}

/** A UUID that stays the same as long as the value does. */
function versionOf(value: string): string {
  const hex = createHash("sha256").update(value).digest("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

function parseObject(body: Buffer | "too-large"): Record<string, unknown> {
  try {
    return Object(JSON.parse(body.toString())) as Record<string, unknown>;
  } catch {
    return {};
  }
}
