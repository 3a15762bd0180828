/** The operators' scripts, run as they are from a shell. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { text } from "node:stream/consumers";

/** Runs `infra/scripts/<name>.ts` against a DynamoDB at `endpoint`, and gives how it ended and what it said. */
export async function runScript(
  name: string,
  args: readonly string[],
  endpoint: string,
) {
  const script = fileURLToPath(
    new URL(`../../scripts/${name}.ts`, import.meta.url),
  );
  const child = spawn(process.execPath, [script, ...args], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
  });
  const [output, notice] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { code: child.exitCode, output, notice };
}
