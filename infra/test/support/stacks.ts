import { resolve } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import type { Template } from "aws-cdk-lib/assertions";
import { ChatApi } from "../../lib/chat-api.ts";
import {
  ChatFunctions,
  type ChatFunctionsProps,
} from "../../lib/chat-functions.ts";
import { ChatTable } from "../../lib/chat-table.ts";
import type { ChatModel } from "../../lib/settings.ts";
import { VisitorKey } from "../../lib/visitor-key.ts";

/** Handlers for tests in which only the template counts. */
export const handlersPath = resolve(import.meta.dirname, "../handlers");

/** A built widget for such tests. */
export const widgetPath = resolve(import.meta.dirname, "../widget");

/** A model whose permissions are easy to recognise. */
export const model: ChatModel = {
  id: "lite",
  label: "Nova Lite",
  modelId: "amazon.nova-lite-v1:0",
  maxTokens: 1_000,
};

/** A stack of its own app, whose assets are not copied. */
export function newStack(): Stack {
  return new Stack(new App({ context: { "aws:cdk:bundling-stacks": [] } }));
}

/** The parts of a chat that others refer to. */
export function newChat(stack: Stack, props: Partial<ChatFunctionsProps> = {}) {
  const api = new ChatApi(stack, "Api");
  const table = new ChatTable(stack, "Table");
  const functions = new ChatFunctions(stack, "Functions", {
    api,
    table,
    visitorKey: new VisitorKey(stack, "VisitorKey"),
    models: [model],
    handlersPath,
    ...props,
  });
  return { api, table, functions };
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Statements of every policy of the role that serves `principal`, actions as lists. */
export function statementsOf(
  template: Template,
  roleLogicalId: string,
): { actions: string[]; resources: unknown[]; condition?: unknown }[] {
  const policies = Object.values(
    template.findResources("AWS::IAM::Policy"),
  ) as {
    Properties: {
      Roles: { Ref: string }[];
      PolicyDocument: { Statement: Statement[] };
    };
  }[];
  return policies
    .filter(({ Properties }) =>
      Properties.Roles.some(({ Ref }) => Ref === roleLogicalId),
    )
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .map(({ Action, Resource, Condition }) => ({
      actions: [Action].flat(),
      resources: [Resource].flat(),
      condition: Condition,
    }));
}
