/** A Converse request as a request of the chat completions API. */
import type { ConverseBody, ConverseMessage } from "../endpoint-model.ts";

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly type: "function";
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
  readonly tool_call_id?: string;
}

const joined = (blocks: readonly { readonly text?: string }[]): string =>
  blocks.flatMap(({ text }) => text ?? []).join("\n\n");

/** The body to send; what Bedrock was not told, the other server is not told either. */
export function chatRequest(
  model: string,
  body: ConverseBody,
): Readonly<Record<string, unknown>> {
  const { maxTokens, temperature, topP, stopSequences } =
    body.inferenceConfig ?? {};
  const system = joined(body.system ?? []);
  const tools = (body.toolConfig?.tools ?? []).flatMap(({ toolSpec }) =>
    toolSpec
      ? {
          type: "function",
          function: {
            name: toolSpec.name,
            description: toolSpec.description,
            parameters: toolSpec.inputSchema.json,
          },
        }
      : [],
  );
  return {
    model,
    messages: [
      ...(system ? [{ role: "system", content: system } as const] : []),
      ...body.messages.flatMap(chatMessages),
    ],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    stop: stopSequences,
    tools: tools.length > 0 ? tools : undefined,
  };
}

/** What tools gave are messages of their own there; the question, if there is one, follows them. */
function chatMessages({ role, content }: ConverseMessage): ChatMessage[] {
  const results = content.flatMap(({ toolResult }) =>
    toolResult
      ? {
          role: "tool" as const,
          tool_call_id: toolResult.toolUseId,
          content: toolResult.content
            .map(({ text, json }) => text ?? JSON.stringify(json))
            .join("\n"),
        }
      : [],
  );
  const calls = content.flatMap(({ toolUse }) =>
    toolUse
      ? {
          id: toolUse.toolUseId,
          type: "function" as const,
          function: {
            name: toolUse.name,
            arguments: JSON.stringify(toolUse.input),
          },
        }
      : [],
  );
  const text = joined(content);
  const said = text || calls.length > 0 || results.length === 0;
  return [
    ...results,
    ...(said
      ? [
          {
            role,
            content: text,
            ...(calls.length > 0 ? { tool_calls: calls } : {}),
          },
        ]
      : []),
  ];
}
