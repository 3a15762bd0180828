import { CfnOutput } from "aws-cdk-lib";
import { Construct } from "constructs";
import { ChatApi } from "./chat-api.ts";
import { ChatFunctions } from "./chat-functions.ts";
import { ChatTable } from "./chat-table.ts";
import type { ModelAccessOptions } from "./model-access.ts";
import type { ChatSettings } from "./settings.ts";
import { VisitorKey } from "./visitor-key.ts";

export interface BedrockChatProps extends ChatSettings, ModelAccessOptions {
  /**
   * Last part of the API's URL.
   *
   * @default "prod"
   */
  readonly stageName?: string;
}

/** A chat with Amazon Bedrock, whole: the API, the functions, the table. */
export class BedrockChat extends Construct {
  readonly api: ChatApi;
  readonly functions: ChatFunctions;
  readonly table: ChatTable;
  readonly visitorKey: VisitorKey;

  constructor(scope: Construct, id: string, props: BedrockChatProps) {
    super(scope, id);
    this.api = new ChatApi(this, "Api", { stageName: props.stageName });
    this.table = new ChatTable(this, "Table");
    this.visitorKey = new VisitorKey(this, "VisitorKey");
    this.functions = new ChatFunctions(this, "Functions", {
      ...props,
      api: this.api,
      table: this.table,
      visitorKey: this.visitorKey,
    });
    new CfnOutput(this, "WebSocketUrl", {
      description: "The widget's endpoint",
      value: this.api.stage.url,
    });
  }
}
