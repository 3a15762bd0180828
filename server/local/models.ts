import { readFileSync } from "node:fs";
import { parseSettings } from "../src/settings.ts";
import { accessToAws, accessToEndpoint } from "./bedrock-access.ts";
import { createDemoModel } from "./bedrock/demo-model.ts";
import { createOpenAiModel } from "./bedrock/openai-model.ts";
import type { ModelChoice } from "./options.ts";
import { UsageError } from "./options.ts";
import type { BedrockChoice } from "./stack.ts";

/** A choice of the command line, made concrete. */
export interface ChosenModel {
  readonly bedrock: BedrockChoice;
  /** For the settings file, or the path of the user's own. */
  readonly settings: object | string;
  /** Who answers, for people. */
  readonly description: string;
}

const DEFAULT_BEDROCK_MODEL = "global.anthropic.claude-haiku-4-5-20251001-v1:0";
/** The tools of the demo page. Only the demo model is sure to take any: other models and servers may refuse them. */
const DEMO_TOOLS = ["set_theme"];
const SYSTEM_PROMPT =
  "You are a helpful assistant in a chat on a web page. Answer briefly, in Markdown.";

/** Throws `UsageError` when the environment lacks what the choice needs. */
export async function chooseModel(
  choice: ModelChoice,
  env: NodeJS.ProcessEnv,
): Promise<ChosenModel> {
  const own = ownSettings(env);
  const bedrockModelId = env["BEDROCK_MODEL_ID"] || DEFAULT_BEDROCK_MODEL;
  const bedrockModel = {
    id: "default",
    label: bedrockModelId,
    modelId: bedrockModelId,
    maxTokens: 4_096,
    contextTokens: 100_000,
  };
  const withPrompt = (model: object) => ({
    models: [model],
    systemPrompt: SYSTEM_PROMPT,
  });
  switch (choice.kind) {
    case "demo":
      return {
        bedrock: { serve: { model: createDemoModel(), record: false } },
        settings: own ?? {
          models: [
            {
              id: "demo",
              label: "Demo model",
              modelId: "local.demo-model",
              maxTokens: 64_000,
              contextTokens: 200_000,
            },
          ],
          tools: DEMO_TOOLS,
        },
        description:
          "the demo model (no language model: it searches this project's documentation; try /help)",
      };
    case "server":
      return {
        bedrock: {
          serve: { model: createOpenAiModel(choice), record: false },
        },
        settings:
          own ??
          withPrompt({
            id: "default",
            label: choice.name,
            modelId: "local.openai-compatible",
            maxTokens: 2_048,
            // What servers for small models commonly allow unless told otherwise.
            contextTokens: 8_192,
          }),
        description: `${choice.name} at ${choice.url}`,
      };
    case "bedrock":
      return {
        bedrock: { elsewhere: await accessToAws(env) },
        settings: own ?? withPrompt(bedrockModel),
        description: `Amazon Bedrock, ${own ? "models of SETTINGS_FILE" : bedrockModelId} (your AWS account is charged)`,
      };
    case "endpoint":
      return {
        bedrock: { elsewhere: accessToEndpoint(env, choice.url) },
        settings: own ?? withPrompt(bedrockModel),
        description: `${own ? "models of SETTINGS_FILE" : bedrockModelId} at ${choice.url}`,
      };
  }
}

/** The path in `SETTINGS_FILE`, if that is set, once its content is known to be legal. */
function ownSettings(env: NodeJS.ProcessEnv): string | undefined {
  const file = env["SETTINGS_FILE"];
  if (!file) return undefined;
  try {
    parseSettings(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new UsageError(
      `SETTINGS_FILE is ${file}, which cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return file;
}
