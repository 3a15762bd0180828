/** Every state of the chat, in every mode and theme, before axe. */
import { assert } from "@open-wc/testing";
import { executeServerCommand } from "@web/test-runner-commands";
import { en } from "../locales/en.ts";
import { ModelFault } from "../transport/memory-transport.ts";
import type { BedrockChat } from "./bedrock-chat.ts";
import {
  ask,
  button,
  can,
  drawn,
  find,
  has,
  next,
  open,
  settle,
  stepwise,
  until,
  warnings,
  widget,
  type Widget,
} from "../../test/widget.ts";

const MODES = ["bubble", "inline", "sidebar", "fullscreen"] as const;
const THEMES = ["light", "dark"] as const;

/** Everything that Markdown can become. */
const EVERYTHING = `# A heading

Text with **weight**, *stress*, ~~regret~~, \`code\`, [a link](https://example.com/) and ![a picture](https://example.com/a.png).

- one
- two
  1. inner

- [x] done
- [ ] to do

> Quoted, with [a link](https://example.com/).

| Plant | Sow |
| :-- | --: |
| Basil | May |

\`\`\`js
const answer = 42; // a comment
\`\`\`

---

<b>not bold</b>
`;

/** Holds the chat, as it is now, to axe in all modes and themes, and once where colours are forced. */
async function everywhere(chat: BedrockChat): Promise<void> {
  for (const mode of MODES) {
    chat.mode = mode;
    for (const theme of THEMES) {
      chat.theme = theme;
      await look(chat, `${mode}, ${theme}`);
    }
  }
  chat.mode = "bubble";
  chat.theme = "auto";
  if (!(await can("media", "axe where colours are forced"))) return;
  await executeServerCommand("media-features", { "forced-colors": "active" });
  try {
    await look(chat, "colours forced");
  } finally {
    await executeServerCommand("media-features", {});
  }
}

async function look(chat: BedrockChat, where: string): Promise<void> {
  await drawn();
  settle(chat);
  try {
    await assert.isAccessible(chat);
  } catch (cause) {
    throw new Error(`${where}: ${String(cause)}`, { cause });
  }
}

/** A chat that is open and has what a page can say in it. */
async function opened(
  options?: Parameters<typeof widget>[1],
  attributes: Readonly<Record<string, string>> = {},
): Promise<Widget> {
  const all = {
    heading: "Ask Fennel",
    subheading: "Usually answers at once",
    disclaimer: "Answers can be wrong.",
    ...attributes,
  };
  const made = await widget(all, options);
  made.chat.starters = ["What can you do?", "How do I begin?"];
  await open(made.chat);
  return made;
}

/** Has the server answer the question in these frames, which are numbered here. */
function answerBy(
  { server }: Widget,
  ...frames: readonly Record<string, unknown>[]
): void {
  server.intercept = (frame) => {
    if (frame.type !== "send") return undefined;
    const { turnId, conversationId } = frame;
    server.emit({ type: "ack", turnId });
    const start = { type: "turn-start", model: "m", createdAt: new Date() };
    for (const [seq, more] of [start, ...frames].entries())
      server.emit(JSON.stringify({ conversationId, turnId, seq, ...more }));
    return "ignore";
  };
}

const fails = {
  answer: () => {
    throw new ModelFault("model_unavailable", "Down.");
  },
};

