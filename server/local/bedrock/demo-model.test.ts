import assert from "node:assert/strict";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createDemoModel } from "./demo-model.ts";
import { longText } from "./demo/samples.ts";
import type { ConverseBody, EndpointEvent } from "./endpoint-model.ts";

const FILES = {
  "README.md":
    '# Project\n\n<p align="center">picture</p>\n\n## Starting\n\nRun `npm start` as the [guide](server/README.md) says.\n\n## Themes\n\nThe widget has a light and a dark theme.\n',
  "server/README.md":
    "# Server\n\n## Throttling\n\nA throttled model is asked again after a while.\n\n```sh\n# not a heading\n```\n",
  "server/themes.md":
    "# Themes\n\n## Themes of servers\n\nThemes, themes, themes.\n",
  "CHANGELOG.md": "# Changes\n\n## Throttling\n\nOnce there was none.\n",
  "node_modules/README.md": "# Throttling\n\nNot ours.\n",
};

let documentation: string;
before(async () => {
  documentation = await mkdtemp(join(tmpdir(), "demo-model-"));
  for (const [file, text] of Object.entries(FILES)) {
    const path = join(documentation, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
});
after(() => rm(documentation, { recursive: true }));

interface Answer {
  text: string;
  pieces: string[];
  others: EndpointEvent[];
  slept: number[];
}

/** Asks with a clock that notes what it was to wait for and lets no time pass. */
async function ask(
  body: ConverseBody,
  signal = new AbortController().signal,
  onText?: () => void,
): Promise<Answer> {
  const slept: number[] = [];
  const model = createDemoModel({
    documentation,
    clock: {
      sleep: (ms) => {
        slept.push(ms);
        return Promise.resolve();
      },
    },
  });
  const pieces: string[] = [];
  const others: EndpointEvent[] = [];
  const request = { modelId: "demo.model", body };
  for await (const event of model.generate(request, signal))
    if (event.type === "text") {
      pieces.push(event.text);
      onText?.();
    } else others.push(event);
  return { text: pieces.join(""), pieces, others, slept };
}

/** Questions and answers in turn, the last one a question. */
const talk = (...texts: readonly string[]): ConverseBody => ({
  messages: texts.map((text, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content: [{ text }],
  })),
});

describe("answers from the documentation", () => {
  test("says what it is and quotes the section that fits", async () => {
    const { text, others } = await ask(talk("Is there a dark theme?"));
    assert.match(text, /not a language model/);
    assert.match(text, /\*\*Themes\*\* in `README\.md`/);
    assert.match(text, /The widget has a light and a dark theme\./);
    assert.deepEqual(
      others.map(({ type }) => type),
      ["usage"],
    );
  });

  test("leaves out HTML and links that lead nowhere", async () => {
    const { text } = await ask(talk("How do I start?"));
    assert.match(text, /Run `npm start` as the guide says\./);
    assert.doesNotMatch(text, /<p|\]\(/);
  });

  test("searches all folders but those of others", async () => {
    const { text } = await ask(talk("What about throttling?"));
    assert.match(text, /\*\*Throttling\*\* in `server\/README\.md`/);
    assert.match(text, /# not a heading/);
    assert.doesNotMatch(text, /Not ours|Once there was none/);
  });

  test("prefers what is called as was asked", async () => {
    const { text } = await ask(talk("What are themes?"));
    assert.match(text, /comes \*\*Themes\*\* in `README\.md`/);
  });

  test("says so when there is nothing, and what there is", async () => {
    const { text } = await ask(talk("Elephants in space?"));
    assert.match(text, /found nothing about “Elephants in space\?”/);
    assert.match(text, /- Themes \(`README\.md`\)/);
    assert.match(text, /`\/help`/);
  });

  test("takes a vague question together with the one before", async () => {
    const { text } = await ask(
      talk("How is throttling handled?", "Like this.", "And why is that?"),
    );
    assert.match(text, /You asked “How is throttling handled\?” before/);
    assert.match(text, /\*\*Throttling\*\*/);
  });

  test("does not drag an earlier question into a clear one", async () => {
    const { text } = await ask(
      talk("How is throttling handled?", "Like this.", "Which themes exist?"),
    );
    assert.doesNotMatch(text, /before/);
    assert.match(text, /\*\*Themes\*\*/);
  });

  test("remembers what was asked", async () => {
    const { text } = await ask(
      talk("Which themes exist?", "Two.", "What did I ask before?"),
    );
    assert.match(text, /you asked “Which themes exist\?”/);
  });

  test("answers the question, not the page's description of itself", async () => {
    const { text } = await ask({
      messages: [
        {
          role: "user",
          content: [
            { text: 'A page:\n<page-context>\n{"title":"throttling"}' },
            { text: "Which themes exist?" },
          ],
        },
      ],
    });
    assert.match(text, /\*\*Themes\*\*/);
  });

  test("shows a visitor's Markdown as text", async () => {
    const { text } = await ask(talk("**Themes** ![x](http://a.example/b)?"));
    assert.match(text, /“\\\*\\\*Themes\\\*\\\* \\!\\\[x\\\]\(http/);
  });

  test("a folder without documentation is no error", async () => {
    const empty = await mkdtemp(join(tmpdir(), "demo-model-"));
    const model = createDemoModel({
      documentation: empty,
      clock: { sleep: () => Promise.resolve() },
    });
    let text = "";
    for await (const event of model.generate(
      { modelId: "demo.model", body: talk("Themes?") },
      new AbortController().signal,
    ))
      if (event.type === "text") text += event.text;
    await rm(empty, { recursive: true });
    assert.match(text, /I know nothing at all/);
  });
});

describe("rhythm", () => {
  test("is that of tokens, and the same each time", async () => {
    const first = await ask(talk("/long 5000"));
    const again = await ask(talk("/long 5000"));
    assert.deepEqual(first, again);
    const lengths = first.pieces
      .map(({ length }) => length)
      .sort((a, b) => a - b);
    const median = lengths[lengths.length >> 1] ?? 0;
    assert.ok(median >= 8 && median <= 10, `median ${median}`);
    assert.equal(first.slept.length, first.pieces.length + 1);
  });

  test("pieces never cut a character in two", async () => {
    const { pieces, text } = await ask(talk(`/echo ${"👩‍🚀".repeat(200)}`));
    assert.equal(text, "👩‍🚀".repeat(200));
    assert.ok(pieces.every((piece) => piece.isWellFormed()));
  });

  test("a long answer is over within about ten seconds", async () => {
    const { slept } = await ask(talk("/long 100000"));
    assert.ok(slept.reduce((sum, ms) => sum + ms) < 11_000);
  });

  test("ends when its signal is aborted", async () => {
    const abort = new AbortController();
    const { pieces, others } = await ask(talk("/long"), abort.signal, () =>
      abort.abort(),
    );
    assert.equal(pieces.length, 1);
    assert.deepEqual(others, []);
  });

  test("a real clock ends with its signal too", async () => {
    const abort = new AbortController();
    const model = createDemoModel({ documentation });
    const request = { modelId: "demo.model", body: talk("/silence 800") };
    for await (const event of model.generate(request, abort.signal))
      if (event.type === "text") abort.abort();
    assert.ok(abort.signal.aborted);
  });
});

describe("commands", () => {
  test("/help lists every command", async () => {
    const { text } = await ask(talk("/help"));
    for (const name of "help markdown code long slow silence tokens echo history error tool".split(
      " ",
    ))
      assert.match(text, new RegExp(`\`/${name}`));
  });

  for (const length of [1, 77, 20_000, 50_000])
    test(`/long ${length} has that many characters`, async () => {
      const { text } = await ask(talk(`/long ${length}`));
      assert.equal(text.length, length);
      assert.equal(text, longText(length));
    });

  test("/slow 60 takes sixty seconds", async () => {
    const { slept, text } = await ask(talk("/slow 60"));
    const took = slept.slice(1).reduce((sum, ms) => sum + ms);
    assert.ok(Math.abs(took - 60_000) < 1, `${took} ms`);
    assert.match(text, /Second 60 of 60 has begun\.$/);
  });

  test("/silence 30 is silent in the middle", async () => {
    const { slept, text } = await ask(talk("/silence 30"));
    assert.ok(slept.includes(30_000));
    assert.equal(text, "Now I am silent for 30 seconds. And now I go on.");
  });

  test("/tokens shortens, and the rest comes on demand", async () => {
    const { text, others } = await ask(talk("/tokens 50"));
    assert.equal(text.length, 200);
    assert.deepEqual(others[0], { type: "stop", stopReason: "max_tokens" });
    const rest = await ask(talk("/tokens 50", text, "Please continue."));
    assert.equal(text + rest.text, longText(400));
  });

  test("maxTokens of the request shortens, again and again", async () => {
    const inferenceConfig = { maxTokens: 100 };
    const texts = ["/long 1000"];
    for (let part = 0; part < 3; part++) {
      const { text } = await ask({ ...talk(...texts), inferenceConfig });
      texts.push(text, "Bitte weiter.");
    }
    const answers = texts.filter((_text, index) => index % 2 === 1);
    assert.equal(answers.join(""), longText(1_000));
  });

  test("/echo gives the text back as it is", async () => {
    const { text } = await ask(talk("/echo **a** \n <b>  & 👋"));
    assert.equal(text, "**a** \n <b>  & 👋");
  });

  test("/history shows messages, system prompt and limit", async () => {
    const { text } = await ask({
      ...talk("Which themes exist?", "Two:\n```\nlight\n```", "/history"),
      system: [{ text: "Be brief." }],
      inferenceConfig: { maxTokens: 900 },
    });
    assert.match(text, /3 messages/);
    assert.match(text, /may answer with 900/);
    assert.match(text, /Be brief\./);
    assert.match(text, /\*\*2\. assistant\*\*\n\n````\nTwo:/);
  });

  const failures: Readonly<Record<string, [string, ...string[]]>> = {
    throttling: ["ThrottlingException"],
    validation: ["ValidationException"],
    internal: ["InternalServerException"],
    unavailable: ["ServiceUnavailableException"],
    timeout: ["ModelTimeoutException"],
    stream: ["ModelStreamErrorException", "in mid-answer"],
  };
  for (const [kind, [name, inMidAnswer]] of Object.entries(failures))
    test(`/error ${kind} is a ${name}`, async () => {
      const { text, others } = await ask(talk(`/error ${kind}`));
      const [failure] = others;
      assert.equal(failure?.type === "exception" && failure.name, name);
      assert.equal(text !== "", inMidAnswer !== undefined);
    });

  test("/error truncated cuts the stream", async () => {
    const { text, others } = await ask(talk("/error truncated"));
    assert.notEqual(text, "");
    assert.deepEqual(others[0], { type: "cut", how: "clean" });
  });

  test("/guardrail answers as a guardrail does in a model's place", async () => {
    const { text, others } = await ask(talk("/guardrail"));
    assert.match(text, /I may not answer this/);
    assert.deepEqual(others[0], {
      type: "stop",
      stopReason: "guardrail_intervened",
    });
  });

  test("/tool calls a tool of the page, then tells what it gave", async () => {
    const toolConfig = {
      tools: [{ toolSpec: { name: "cart", inputSchema: { json: {} } } }],
    };
    const { others } = await ask({
      ...talk('/tool cart {"id": 7}'),
      toolConfig,
    });
    const [call, stop] = others;
    assert.equal(call?.type, "tool-use");
    assert.equal(call.name, "cart");
    assert.equal(call.inputPieces.join(""), '{"id": 7}');
    assert.deepEqual(stop, { type: "stop", stopReason: "tool_use" });
    const { toolUseId, name } = call;
    const after = await ask({
      toolConfig,
      messages: [
        ...talk('/tool cart {"id": 7}').messages,
        {
          role: "assistant",
          content: [{ toolUse: { toolUseId, name, input: { id: 7 } } }],
        },
        {
          role: "user",
          content: [
            { toolResult: { toolUseId, content: [{ text: "3 pears" }] } },
          ],
        },
      ],
    });
    assert.match(after.text, /3 pears/);
  });

  test("/tool lists the tools of the page, with an input that works", async () => {
    const json = { properties: { theme: { enum: ["dark", "light"] } } };
    const toolSpec = {
      name: "set_theme",
      description: "Shows it.",
      inputSchema: { json },
    };
    const toolConfig = { tools: [{ toolSpec }] };
    const { text } = await ask({ ...talk("/tool"), toolConfig });
    assert.match(text, /- `\/tool set_theme \{"theme":"dark"\}` – Shows it\./);
    const { others } = await ask({ ...talk("/tool set_theme"), toolConfig });
    const [call] = others;
    assert.equal(call?.type, "tool-use");
    assert.equal(call.inputPieces.join(""), '{"theme":"dark"}');
    const wrong = await ask({ ...talk("/tool set_theme dark"), toolConfig });
    assert.match(wrong.text, /JSON object, as in `\/tool set_theme \{"theme"/);
  });

  const mistakes: Readonly<Record<string, RegExp>> = {
    "/long many": /whole number from 1 to 200000.*`\/long 20000`.*“many”/,
    "/long 0": /whole number/,
    "/slow -1": /whole number from 1 to 800/,
    "/error": /Which kind of failure\?[\s\S]*`\/error throttling`/,
    "/error flood": /fail as “flood”/,
    "/echo": /wants some text/,
    "/tool cart": /offers no tools/,
    "/nonsense": /no command `\/nonsense`[\s\S]*`\/help`/,
    "/constructor": /no command/,
  };
  for (const [question, expected] of Object.entries(mistakes))
    test(`${question} gets a helpful sentence`, async () => {
      const { text, others } = await ask(talk(question));
      assert.match(text, expected);
      assert.deepEqual(
        others.map(({ type }) => type),
        ["usage"],
      );
    });

  test("a path is no command", async () => {
    const { text } = await ask(talk("/themes/dark is one of which themes?"));
    assert.match(text, /\*\*Themes\*\*/);
  });
});
