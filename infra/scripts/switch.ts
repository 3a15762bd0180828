/** `npm run switch -- off`: stops all questions within ten seconds, without a deployment; `on` lets them through again. */
import { parseArgs } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { KILL_SWITCH } from "bedrock-chat-server/names";
import config from "../bedrock-chat.config.ts";
import { readOutput } from "./outputs.ts";

const USAGE = `Usage: npm run switch -- off|on [--stage prod | --table <name>]

  off        questions are refused; answers that are running go on to their end
  on         questions are answered
  --stage    which chat, if this folder deployed it; default: ${config.defaultStage}
  --table    the TableName output of a deployment from elsewhere

It writes one item, with your AWS credentials and region.`;

const { values, positionals } = parseArgs({
  options: {
    stage: { type: "string", default: config.defaultStage },
    table: { type: "string" },
  },
  allowPositionals: true,
});
const [position = ""] = positionals;
const table = values.table ?? readOutput(values.stage, "TableName");
if (
  positionals.length !== 1 ||
  !["off", "on"].includes(position) ||
  table === undefined
) {
  console.error(
    table === undefined
      ? `The stage ${values.stage} was not deployed from this folder: name its --table.\n\n${USAGE}`
      : USAGE,
  );
  process.exit(2);
}

const client = new DynamoDBClient({});
await DynamoDBDocumentClient.from(client).send(
  new PutCommand({
    TableName: table,
    Item: { ...KILL_SWITCH.key, [KILL_SWITCH.attribute]: position === "off" },
  }),
);
client.destroy();
console.error(
  position === "off"
    ? "Off: in ten seconds at most, no question is answered any more."
    : "On: in ten seconds at most, questions are answered again.",
);