describe("axe finds nothing wrong, in any mode and theme, when the chat", () => {
  it("is closed, and when an answer waits behind the launcher", async () => {
    const { chat } = await widget();
    await everywhere(chat);
    await ask(chat, "Anything new?");
    chat.mode = "bubble";
    await until(() => !find(chat, ".badge").hidden, "the badge");
    await everywhere(chat);
  });

  it("is empty, with a greeting and questions to begin with", async () => {
    const { chat } = await opened();
    await everywhere(chat);
  });

  it("is disabled", async () => {
    const { chat } = await opened({}, { disabled: "" });
    await everywhere(chat);
  });

  it("waits for the first word, then writes, then is stopped", async () => {
    const { answer, step } = stepwise("", "Half a **sen", "tence**");
    const { chat } = await opened({ answer });
    await chat.send("Well?");
    await until(() => has(chat, ".typing"), "the typing sign");
    await everywhere(chat);
    step();
    await until(() => has(chat, ".assistant strong"), "the answer");
    await everywhere(chat);
    const ended = next(chat, "chat-response-end");
    chat.stop();
    step();
    await ended;
    await until(() => has(chat, ".meta .state"), "the word");
    await everywhere(chat);
  });

  it("has an answer with everything in it, copied and rated", async () => {
    const { chat } = await opened({ answer: () => EVERYTHING });
    await ask(chat, "Everything?");
    await until(() => has(chat, ".code code span"), "the colours");
    button(chat, "Good answer").click();
    await everywhere(chat);
  });

  it("asks what was wrong with an answer", async () => {
    const { chat } = await opened();
    await ask(chat, "Good?");
    button(chat, "Bad answer").click();
    await until(() => has(chat, "form textarea"), "the form");
    await everywhere(chat);
  });

  it("lets a question be changed", async () => {
    const { chat } = await opened();
    await ask(chat, "What?");
    button(chat, "Edit question").click();
    await until(() => has(chat, ".editor textarea"), "the editor");
    await everywhere(chat);
  });

  it("has a failed answer, with the request's id shown", async () => {
    const { chat } = await opened(fails);
    await ask(chat, "There?");
    find<HTMLDetailsElement>(chat, ".notice details").open = true;
    await everywhere(chat);
  });

  it("has an answer that was cut short, or filtered", async () => {
    const made = await opened();
    await made.chat.connect();
    const usage = { inputTokens: 1, outputTokens: 1 };
    for (const [stopReason, notice] of [
      ["max_tokens", en.shortened],
      ["content_filtered", en.filtered],
      ["guardrail_intervened", en.guarded],
    ] as const) {
      answerBy(
        made,
        { type: "text-delta", text: "So far" },
        { type: "turn-end", stopReason, length: 6, usage },
      );
      await ask(made.chat, "How far?");
      assert.include(
        find(made.chat, ".turn:last-child .notice").textContent,
        notice,
      );
      await everywhere(made.chat);
    }
  });

  it("has too long a question in its composer", async () => {
    const { chat } = await opened({}, { "max-length": "5" });
    await chat.setDraft("Far too long");
    await until(() => !find(chat, "#count").hidden, "the count");
    await everywhere(chat);
  });

  it("has lost its connection, with a question that waits", async () => {
    const { chat, server } = await opened();
    await ask(chat, "Hello?");
    server.refuseConnections = 1006;
    server.cut();
    await chat.send("Still there?");
    await until(() => has(chat, ".banner"), "the banner");
    await until(() => has(chat, ".user .state"), "the state");
    await everywhere(chat);
  });

  it("is offline", async () => {
    const { chat } = await opened();
    await ask(chat, "Hello?");
    Object.defineProperty(navigator, "onLine", {
      configurable: true,
      get: () => false,
    });
    try {
      window.dispatchEvent(new Event("offline"));
      await until(() => chat.connectionState === "offline", "it");
      await everywhere(chat);
    } finally {
      Reflect.deleteProperty(navigator, "onLine");
    }
  });

  it("cannot be reached", async () => {
    const { chat, server } = await opened();
    server.intercept = () => ({ code: "forbidden_origin" });
    chat.disconnect();
    await warnings(async () => {
      await chat.connect();
      await until(() => chat.connectionState === "failed", "the failure");
    });
    await everywhere(chat);
  });

  it("has scrolled away from the newest answer, and loads older ones", async () => {
    const { chat, server } = await opened({ answer: () => EVERYTHING });
    await ask(chat, "Everything?");
    const transcript = find(chat, ".transcript");
    transcript.scrollTop = 0;
    await until(() => has(chat, ".jump"), "the way back");
    await everywhere(chat);
    server.intercept = ({ type }) =>
      type === "history" ? "ignore" : undefined;
    server.cut();
    await until(() => !find(chat, ".older").hidden, "the loading");
    await everywhere(chat);
  });

  it("is written from right to left", async () => {
    const { chat } = await opened({ answer: () => EVERYTHING }, { lang: "he" });
    await until(() => find(chat, ".panel").dir === "rtl", "the direction");
    await ask(chat, "מה?");
    await everywhere(chat);
  });
});
