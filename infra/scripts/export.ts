/** `npm run export -- --since 2026-01-01`: conversations with their ratings as JSON lines. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import config from "../bedrock-chat.config.ts";
import { readConversations } from "./conversations.ts";
import { readOutput } from "./outputs.ts";

const USAGE = `Usage: npm run export -- --since 2026-01-01 [--output conversations.jsonl] [--stage prod | --table <name>]

  --since    only conversations with a question on or after this day (UTC)
  --output   a file; default: standard output
  --stage    whose conversations, if this folder deployed it; default: ${config.defaultStage}
  --table    the TableName output of a deployment from elsewhere

It reads the whole table once, with your AWS credentials and region. What it writes is what visitors wrote.`;

const { values } = parseArgs({
  options: {
    since: { type: "string", default: "" },
    output: { type: "string" },
    stage: { type: "string", default: config.defaultStage },
    table: { type: "string" },
  },
});
const since = new Date(values.since);
const table = values.table ?? readOutput(values.stage, "TableName");
if (Number.isNaN(since.getTime()) || table === undefined) {
  console.error(
    table === undefined
      ? `The stage ${values.stage} was not deployed from this folder: name its --table.\n\n${USAGE}`
      : USAGE,
  );
  process.exit(2);
}

let count = 0;
async function* lines(tableName: string): AsyncGenerator<string> {
  const client = new DynamoDBClient({});
  for await (const conversation of readConversations(
    client,
    tableName,
    since,
  )) {
    count++;
    yield `${JSON.stringify(conversation)}\n`;
  }
  client.destroy();
}

await pipeline(
  Readable.from(lines(table)),
  values.output === undefined
    ? process.stdout
    : createWriteStream(values.output, { mode: 0o600 }),
);
console.error(`${count} conversations since ${since.toISOString()}.`);
