/** The demo model's commands: this table is all there is to each of them. */
import type { ConverseBody, ToolSpec } from "../endpoint-model.ts";
import { estimateInputTokens } from "../usage.ts";
import type { CommandLine } from "./command-line.ts";
import { FAILURES, failAs } from "./failures.ts";
import { codeBlock, escapeMarkdown, shorten } from "./markdown.ts";
import { say } from "./performance.ts";
import type { Performance } from "./performance.ts";
import {
  CODE_SAMPLES,
  MARKDOWN_TOUR,
  countingText,
  longText,
} from "./samples.ts";

/** A command. `perform` gets what stands behind its name, and the request that it came with. */
interface Command {
  readonly usage: string;
  readonly help: string;
  perform(argument: string, body: ConverseBody): Performance;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  help: {
    usage: "/help",
    help: "lists these commands",
    perform: () => say(helpText()),
  },
  markdown: {
    usage: "/markdown",
    help: "a tour of Markdown: headings, lists, a table, a quotation, code",
    perform: () => say(MARKDOWN_TOUR),
  },
  code: {
    usage: "/code",
    help: "code blocks in several languages",
    perform: () => say(CODE_SAMPLES),
  },
  long: {
    usage: "/long [characters]",
    help: "an answer of so many characters, 20000 if you name none",
    perform: (argument) =>
      withNumber("long", argument, 20_000, 200_000, (length) =>
        say(longText(length)),
      ),
  },
  slow: {
    usage: "/slow [seconds]",
    help: "an answer spread over so many seconds, 60 if you name none",
    perform: (argument) =>
      withNumber("slow", argument, 60, 800, (seconds) => ({
        steps: [
          { type: "say", text: countingText(seconds), overMs: seconds * 1_000 },
        ],
      })),
  },
  silence: {
    usage: "/silence [seconds]",
    help: "an answer with a silence in the middle, of 30 seconds if you name none",
    perform: (argument) =>
      withNumber("silence", argument, 30, 800, (seconds) => ({
        steps: [
          { type: "say", text: `Now I am silent for ${seconds} seconds. ` },
          { type: "wait", ms: seconds * 1_000 },
          { type: "say", text: "And now I go on." },
        ],
      })),
  },
  tokens: {
    usage: "/tokens [count]",
    help: "an answer cut short after so many tokens, 100 if you name none; `continue` gives the rest",
    perform: (argument) =>
      withNumber("tokens", argument, 100, 10_000, (maxTokens) => ({
        ...say(longText(maxTokens * 8)),
        maxTokens,
      })),
  },
  echo: {
    usage: "/echo text",
    help: "your text as the answer, as it is",
    perform: (argument) =>
      say(argument || "There is nothing to echo: `/echo` wants some text."),
  },
  history: {
    usage: "/history",
    help: "what the model was sent, this question included",
    perform: (_argument, body) => say(historyText(body)),
  },
  error: {
    usage: `/error ${Object.keys(FAILURES).join("|")}`,
    help: "shows how the chat takes a failure of that kind",
    perform: (argument) =>
      failAs(argument.toLowerCase()) ?? say(failureHelp(argument)),
  },
  guardrail: {
    usage: "/guardrail",
    help: "an answer in whose place a guardrail says something",
    perform: () => ({
      steps: [
        {
          type: "say",
          text: "I may not answer this. Ask me about the project instead.",
        },
        { type: "stop", stopReason: "guardrail_intervened" },
      ],
    }),
  },
  tool: {
    usage: "/tool [name] [{…}]",
    help: "calls a tool that the page offers, with this JSON as its input; without a name it lists them",
    perform: callTool,
  },
};

/** What a command is going to do; for one that there is not, a hint. */
export function perform(
  { name, argument }: CommandLine,
  body: ConverseBody,
): Performance {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return (
    command?.perform(argument, body) ??
    say(
      `There is no command \`/${name}\`. These there are:\n\n${commandList()}`,
    )
  );
}

const commandList = (): string =>
  Object.values(COMMANDS)
    .map(({ usage, help }) => `- \`${usage}\` – ${help}`)
    .join("\n");

