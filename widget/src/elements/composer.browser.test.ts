import { assert } from "@open-wc/testing";
import { sendKeys } from "@web/test-runner-commands";
import type { BedrockChat } from "./bedrock-chat.ts";
import {
  ask,
  drawn,
  find,
  focused,
  has,
  open,
  until,
  widget,
} from "../../test/widget.ts";

const input = (chat: BedrockChat): HTMLTextAreaElement =>
  find<HTMLTextAreaElement>(chat, ".input");

/** An answer that goes on until it is released. */
function held(): {
  readonly answer: () => AsyncIterable<string>;
  readonly release: () => void;
} {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  return {
    release: () => release(),
    answer: async function* () {
      yield "Wait ";
      await released;
      yield "no more.";
    },
  };
}

describe("composer", () => {
  it("sends by Enter, breaks the line by Shift+Enter, and grows with the text", async () => {
    const { chat } = await widget();
    await open(chat);
    const height = input(chat).offsetHeight;
    await sendKeys({ type: "one" });
    await sendKeys({ down: "Shift" });
    await sendKeys({ press: "Enter" });
    await sendKeys({ up: "Shift" });
    await sendKeys({ type: "two" });
    await drawn();
    assert.equal(input(chat).value, "one\ntwo");
    assert.isAbove(input(chat).offsetHeight, height);
    await sendKeys({ press: "Enter" });
    await until(() => chat.messages.length === 1, "the question");
    assert.equal(chat.messages[0]!.text, "one\ntwo");
    await drawn();
    assert.equal(input(chat).value, "");
    assert.equal(input(chat).offsetHeight, height);
  });

  it("is not taken for a field that the page has drawn in an answer", async () => {
    const { chat } = await widget({}, { answer: () => "```form\n```" });
    let drawnByPage: HTMLInputElement | undefined;
    chat.renderers = {
      form() {
        drawnByPage = document.createElement("input");
        drawnByPage.setAttribute("part", "input");
        return drawnByPage;
      },
    };
    await open(chat);
    await ask(chat, "A form?");
    await until(() => drawnByPage?.isConnected, "the field of the page");
    await chat.setDraft("Mine");
    assert.equal(input(chat).value, "Mine");
    assert.equal(drawnByPage?.value, "");
  });

  it("never sends while a word is being composed", async () => {
    const { chat } = await widget();
    await open(chat);
    await sendKeys({ type: "にほん" });
    for (const init of [{ isComposing: true }, { keyCode: 229 }])
      input(chat).dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", bubbles: true, ...init }),
      );
    await drawn();
    assert.equal(chat.messages.length, 0);
    assert.equal(input(chat).value, "にほん");
  });

  it("recalls the last question by ArrowUp, only when it is empty", async () => {
    const { chat } = await widget();
    await open(chat);
    await ask(chat, "Again?");
    await sendKeys({ press: "ArrowUp" });
    assert.equal(input(chat).value, "Again?");
    await chat.setDraft("Draft");
    await until(() => input(chat).value === "Draft", "the draft");
    await sendKeys({ press: "ArrowUp" });
    assert.equal(input(chat).value, "Draft");
  });

  it("shows how much is left, and sends nothing that is too long", async () => {
    const { chat } = await widget({ "max-length": "10" });
    await open(chat);
    assert.isTrue(find(chat, "#count").hidden);
    await sendKeys({ type: "12345678" });
    await drawn();
    assert.equal(find(chat, "#count").textContent.trim(), "2 characters left");
    await sendKeys({ type: "90ab" });
    await drawn();
    assert.equal(
      find(chat, "#count").textContent.trim(),
      "2 characters too long",
    );
    assert.equal(input(chat).getAttribute("aria-invalid"), "true");
    await sendKeys({ press: "Enter" });
    assert.equal(chat.messages.length, 0);
    assert.equal(input(chat).value, "1234567890ab");
  });

  it("stops an answer by its button and by Esc, and closes by Esc after that", async () => {
    const { chat } = await widget({}, held());
    await open(chat);
    await sendKeys({ type: "Long?" });
    await sendKeys({ press: "Enter" });
    await until(() => chat.status === "streaming", "the answer");
    await until(() => has(chat, "[part=stop]"), "the stop button");
    await sendKeys({ press: "Escape" });
    assert.isTrue(chat.open, "the first Esc only stops");
    assert.equal(chat.messages[0]!.stopping, true);
    chat.hide();
    await open(chat);
    chat.disconnect();
  });

  it("closes by Esc when nothing is running", async () => {
    const { chat } = await widget();
    await open(chat);
    await sendKeys({ press: "Escape" });
    assert.isFalse(chat.open);
    assert.equal(focused(chat), "launcher");
  });

  it("leaves Esc to the page when it is a part of the page", async () => {
    const { chat } = await widget({ mode: "inline" });
    await until(() => has(chat, ".input"), "the composer");
    input(chat).focus();
    let heard = 0;
    const listen = (event: Event): void => {
      if (!event.defaultPrevented) heard++;
    };
    document.addEventListener("keydown", listen);
    await sendKeys({ press: "Escape" });
    document.removeEventListener("keydown", listen);
    assert.equal(heard, 1);
  });

  it("keeps what was written while an answer is written", async () => {
    const { answer, release } = held();
    const { chat } = await widget({}, { answer });
    await open(chat);
    await sendKeys({ type: "First?" });
    await sendKeys({ press: "Enter" });
    await until(() => chat.status === "streaming", "the answer");
    await sendKeys({ type: "next" });
    release();
    await until(() => chat.status === "idle", "the end");
    assert.equal(input(chat).value, "next");
  });
});
