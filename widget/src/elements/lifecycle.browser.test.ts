/** The element as the page's developer meets it: attributes, properties, methods, events, moving about. */
import { assert, aTimeout } from "@open-wc/testing";
import { sendKeys } from "@web/test-runner-commands";
import type { ChatEventMap } from "../events.ts";
import { BedrockChat } from "./bedrock-chat.ts";
import {
  ask,
  drawn,
  find,
  focused,
  has,
  next,
  open,
  until,
  warnings,
  widget,
} from "../../test/widget.ts";

describe("attributes", () => {
  it("fall back to their default when they are junk, and say so once", async () => {
    const { chat } = await widget();
    const said = await warnings(() => {
      for (let i = 0; i < 2; i++) {
        chat.setAttribute("mode", "popup");
        chat.setAttribute("max-length", "-3");
      }
    });
    assert.equal(chat.mode, "bubble");
    assert.equal(chat.maxLength, undefined);
    assert.equal(said.length, 2, said.join("\n"));
    assert.include(said[0], "bubble, inline, sidebar, fullscreen");
    assert.include(said[0], '"popup"');
  });

  it("are what their properties read and write", async () => {
    const { chat } = await widget();
    chat.maxLength = 20;
    chat.noLauncher = true;
    chat.userId = "u-1";
    assert.equal(chat.getAttribute("max-length"), "20");
    assert.isTrue(chat.hasAttribute("no-launcher"));
    assert.equal(chat.getAttribute("user-id"), "u-1");
    chat.noLauncher = false;
    chat.userId = "";
    assert.isFalse(chat.hasAttribute("no-launcher"));
    assert.isFalse(chat.hasAttribute("user-id"));
  });

  it("may change at any time", async () => {
    const { chat } = await widget();
    await open(chat);
    chat.heading = "Later";
    await until(() => find(chat, ".title").textContent === "Later", "heading");
    chat.mode = "sidebar";
    chat.theme = "dark";
    chat.disabled = true;
    await until(
      () => find<HTMLTextAreaElement>(chat, ".input").disabled,
      "disabled",
    );
  });

  it("that are lists hold texts, and nothing when they are set to something else", () => {
    const chat = document.createElement("bedrock-chat");
    for (const junk of [null, 5, "https://pictures.example", {}])
      for (const name of ["starters", "imageOrigins"] as const) {
        chat[name] = junk as never;
        assert.deepEqual(chat[name], []);
        chat[name] = [5] as never;
        assert.deepEqual(chat[name], ["5"]);
      }
  });

  it("that are lists and tables are each chat's own, also before the page sets them", () => {
    const [one, other] = [1, 2].map(() =>
      document.createElement("bedrock-chat"),
    );
    (one!.imageOrigins as string[]).push("https://pictures.example");
    Object.assign(one!.renderers, { form: () => "" });
    assert.deepEqual(one!.imageOrigins, ["https://pictures.example"]);
    assert.deepEqual(other!.imageOrigins, []);
    assert.deepEqual(other!.renderers, {});
  });

  it("of an element that is defined later count, as do its properties", async () => {
    const chat = document.createElement("late-chat") as BedrockChat;
    chat.setAttribute("heading", "Early");
    chat.starters = ["One?"];
    chat.imageOrigins = ["https://pictures.example"];
    chat.mode = "inline";
    document.body.append(chat);
    class LateChat extends BedrockChat {}
    LateChat.define("late-chat");
    await until(() => has(chat, ".starter"), "the starter");
    assert.equal(find(chat, ".title").textContent, "Early");
    assert.equal(chat.getAttribute("mode"), "inline");
    assert.deepEqual(chat.imageOrigins, ["https://pictures.example"]);
    chat.remove();
  });
});

