import { expect } from "@open-wc/testing";
import { emulateMedia, sendKeys } from "@web/test-runner-commands";
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
  find(chat, selector).textContent!.trim();

/** axe blends text over whatever is behind while something fades. */
const settled = (chat: BedrockChat): Promise<unknown> =>
  Promise.all(
    chat.shadowRoot!.getAnimations().map((animation) => {
      if (animation.effect?.getTiming().iterations === Infinity)
        animation.cancel();
      else animation.finish();
      return undefined;
    }),
  );

for (const theme of ["light", "dark"] as const) {
  describe(`accessible in the ${theme} theme`, () => {
    it("closed", async () => {
      const { chat } = await widget({ theme });
      await expect(chat).to.be.accessible();
    });

    it("open and empty", async () => {
      const { chat } = await widget({
        theme,
        disclaimer: "Answers can be wrong.",
        subheading: "We answer at once",
      });
      chat.starters = ["How do I begin?"];
      await open(chat);
      await settled(chat);
      await expect(chat).to.be.accessible();
    });

    it("with answers", async () => {
      const { chat } = await widget({ theme });
      await open(chat);
      await ask(chat, "What grows in the shade?");
      await settled(chat);
      await expect(chat).to.be.accessible();
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
      expect(text(chat, ".notice-text")).to.contain("Many people are asking");
      await settled(chat);
      await expect(chat).to.be.accessible();
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
    expect(text(chat, ".user .bubble")).to.equal("How many paragraphs?");
    expect(chat.status).to.equal("streaming");
    expect(find(chat, ".send").getAttribute("part")).to.equal("stop");
    const first = find(chat, ".assistant p");

    const ended = next(chat, "chat-response-end");
    release();
    expect((await ended).text).to.equal(
      "First paragraph.\n\nSecond paragraph.",
    );
    await drawn();
    expect(text(chat, ".assistant p + p")).to.equal("Second paragraph.");
    expect(find(chat, ".assistant p"), "never drawn again").to.equal(first);
    expect(chat.status).to.equal("idle");
  });

  it("opens no socket before the visitor begins", async () => {
    await emulateMedia({ reducedMotion: "reduce" });
    const { chat, server } = await widget();
    await drawn();
    expect(chat.connectionState).to.equal("closed");
    find(chat, ".launcher").click();
    await until(() => chat.connectionState === "ready", "the connection");
    expect(server.connections).to.equal(1);
  });
});