const helpText = (): string =>
  `I am the demo model: not a language model, but a search over this project's documentation. Ask me about the project, or use a command:\n\n${commandList()}\n\nTo talk to a real model, start with \`npm start -- --model-url http://localhost:11434/v1 --model-name llama3.2\` (any OpenAI-compatible server) or with \`npm start -- --bedrock\`.`;

/** Runs `then` with the number in `argument`, or says what is wrong with it. */
function withNumber(
  name: string,
  argument: string,
  byDefault: number,
  most: number,
  then: (value: number) => Performance,
): Performance {
  if (argument === "") return then(byDefault);
  const value = /^\d+$/.test(argument) ? Number(argument) : NaN;
  return value >= 1 && value <= most
    ? then(value)
    : say(
        `\`/${name}\` takes a whole number from 1 to ${most}, for example \`/${name} ${byDefault}\`, and not “${escapeMarkdown(shorten(argument, 40))}”.`,
      );
}

const failureHelp = (argument: string): string =>
  `${argument === "" ? "Which kind of failure?" : `I do not know how to fail as “${escapeMarkdown(shorten(argument, 40))}”.`} These I can:\n\n${Object.entries(
    FAILURES,
  )
    .map(([kind, { help }]) => `- \`/error ${kind}\` – ${help}`)
    .join("\n")}`;

function historyText(body: ConverseBody): string {
  const system = (body.system ?? []).map(({ text }) => text ?? "").join("\n");
  const { maxTokens } = body.inferenceConfig ?? {};
  const tools = (body.toolConfig?.tools ?? []).flatMap(
    ({ toolSpec }) => toolSpec?.name ?? [],
  );
  const messages = body.messages.map(({ role, content }, index) => {
    const blocks = content.map((block) =>
      codeBlock(block.text ?? JSON.stringify(block, undefined, 2)),
    );
    return `**${index + 1}. ${role}**\n\n${blocks.join("\n\n")}`;
  });
  return [
    `I was sent ${body.messages.length} ${body.messages.length === 1 ? "message" : "messages"}, about ${estimateInputTokens(body)} tokens${maxTokens === undefined ? "" : `, and may answer with ${maxTokens}`}.`,
    system && `The system prompt:\n\n${codeBlock(system)}`,
    tools.length > 0 && `Tools of the page: ${tools.join(", ")}.`,
    messages.join("\n\n"),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function callTool(argument: string, body: ConverseBody): Performance {
  const offered = (body.toolConfig?.tools ?? []).flatMap(
    ({ toolSpec }) => toolSpec ?? [],
  );
  if (offered.length === 0)
    return say("This page offers no tools, so there is nothing to call.");
  const [, name = "", given] = /^(\S+)(?:\s+([\s\S]+))?$/.exec(argument) ?? [];
  const tool = offered.find((each) => each.name === name);
  if (!tool) return say(`The page offers these tools:\n\n${toolList(offered)}`);
  const json = given ?? exampleInput(tool);
  if (!isJsonObject(json))
    return say(
      `The input of a tool is a JSON object, as in \`/tool ${name} ${exampleInput(tool)}\`.`,
    );
  return {
    steps: [
      { type: "say", text: `I ask the page for \`${name}\`.` },
      {
        type: "tool-use",
        toolUseId: `tooluse_demo_${body.messages.length}`,
        name,
        inputPieces: ["", ...(json.match(/[\s\S]{1,12}/g) ?? [])],
      },
      { type: "stop", stopReason: "tool_use" },
    ],
  };
}

const toolList = (tools: readonly ToolSpec[]): string =>
  tools
    .map(
      (tool) =>
        `- \`/tool ${tool.name} ${exampleInput(tool)}\` – ${escapeMarkdown(tool.description ?? "")}`,
    )
    .join("\n");

/** An input such as the schema allows, as far as it lists values. */
function exampleInput({ inputSchema }: ToolSpec): string {
  const { properties = {} } = inputSchema.json as {
    readonly properties?: Readonly<
      Record<string, { readonly enum?: readonly unknown[] }>
    >;
  };
  const values = Object.entries(properties).flatMap(([name, schema]) =>
    schema.enum ? [[name, schema.enum[0]] as const] : [],
  );
  return JSON.stringify(Object.fromEntries(values));
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
