/** `npm run smoke -- wss://…`: tries a deployment as a visitor would, and says in words what is wrong. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import config from "../bedrock-chat.config.ts";
import { readOutput } from "./outputs.ts";
import { probe, probeModels } from "./probe.ts";

const USAGE = `Usage: npm run smoke -- [wss://…] [--origin https://…] [--stage prod] [--region us-east-1]

  wss://…    the WebSocketUrl output; default: that of the stage, if this folder deployed it
  --origin   the page to pretend to be, where the API admits some only
  --stage    whose URL it is, and whose models to ask for when the chat cannot; default: ${config.defaultStage}
  --region   where to ask for them; default: the URL's, or AWS_REGION`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    origin: { type: "string" },
    stage: { type: "string", default: config.defaultStage },
    region: { type: "string" },
  },
});
const url = positionals[0] ?? readOutput(values.stage, "WebSocketUrl");
if (url === undefined || !/^wss?:\/\//.test(url)) {
  console.error(USAGE);
  process.exit(2);
}

const finding = await probe(url, { origin: values.origin });
if (finding !== undefined) {
  console.error(`✘ ${finding}`);
  for (const more of await askForModels()) console.error(`✘ ${more}`);
  process.exit(1);
}
console.log("✔ A question was answered. Now the whole suite:\n");
const { status } = spawnSync(
  process.execPath,
  ["--test", join(import.meta.dirname, "smoke-suite.ts")],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      SMOKE_URL: url,
      ...(values.origin !== undefined && { SMOKE_ORIGIN: values.origin }),
    },
  },
);
process.exit(status ?? 1);

/** Only whoever has credentials can ask Bedrock itself. */
async function askForModels(): Promise<string[]> {
  const region =
    values.region ??
    /\.execute-api\.([a-z0-9-]+)\./.exec(url!)?.[1] ??
    process.env.AWS_REGION;
  const models = config.stages[values.stage]?.models;
  if (region === undefined || !models) return [];
  return probeModels(
    models.map(({ modelId }) => modelId),
    region,
  );
}
