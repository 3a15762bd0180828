/** The app: synthesizes the stage that the configuration, the context or the environment names. */
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import config from "../bedrock-chat.config.ts";
import { chooseStage } from "./config.ts";
import { BedrockChatStack } from "./stack.ts";

const app = new App();
new BedrockChatStack(app, chooseStage(config, app.node, process.env));
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