describe("opening and closing", () => {
  it("fires its events once and returns the focus to the launcher", async () => {
    const { chat } = await widget();
    const fired: string[] = [];
    for (const type of ["chat-show", "chat-hide"] as const)
      chat.addEventListener(type, () => fired.push(type));
    await open(chat);
    assert.equal(focused(chat), "input");
    chat.show();
    chat.hide();
    chat.hide();
    assert.equal(focused(chat), "launcher");
    assert.deepEqual(fired, ["chat-show", "chat-hide"]);
  });

  it("leaves the focus alone where the page wants that", async () => {
    const { chat } = await widget({ "no-autofocus": "" });
    await open(chat);
    assert.equal(focused(chat), undefined);
  });

  it("with the page moves no focus and opens no socket until the composer is used", async () => {
    const { chat, server } = await widget({ open: "" });
    await until(() => has(chat, ".input"), "the composer");
    await drawn();
    assert.isTrue(document.activeElement === document.body);
    assert.equal(chat.connectionState, "closed");
    find(chat, ".input").focus();
    await until(() => chat.connectionState === "ready", "the connection");
    assert.equal(server.connections, 1);
  });

  it("stays disconnected by the page until something is asked, or it is opened again", async () => {
    const { chat } = await widget();
    await open(chat);
    await ask(chat, "One?");
    chat.disconnect();
    find(chat, ".launcher").focus();
    find(chat, ".input").focus(); // As when the visitor comes back to the window.
    await chat.newConversation();
    await sendKeys({ type: "Two?" });
    await drawn();
    assert.equal(chat.connectionState, "closed");
    await sendKeys({ press: "Enter" });
    await until(() => chat.connectionState === "ready", "the connection");
    chat.disconnect();
    chat.hide();
    await open(chat);
    await until(() => chat.connectionState === "ready", "the connection again");
  });

  it("counts answers that end behind its back", async () => {
    const { chat } = await widget();
    const counts: number[] = [];
    chat.addEventListener("chat-unread", ({ count }) => counts.push(count));
    await ask(chat, "One?");
    await ask(chat, "Two?");
    await drawn();
    assert.equal(find(chat, ".badge").textContent, "2");
    assert.include(find(chat, ".launcher").ariaLabel, "2 new answers");
    await open(chat);
    assert.isTrue(find(chat, ".badge").hidden);
    assert.deepEqual(counts, [1, 2, 0]);
  });
});

describe("in the page", () => {
  it("inline begins nothing before its composer is used", async () => {
    const { chat } = await widget({ mode: "inline" });
    await until(() => has(chat, ".input"), "the composer");
    await drawn();
    assert.isTrue(document.activeElement === document.body);
    assert.equal(chat.connectionState, "closed");
    find(chat, ".input").focus();
    await until(() => chat.connectionState === "ready", "the connection");
  });

  it("stays as it is when it is moved", async () => {
    const { chat, server } = await widget();
    await open(chat);
    await ask(chat, "Still there?");
    const bubble = find(chat, ".user .bubble");
    const elsewhere = document.createElement("div");
    document.body.append(elsewhere);
    elsewhere.append(chat);
    await drawn();
    assert.equal(server.connections, 1);
    assert.isTrue(find(chat, ".user .bubble") === bubble);
    assert.isTrue(chat.open);
    elsewhere.remove();
  });

  it("lets go of everything when it is removed, and goes on when it is back", async () => {
    const { chat, server } = await widget();
    await open(chat);
    await ask(chat, "One?");
    chat.remove();
    await until(() => server.connections === 0, "the end of the connection");
    await aTimeout(0);
    document.body.append(chat);
    await until(() => chat.connectionState === "ready", "the connection");
    await ask(chat, "Two?");
    assert.deepEqual(
      chat.messages.map(({ text }) => text),
      ["One?", "Two?"],
    );
    chat.remove();
  });

  it("two widgets know nothing of each other", async () => {
    const { chat: one } = await widget({ mode: "inline", heading: "One" });
    const second = document.createElement("bedrock-chat");
    const { chat: two } = await widget({ mode: "inline" });
    await until(() => has(one, ".input") && has(two, ".input"), "both");
    await ask(one, "To one?");
    assert.equal(one.messages.length, 1);
    assert.equal(two.messages.length, 0);
    assert.isFalse(has(two, ".user"));
    second.remove();
  });
});

