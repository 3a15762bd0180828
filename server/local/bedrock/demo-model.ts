/** The model that answers when there is none: it searches the project's documentation, and says so. */
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../src/chat/ports.ts";
import { answerFrom } from "./demo/answers.ts";
import { parseCommand } from "./demo/command-line.ts";
import { perform } from "./demo/commands.ts";
import { exchanges, toolOutputs } from "./demo/conversation.ts";
import type { Exchange } from "./demo/conversation.ts";
import { readDocumentation } from "./demo/documentation.ts";
import { codeBlock, shorten } from "./demo/markdown.ts";
import { say, wholeText } from "./demo/performance.ts";
import type { Performance } from "./demo/performance.ts";
import { intervals, pieces, seededRandom } from "./demo/rhythm.ts";
import { createSearch } from "./demo/search.ts";
import type { DocumentationSearch } from "./demo/search.ts";
import type {
  ConverseBody,
  EndpointEvent,
  EndpointModel,
} from "./endpoint-model.ts";
import { estimateInputTokens, estimateTokens } from "./usage.ts";

export interface DemoModelOptions {
  /** Folder whose Markdown files are searched; default: this repository. */
  readonly documentation?: string;
  /** Keeps the pace; a test's clock lets no time pass. */
  readonly clock?: Pick<Clock, "sleep">;
}

const systemClock: Pick<Clock, "sleep"> = {
  sleep: (ms, signal) =>
    delay(ms, undefined, { signal }).catch((error: unknown) => {
      // The port resolves on abort.
      if (!signal?.aborted) throw error;
    }),
};

const FIRST_TOKEN_MS = { least: 250, spread: 250 };
const CHARACTERS_PER_TOKEN = 4;

/** The same request gives the same pieces at the same intervals. */
export function createDemoModel({
  documentation,
  clock = systemClock,
}: DemoModelOptions = {}): EndpointModel {
  let reading: Promise<DocumentationSearch> | undefined;
  return {
    async *generate({ body }, signal) {
      reading ??= readDocumentation(documentation).then(createSearch);
      const performance = decide(body, await reading);
      yield* play(performance, body, clock, signal);
    },
  };
}

/** What to do about the last message of a conversation. */
function decide(body: ConverseBody, search: DocumentationSearch): Performance {
  const outputs = toolOutputs(body);
  if (outputs.length > 0)
    return say(
      `The page's tool gave:\n\n${outputs.map((output) => codeBlock(output)).join("\n\n")}`,
    );
  return respond(exchanges(body), body, search);
}

function respond(
  conversation: readonly Exchange[],
  body: ConverseBody,
  search: DocumentationSearch,
): Performance {
  const rest = continued(conversation, body, search);
  if (rest) return rest;
  const command = parseCommand(conversation.at(-1)?.question ?? "");
  return command
    ? perform(command, body)
    : say(answerFrom(search, conversation));
}

/** "Please continue", in the languages of the widget. */
const CONTINUE =
  /continu|go on|keep going|weiter|fortsetz|contin[uú]a|sigue|prosegu|ga (door|verder)|kontynu|devam|تابع|أكمل|המש|जारी|続け|계속|继续/i;

/** The rest of an answer that was cut short, when that is asked for. */
function continued(
  conversation: readonly Exchange[],
  body: ConverseBody,
  search: DocumentationSearch,
): Performance | undefined {
  const [last, before] = [conversation.at(-1), conversation.at(-2)];
  if (!last || !before?.answer || last.question.length > 60) return undefined;
  if (!CONTINUE.test(last.question)) return undefined;
  const whole = wholeText(respond(conversation.slice(0, -1), body, search));
  return whole.length > before.answer.length && whole.startsWith(before.answer)
    ? say(whole.slice(before.answer.length))
    : undefined;
}

async function* play(
  { steps, maxTokens = Infinity }: Performance,
  body: ConverseBody,
  { sleep }: Pick<Clock, "sleep">,
  signal: AbortSignal,
): AsyncGenerator<EndpointEvent> {
  const random = seededRandom(JSON.stringify(body.messages));
  const most = Math.min(maxTokens, body.inferenceConfig?.maxTokens ?? Infinity);
  let left = most * CHARACTERS_PER_TOKEN;
  let said = "";
  await sleep(FIRST_TOKEN_MS.least + random() * FIRST_TOKEN_MS.spread, signal);
  for (const step of steps) {
    if (signal.aborted) return;
    if (step.type === "wait") await sleep(step.ms, signal);
    else if (step.type !== "say") yield step;
    else {
      const cut = pieces(shorten(step.text, left), random);
      const waits = intervals(cut.length, random, step.overMs);
      for (const [at, text] of cut.entries()) {
        await sleep(waits[at] ?? 0, signal);
        if (signal.aborted) return;
        yield { type: "text", text };
        said += text;
      }
      left -= step.text.length;
      if (left < 0) {
        yield { type: "stop", stopReason: "max_tokens" };
        break;
      }
    }
  }
  yield {
    type: "usage",
    inputTokens: estimateInputTokens(body),
    outputTokens: estimateTokens(said),
  };
}
