import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { LOCAL_CREDENTIALS } from "./credentials.ts";
import { startSecrets, visitorKeySecret } from "./secrets.ts";

test("the SDK reads a secret, and learns which one does not exist", async () => {
  const secrets = await startSecrets({ "visitor-key": "the value" });
  const client = new SecretsManagerClient({
    ...LOCAL_CREDENTIALS,
    endpoint: secrets.url,
    maxAttempts: 1,
  });
  const value = (SecretId: string) =>
    client.send(new GetSecretValueCommand({ SecretId }));
  const answer = await value("visitor-key");
  assert.equal(answer.SecretString, "the value");
  assert.equal(answer.Name, "visitor-key");
  assert.deepEqual(answer.VersionStages, ["AWSCURRENT"]);
  assert.match(
    answer.VersionId!,
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  );
  assert.ok(answer.CreatedDate instanceof Date);
  await assert.rejects(value("other"), ResourceNotFoundException);
  await assert.rejects(value("toString"), ResourceNotFoundException);
  await assert.rejects(client.send(new ListSecretsCommand({})), {
    name: "UnknownOperationException",
  });
  client.destroy();
  await secrets.close();
});

test("the visitor key is made once, kept, and readable by its owner only", () => {
  const folder = mkdtempSync(join(tmpdir(), "bedrock-chat-secrets-"));
  const file = join(folder, "state", "visitor-key.json");
  const secret = visitorKeySecret(file);
  const { current } = JSON.parse(secret) as { current: string };
  assert.ok(current.length >= 64);
  assert.equal(visitorKeySecret(file), secret);
  if (process.platform !== "win32") {
    assert.equal(statSync(file).mode & 0o777, 0o600);
  }
  assert.notEqual(visitorKeySecret(join(folder, "other.json")), secret);
  assert.notEqual(visitorKeySecret(), visitorKeySecret());
  rmSync(folder, { recursive: true });
});
