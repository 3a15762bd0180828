/** A chat on the local stack in which everything happens that is logged or counted, and what its functions wrote meanwhile. */
import {
  DynamoDBClient,
  ListTablesCommand,
  paginateScan,
} from "@aws-sdk/client-dynamodb";
import type { EndpointModel } from "../../local/bedrock/endpoint-model.ts";
import { textEvents } from "../../local/bedrock/scripted-model.ts";
import { startLocalStack, type LocalStack } from "../../local/stack.ts";
import { ChatClient } from "./chat-client.ts";
import { DUMMY_CREDENTIALS } from "./dynalite.ts";
import type { JsonLine } from "./json-lines.ts";

/** Stands in everything that a visitor, the page or the model writes. */
export const SECRET = "Xyzzy";

export interface EventfulChat {
  /** Everything that the functions wrote, line by line. */
  readonly lines: readonly string[];
  /** The same, parsed. */
  readonly entries: readonly JsonLine[];
  /** Tokens that clients were given. */
  readonly tokens: readonly string[];
  readonly conversationId: string;
  /** The whole table, as JSON item by item, before and after the conversation was forgotten. */
  readonly stored: readonly string[];
  readonly left: readonly string[];
}

export async function holdEventfulChat(
  options: { readonly logFrames?: boolean } = {},
): Promise<EventfulChat> {
  const lines: string[] = [];
  const stack = await startLocalStack({
    bedrock: { serve: { model: eventfulModel() } },
    settings: {
      models: [
        {
          id: "test",
          label: "Test model",
          modelId: "local.test-model",
          maxTokens: 4_096,
          prices: { inputPerMillion: 1, outputPerMillion: 5 },
        },
      ],
      systemPrompt: `${SECRET} is the word.`,
      tools: ["cart"],
    },
    logLevel: "DEBUG",
    onFunctionLog: (_name, line) => lines.push(line),
    ...options,
  });
  try {
    const talk = await converse(stack);
    return {
      lines,
      entries: lines.map((line) => JSON.parse(line) as JsonLine),
      ...talk,
    };
  } finally {
    await stack.close();
  }
}

async function converse({ webSocketUrl: url, dynamodb }: LocalStack) {
  const conversationId = crypto.randomUUID();
  const client = await ChatClient.connect(url);
  for (const body of [
    `${SECRET} is no JSON`,
    `"${SECRET}"`,
    `{"type":"${SECRET}"}`,
    `{"type":"stop","conversationId":"${SECRET} ","turnId":"t"}`,
    `{"type":"feedback","rating":"${SECRET}","turnId":"t","conversationId":"c"}`,
    `{"type":"send","text":"${SECRET.repeat(6_400)}"}`,
    `{"type":"send","text":"${SECRET}","context":${"[".repeat(100)}${"]".repeat(100)}}`,
    `{"type":"history","conversationId":"c"}`,
  ]) {
    const from = client.texts.length;
    client.socket.send(body);
    await client.frame("error", undefined, from);
  }
  const { visitorToken } = await client.hello({
    visitorToken: `v1.${SECRET}.${SECRET}`,
    client: { name: SECRET, version: SECRET, locale: SECRET },
  });

  const context = {
    url: `https://shop.example/${SECRET}`,
    title: SECRET,
    data: { [SECRET]: SECRET },
  };
  const { turnId } = await client.answer(conversationId, SECRET, { context });
  for (const rating of ["up", "down"] as const)
    client.send({
      type: "feedback",
      conversationId,
      turnId,
      rating,
      comment: SECRET,
    });
  await client.fence();

  const asked = await client.ask(conversationId, `${SECRET} tool`, {
    tools: [
      { name: "cart", description: SECRET, inputSchema: { type: "object" } },
    ],
  });
  const { toolCallId } = await client.frame("tool-call");
  client.send({
    type: "tool-result",
    conversationId,
    turnId: asked,
    toolCallId,
    output: { [SECRET]: SECRET },
  });
  await client.turn(asked);

  await client.answer(conversationId, `${SECRET} throttle`);
  await client.answer(conversationId, `${SECRET} cut`);
  await client.answer(conversationId, `${SECRET} invalid`);

  const long = await client.ask(conversationId, `${SECRET} endless`);
  await client.frame("turn-start", (frame) => frame.turnId === long);
  client.send({ type: "resume", conversationId, turnId: long, lastSeq: -1 });
  await client.frame("ack", (ack) => ack.turnId === long && !!ack.duplicate);
  client.send({ type: "stop", conversationId, turnId: long });
  await client.turn(long);

  const plain = await ChatClient.connect(url, { protocols: [] });
  plain.socket.send(JSON.stringify({ data: SECRET }));
  await plain.text();
  await plain.close();

  const stored = await itemsAt(dynamodb.url);
  client.send({ type: "forget", conversationId });
  await client.frame("forgotten");
  const left = await itemsAt(dynamodb.url);
  await client.close();
  return { tokens: [visitorToken], conversationId, stored, left };
}

/** Every item of every table. */
async function itemsAt(endpoint: string): Promise<string[]> {
  const client = new DynamoDBClient({ ...DUMMY_CREDENTIALS, endpoint });
  const { TableNames = [] } = await client.send(new ListTablesCommand());
  const items: string[] = [];
  for (const TableName of TableNames)
    for await (const page of paginateScan({ client }, { TableName }))
      items.push(...(page.Items ?? []).map((item) => JSON.stringify(item)));
  client.destroy();
  return items;
}

/** Does what the last word of the question says, with the secret in all that it says. */
function eventfulModel(): EndpointModel {
  let throttled = false;
  return {
    async *generate({ body }, signal) {
      const last = body.messages.at(-1)?.content.at(-1);
      const word = last?.text?.split(" ").at(-1);
      if (word === "throttle" && !throttled) {
        throttled = true;
        yield {
          type: "exception",
          name: "ThrottlingException",
          message: "No.",
        };
      }
      if (word === "invalid")
        yield {
          type: "exception",
          name: "ValidationException",
          message: `1 validation error detected: Value '${SECRET}' at 'messages.1.member' failed to satisfy constraint: Member must not be null`,
        };
      if (word === "tool") {
        yield {
          type: "tool-use",
          toolUseId: "tooluse_1",
          name: "cart",
          inputPieces: [`{"${SECRET}":1}`],
        };
        yield { type: "stop", stopReason: "tool_use" };
        return;
      }
      yield* textEvents(`${SECRET} is the answer.`);
      if (word === "cut") yield { type: "cut", how: "clean" };
      if (word === "endless")
        await new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => resolve(), { once: true }),
        );
    },
  };
}
