/** The whole life of a chat by nothing but the keyboard, also for those who want nothing to move. */
import { assert } from "@open-wc/testing";
import { emulateMedia, sendKeys } from "@web/test-runner-commands";
import type { SendFrame } from "../protocol.ts";
import { ModelFault } from "../transport/memory-transport.ts";
import type { BedrockChat } from "./bedrock-chat.ts";
import {
  drawn,
  find,
  focused,
  has,
  needs,
  next,
  until,
  widget,
} from "../../test/widget.ts";

const press = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await sendKeys({ press: key });
};

async function backwards(): Promise<void> {
  await sendKeys({ down: "Shift" });
  await press("Tab");
  await sendKeys({ up: "Shift" });
}

const nameOf = (element: Element | null): string =>
  element?.ariaLabel ?? element?.textContent.trim() ?? "";

const active = (chat: BedrockChat): HTMLElement | null =>
  chat.shadowRoot!.activeElement as HTMLElement | null;

/** Where the focus is must be seen: by a ring around it, or around the field that it is in. */
function expectRing(element: HTMLElement): void {
  const ringed = [element, element.closest(".field")].some(
    (each) => each && getComputedStyle(each).outlineStyle !== "none",
  );
  assert.isTrue(ringed, `no focus ring on ${element.outerHTML}`);
}

/** Presses Shift+Tab until what has that name has the focus, as somebody would who listens. */
async function goBackTo(chat: BedrockChat, name: string): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < 30; i++) {
    await backwards();
    const element = active(chat);
    if (!element) break;
    expectRing(element);
    if (nameOf(element) === name) return;
    passed.push(nameOf(element) || element.className);
  }
  assert.fail(`There was no way back to ${name}, only ${passed.join(", ")}.`);
}

const back = (chat: BedrockChat): Promise<void> =>
  until(() => focused(chat) === "input", "the focus in the composer");

async function askByKeys(chat: BedrockChat, question: string): Promise<void> {
  const ended = next(chat, "chat-response-end");
  await sendKeys({ type: question });
  await press("Enter");
  await ended;
  await drawn();
}

/** Answers at length what begins with "Long", never comes to an end with "Wait", and fails with the first "Fail". */
function answers(): { answer: (question: SendFrame) => AsyncIterable<string> } {
  let failed = false;
  return {
    answer: async function* ({ text }) {
      if (text.startsWith("Fail") && !failed) {
        failed = true;
        throw new ModelFault("model_unavailable", "Down.");
      }
      yield text.startsWith("Long")
        ? Array.from({ length: 60 }, (_, i) => `Line ${i}.`).join("\n\n")
        : `Answer to: ${text}`;
      if (text.startsWith("Wait")) await new Promise(() => {});
    },
  };
}

/** Everything that can be done with a chat. `look` is called at every turn of it. */
async function live(look: (chat: BedrockChat) => void): Promise<void> {
  const before = document.createElement("button");
  before.textContent = "Before the chat";
  document.body.prepend(before);
  const { chat, server } = await widget({}, answers());
  chat.starters = ["Begin?"];
  const texts = (): string[] => chat.messages.map(({ text }) => text);

  // Open it, and begin with a suggestion.
  before.focus();
  await press("Tab");
  assert.equal(focused(chat), "launcher");
  expectRing(active(chat)!);
  await press("Enter");
  await back(chat);
  look(chat);
  await goBackTo(chat, "Begin?");
  let ended = next(chat, "chat-response-end");
  await press("Enter");
  await ended;
  await back(chat);
  look(chat);

  // Ask, stop, ask again.
  await sendKeys({ type: "Wait" });
  await press("Enter");
  await until(() => chat.status === "streaming", "the answer");
  look(chat);
  await press("Escape");
  await until(
    () => server.received.some(({ type }) => type === "stop"),
    "the stop",
  );
  assert.isTrue(chat.open, "the first Esc only stops");
  await chat.newConversation();
  await back(chat);

  await askByKeys(chat, "One?");
  await press("ArrowUp");
  assert.equal(find<HTMLTextAreaElement>(chat, ".input").value, "One?");
  await chat.setDraft("");
  await goBackTo(chat, "Answer again");
  ended = next(chat, "chat-response-end");
  await press("Enter");
  await back(chat);
  await ended;

  // Change the question.
  await until(() => has(chat, "[aria-label='Edit question']"), "the button");
  await goBackTo(chat, "Edit question");
  await press("Enter");
  await until(() => active(chat)?.closest(".editor"), "the editor");
  expectRing(active(chat)!);
  await press("Escape");
  await back(chat);
  await goBackTo(chat, "Edit question");
  await press("Enter");
  await until(() => active(chat)?.closest(".editor"), "the editor");
  ended = next(chat, "chat-response-end");
  await press("End");
  await sendKeys({ type: "!" });
  await press("Enter");
  await ended;
  await back(chat);
  assert.deepEqual(texts(), ["One?!"]);
  look(chat);

  // Say what was bad about the answer.
  await until(() => has(chat, "[aria-label='Bad answer']"), "the button");
  await goBackTo(chat, "Bad answer");
  await press("Enter");
  await until(() => active(chat)?.closest(".editor"), "the form");
  await sendKeys({ type: "Too short." });
  await press("Tab", "Tab");
  assert.equal(nameOf(active(chat)), "Send comment");
  await press("Enter");
  await back(chat);
  assert.deepInclude(server.received.at(-1), {
    type: "feedback",
    comment: "Too short.",
  });

  // A failure, and another try.
  await askByKeys(chat, "Fail?");
  await until(() => has(chat, "[part~=retry]"), "the button");
  await goBackTo(chat, "Details");
  await press("Enter");
  assert.isTrue(find<HTMLDetailsElement>(chat, "details").open);
  look(chat);
  await goBackTo(chat, "Try again");
  ended = next(chat, "chat-response-end");
  await press("Enter");
  await ended;
  await back(chat);

  // Read a long answer, and return to its end.
  await askByKeys(chat, "Long?");
  const transcript = find(chat, ".transcript");
  await goBackTo(chat, nameOf(transcript));
  await press("Home");
  await until(() => transcript.scrollTop === 0, "the beginning of it");
  await until(() => has(chat, ".jump"), "the way back");
  look(chat);
  find(chat, ".input").focus();
  await goBackTo(chat, "Jump to latest");
  await press("Enter");
  await until(() => !has(chat, ".jump"), "the end");
  assert.isTrue(active(chat) === transcript);

  // Begin anew, and leave.
  await goBackTo(chat, "New conversation");
  await press("Enter");
  await back(chat);
  assert.deepEqual(texts(), []);
  look(chat);
  await press("Escape");
  assert.isFalse(chat.open);
  assert.equal(focused(chat), "launcher");
  await backwards();
  assert.isTrue(document.activeElement === before, "the page is not cut off");
  before.remove();
}

describe("by the keyboard alone", function () {
  this.timeout(30_000);

  it("everything can be done, and where the focus is can be seen", async function () {
    await needs(this, "held-keys");
    await live(() => {});
  });

  it("everything can be done, and nothing moves where nothing is to move", async function () {
    await needs(this, "media");
    await emulateMedia({ reducedMotion: "reduce" });
    try {
      await live((chat) => {
        for (const { effect } of chat.shadowRoot!.getAnimations()) {
          const { endTime } = effect!.getComputedTiming();
          assert.isAtMost(Number(endTime), 1, "an animation ends at once");
        }
      });
    } finally {
      await emulateMedia({ reducedMotion: "no-preference" });
    }
  });

  afterEach(() => document.querySelector("body > button")?.remove());
});
