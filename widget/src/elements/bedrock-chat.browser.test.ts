import { assert } from "@open-wc/testing";
import { sendKeys } from "@web/test-runner-commands";
import { ModelFault } from "../transport/memory-transport.ts";
import type { BedrockChat } from "./bedrock-chat.ts";
import {
  ask,
  drawn,
  find,
  has,
  next,
  open,
  until,
  widget,
} from "../../test/widget.ts";

const text = (chat: BedrockChat, selector: string): string =>
  find(chat, selector).textContent.trim();

for (const theme of ["light", "dark"] as const) {
  describe(`accessible in the ${theme} theme`, () => {
    it("closed", async () => {
      const { chat } = await widget({ theme });
      await assert.isAccessible(chat);
    });

    it("open and empty", async () => {
      const { chat } = await widget({
        theme,
        disclaimer: "Answers can be wrong.",
        subheading: "We answer at once",
      });
      chat.starters = ["How do I begin?"];
      await open(chat);
      await assert.isAccessible(chat);
    });

    it("with answers", async () => {
      const { chat } = await widget({ theme });
      await open(chat);
      await ask(chat, "What grows in the shade?");
      await assert.isAccessible(chat);
    });

    it("with a failure", async () => {
      const { chat } = await widget(
        { theme },
        {
          answer: () => {
            throw new ModelFault("model_throttled", "Too many requests.");
          },
        },
      );
      await open(chat);
      await ask(chat, "Will this work?");
      assert.include(text(chat, ".notice-text"), "Many people are asking");
      await assert.isAccessible(chat);
    });
  });
}

describe("a first chat", () => {
  it("shows an answer as it streams, and the question above it", async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const { chat } = await widget(
      {},
      {
        answer: async function* () {
          yield "First paragraph.\n\nSecond ";
          await held;
          yield "paragraph.";
        },
      },
    );
    await open(chat);
    await sendKeys({ type: "How many paragraphs?" });
    await sendKeys({ press: "Enter" });
    await until(() => has(chat, ".assistant p + p"), "the second paragraph");
    assert.equal(text(chat, ".user .bubble"), "How many paragraphs?");
    assert.equal(chat.status, "streaming");
    assert.equal(find(chat, ".send").getAttribute("part"), "stop");
    const first = find(chat, ".assistant p");

    const ended = next(chat, "chat-response-end");
    release();
    assert.equal((await ended).text, "First paragraph.\n\nSecond paragraph.");
    await drawn();
    assert.equal(text(chat, ".assistant p + p"), "Second paragraph.");
    assert.isTrue(find(chat, ".assistant p") === first, "never drawn again");
    assert.equal(chat.status, "idle");
  });

  it("opens no socket before the visitor begins", async () => {
    const { chat, server } = await widget();
    await drawn();
    assert.equal(chat.connectionState, "closed");
    find(chat, ".launcher").click();
    await until(() => chat.connectionState === "ready", "the connection");
    assert.equal(server.connections, 1);
  });
});
