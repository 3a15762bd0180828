import { assert } from "@open-wc/testing";
import { setViewport } from "@web/test-runner-commands";
import type { SendFrame } from "../protocol.ts";
import { ModelFault } from "../transport/memory-transport.ts";
import type { BedrockChat } from "./bedrock-chat.ts";
import {
  ask,
  button,
  drawn,
  find,
  focused,
  has,
  needs,
  next,
  open,
  settle,
  stepwise,
  until,
  widget,
} from "../../test/widget.ts";

const LINES = Array.from({ length: 60 }, (_, i) => `Line ${i}.`).join("\n\n");

const scroller = (chat: BedrockChat): HTMLElement => find(chat, ".transcript");

const fromEnd = (chat: BedrockChat): number => {
  const { scrollHeight, scrollTop, clientHeight } = scroller(chat);
  return Math.round(scrollHeight - scrollTop - clientHeight);
};

describe("transcript", () => {
  it("follows its end while the visitor is there", async () => {
    const { answer, step } = stepwise(LINES, `\n\n${LINES}`);
    const { chat } = await widget({}, { answer });
    await open(chat);
    await chat.send("Long?");
    await until(() => scroller(chat).textContent.includes("Line 59"), "text");
    await drawn();
    assert.isAtMost(fromEnd(chat), 1);
    assert.isFalse(has(chat, ".jump"));
    step();
    await until(
      () => chat.shadowRoot!.querySelectorAll(".bubble p").length === 120,
      "the rest",
    );
    await drawn();
    assert.isAtMost(fromEnd(chat), 1);
    const ended = next(chat, "chat-response-end");
    step();
    await ended;
  });

  it("keeps still when the visitor reads above, and offers the way back", async () => {
    const { answer, step } = stepwise(LINES, `\n\n${LINES}`);
    const { chat } = await widget({}, { answer });
    await open(chat);
    await chat.send("Long?");
    await until(() => scroller(chat).textContent.includes("Line 59"), "text");
    scroller(chat).scrollTop = 100;
    await until(() => has(chat, ".jump"), "the button");
    assert.equal(find(chat, ".jump").textContent.trim(), "Jump to latest");
    step();
    await until(
      () => chat.shadowRoot!.querySelectorAll(".bubble p").length === 120,
      "the rest",
    );
    assert.closeTo(scroller(chat).scrollTop, 100, 1);
    const ended = next(chat, "chat-response-end");
    step();
    await ended;
    await until(
      () => find(chat, ".jump").textContent.trim() === "1 new answer",
      "the count",
    );
    find(chat, ".jump").click();
    await until(() => !has(chat, ".jump"), "the end");
    assert.isAtMost(fromEnd(chat), 1);
  });

  it("lets go of a visitor who begins to scroll up, however little", async () => {
    const { answer, step } = stepwise(LINES, "\n\nMore.", "\n\nAnd more.");
    const { chat } = await widget({}, { answer });
    await open(chat);
    await chat.send("Long?");
    await until(() => scroller(chat).textContent.includes("Line 59"), "text");
    await until(() => fromEnd(chat) <= 1, "the end");
    const scrolled = new Promise((resolve) =>
      scroller(chat).addEventListener("scroll", resolve, { once: true }),
    );
    scroller(chat).scrollTop -= 8;
    const top = scroller(chat).scrollTop;
    step();
    await scrolled;
    await until(() => scroller(chat).textContent.includes("More."), "more");
    step();
    await until(() => scroller(chat).textContent.includes("And"), "the rest");
    await drawn();
    assert.closeTo(scroller(chat).scrollTop, top, 1);
    scroller(chat).scrollTop += 4_000;
    const ended = next(chat, "chat-response-end");
    step();
    await ended;
    await drawn();
    assert.isAtMost(fromEnd(chat), 1);
  });

  it("loads older turns above without moving what is read", async () => {
    const answer = ({ text }: SendFrame): string => `${text}\n\n${LINES}`;
    const { chat, server } = await widget({}, { answer, pageSize: 2 });
    await open(chat);
    for (let i = 0; i < 5; i++) await ask(chat, `Question ${i}`);
    const { conversationId } = JSON.parse(
      (await chat.exportTranscript()).json,
    ) as { conversationId: string };
    const token = server.received.find(({ type }) => type === "hello");
    assert.ok(token);
    // Another page of the same visitor, who comes back.
    const again = await widget({ "conversation-id": conversationId });
    again.chat.createTransport = server.connect;
    again.chat.setAttribute("user-id", "same");
    const back = again.chat;
    server.intercept = (frame) => {
      if (frame.type === "hello")
        (frame as { visitorToken?: string }).visitorToken = "visitor-1";
      return undefined;
    };
    await open(back);
    await until(() => has(back, ".turn"), "the newest page");
    await until(() => fromEnd(back) <= 1, "the end");
    const first = find(back, ".turn");
    const before = back.messages.length;
    scroller(back).scrollTop = 40;
    const top = first.getBoundingClientRect().top;
    await until(() => back.messages.length > before, "the older page");
    await drawn();
    assert.closeTo(first.getBoundingClientRect().top, top, 45);
    assert.isAbove(scroller(back).scrollTop, 200);
  });

  it("draws a turn again only when something in it has changed", async () => {
    const { chat } = await widget();
    await open(chat);
    await ask(chat, "One?");
    await ask(chat, "Two?");
    const mutated: Node[] = [];
    const observer = new MutationObserver((records) =>
      mutated.push(...records.map(({ target }) => target)),
    );
    observer.observe(find(chat, ".turn"), { childList: true, subtree: true });
    await ask(chat, "Three?");
    observer.disconnect();
    assert.deepEqual(mutated, []);
  });
});