describe("methods and events", () => {
  it("tell the story of a question in order, with what they carry", async () => {
    const { chat } = await widget();
    const story: string[] = [];
    const types: (keyof ChatEventMap)[] = [
      "chat-before-send",
      "chat-send",
      "chat-ready",
      "chat-response-start",
      "chat-response-delta",
      "chat-response-end",
    ];
    for (const type of types)
      document.addEventListener(
        type,
        (event) => {
          assert.isTrue(event.bubbles && event.composed);
          if (story.at(-1) !== type) story.push(type);
        },
        { once: type !== "chat-response-delta" },
      );
    await ask(chat, "In which order?");
    assert.deepEqual(story, types);
    assert.equal(chat.messages[0]!.answer, "In which order?");
  });

  it("let the page change a question, add context, or cancel it", async () => {
    const { chat, server } = await widget();
    chat.context = (question) => ({ title: `About ${question}` });
    chat.addEventListener("chat-before-send", (event) => {
      if (event.text === "secret") event.preventDefault();
      else event.text = event.text.toUpperCase();
    });
    assert.equal(await chat.send("secret"), undefined);
    await ask(chat, "loud");
    const sent = server.received.filter(({ type }) => type === "send");
    assert.equal(sent.length, 1);
    assert.deepInclude(sent[0], {
      text: "LOUD",
      context: { title: "About loud" },
    });
  });

  it("put a draft into the composer and export what was said", async () => {
    const { chat } = await widget();
    await chat.setDraft("Prepared");
    await open(chat);
    assert.equal(find<HTMLTextAreaElement>(chat, ".input").value, "Prepared");
    await ask(chat, "What is in it?");
    const { markdown, json } = await chat.exportTranscript();
    assert.match(markdown, /^# .*\n\n## You — .*\n\nWhat is in it\?\n\n## Ass/);
    const data = JSON.parse(json) as { turns: { question: string }[] };
    assert.equal(data.turns[0]!.question, "What is in it?");
  });

  it("begin a new conversation", async () => {
    const { chat } = await widget();
    await open(chat);
    await ask(chat, "Old?");
    const changed = next(chat, "chat-conversation-change");
    await chat.newConversation();
    await changed;
    await until(() => !has(chat, ".turn"), "the end of the old turns");
    assert.isFalse(find(chat, ".empty").hidden);
  });

  it("say what the session says of a refused question", async () => {
    const { chat } = await widget({ "max-length": "5" });
    const failed = next(chat, "chat-error");
    assert.equal(await chat.send("far too long"), undefined);
    assert.equal((await failed).code, "too_large");
  });
});

describe("languages", () => {
  it("come from the attribute, and turn the layout round", async () => {
    const { chat } = await widget({ lang: "he" });
    await until(() => find(chat, ".panel").dir === "rtl", "right to left");
    assert.equal(find(chat, ".panel").lang, "he");
    await open(chat);
    await assert.isAccessible(chat);
    chat.lang = "de";
    await until(
      () => find(chat, ".launcher").ariaLabel === "Chat schließen",
      "German",
    );
  });

  it("can be overridden sentence by sentence", async () => {
    const { chat } = await widget();
    chat.strings = { openChat: "Ask the gardener" };
    await until(
      () => find(chat, ".launcher").ariaLabel === "Ask the gardener",
      "the page's own words",
    );
  });
});

describe("a page that made a mistake", () => {
  it("without an endpoint is told so, and the visitor that there is no chat", async () => {
    const chat = document.createElement("bedrock-chat");
    chat.persist = "none";
    document.body.append(chat);
    const said = await warnings(async () => {
      await open(chat);
      await until(() => has(chat, ".banner .notice.error"), "the sentence");
    });
    assert.equal(chat.connectionState, "failed");
    assert.include(said.join("\n"), "endpoint");
    chat.remove();
  });
});