describe("what can be done with a turn", () => {
  it("a failed one can be asked again", async () => {
    let fail = true;
    const { chat } = await widget(
      {},
      {
        answer: () => {
          if (fail) throw new ModelFault("model_unavailable", "Down.");
          return "Here I am.";
        },
      },
    );
    await open(chat);
    await ask(chat, "There?");
    fail = false;
    assert.include(
      find(chat, ".notice.error details").textContent,
      "Request memory-",
    );
    const ended = next(chat, "chat-response-end");
    button(chat, "Try again").click();
    await ended;
    await drawn();
    assert.equal(chat.messages.length, 1);
    assert.isFalse(has(chat, ".notice.error"));
  });

  it("a question that waits says so and can be removed", async () => {
    const { chat, server } = await widget();
    server.refuseConnections = 1006;
    await open(chat);
    await chat.send("Anybody?");
    await until(() => has(chat, ".state"), "the state");
    assert.equal(find(chat, ".state").textContent.trim(), "Waiting to send");
    button(chat, "Remove").click();
    await until(() => !has(chat, ".turn"), "the end of it");
  });

  it("the last answer can be asked for again, and its question changed", async () => {
    let asked = 0;
    const { chat } = await widget({}, { answer: () => `Answer ${++asked}` });
    await open(chat);
    await ask(chat, "One?");
    let ended = next(chat, "chat-response-end");
    button(chat, "Answer again").click();
    await ended;
    await drawn();
    assert.equal(chat.messages[0]!.answer, "Answer 2");

    button(chat, "Edit question").click();
    await until(() => has(chat, ".editor textarea"), "the editor");
    const field = find<HTMLTextAreaElement>(chat, ".editor textarea");
    assert.equal(field.value, "One?");
    assert.isTrue(chat.shadowRoot!.activeElement === field);
    field.value = "Another one?";
    ended = next(chat, "chat-response-end");
    find(chat, ".editor .primary").click();
    await ended;
    assert.deepEqual(
      chat.messages.map(({ text, answer }) => [text, answer]),
      [["Another one?", "Answer 3"]],
    );
  });

  it("an answer can be rated, with a comment when it was bad", async () => {
    const { chat, server } = await widget();
    await open(chat);
    await ask(chat, "Good?");
    const rated = next(chat, "chat-feedback");
    button(chat, "Bad answer").click();
    assert.deepInclude(await rated, { rating: "down", comment: undefined });
    await until(() => has(chat, "form textarea"), "the comment");
    assert.equal(button(chat, "Bad answer").ariaPressed, "true");
    await assert.isAccessible(chat);
    find<HTMLTextAreaElement>(chat, "form textarea").value = "Too short.";
    const commented = next(chat, "chat-feedback");
    button(chat, "Send comment").click();
    assert.equal((await commented).comment, "Too short.");
    await until(() => !has(chat, "form"), "the end of the form");
    const feedback = server.received.filter(({ type }) => type === "feedback");
    assert.deepInclude(feedback.at(-1), {
      rating: "down",
      comment: "Too short.",
    });
  });

  it("everything that can be clicked is at least 24 pixels wide and high", async () => {
    const { chat } = await widget({ disclaimer: "Careful." });
    chat.starters = ["Begin?"];
    await open(chat);
    const small = (): string[] =>
      [...chat.shadowRoot!.querySelectorAll("button, summary")]
        .map((each) => [each, each.getBoundingClientRect()] as const)
        .filter(([, { width, height }]) => width && (width < 24 || height < 24))
        .map(([each]) => each.outerHTML);
    assert.deepEqual(small(), []);
    await ask(chat, "```js\nlet x;\n```\n");
    assert.deepEqual(small(), []);
  });
});

describe("a chat that covers the screen", () => {
  it("is modal, and keeps the focus inside", async () => {
    const { chat } = await widget({ mode: "fullscreen" });
    await open(chat);
    const panel = find(chat, ".panel");
    assert.equal(panel.getAttribute("aria-modal"), "true");
    const [start, end] = chat.shadowRoot!.querySelectorAll<HTMLElement>(
      ".sentinel",
    ) as unknown as [HTMLElement, HTMLElement];
    end.focus();
    assert.equal(chat.shadowRoot!.activeElement!.ariaLabel, "Close chat");
    start.focus();
    assert.equal(focused(chat), "send");
    await assert.isAccessible(chat);
  });

  it("is what a bubble becomes on a phone", async function () {
    await needs(this, "narrow");
    const { chat } = await widget();
    await open(chat);
    const panel = find(chat, ".panel");
    assert.isFalse(panel.hasAttribute("aria-modal"));
    await setViewport({ width: 360, height: 640 });
    await until(() => panel.ariaModal === "true", "modality");
    settle(chat);
    // The visual viewport tells of its size a little later.
    await until(() => {
      const { left, top, width, height } = panel.getBoundingClientRect();
      return `${left} ${top} ${width} ${height}` === "0 0 360 640";
    }, "all of the screen");
    await setViewport({ width: 800, height: 600 });
  });

  it("reflows at 320 pixels without scrolling sideways", async function () {
    await needs(this, "narrow");
    await setViewport({ width: 320, height: 568 });
    const { chat } = await widget({ heading: "A rather long heading indeed" });
    await open(chat);
    await ask(chat, "W".repeat(200));
    assert.equal(scroller(chat).scrollWidth, scroller(chat).clientWidth);
    assert.equal(document.documentElement.scrollWidth, 320);
    await setViewport({ width: 800, height: 600 });
  });
});
