import { assert } from "@open-wc/testing";
import { emulateMedia, executeServerCommand } from "@web/test-runner-commands";
import type { BedrockChat } from "./bedrock-chat.ts";
import {
  ask,
  drawn,
  find,
  focused,
  needs,
  open,
  until,
  widget,
} from "../../test/widget.ts";

const style = (chat: BedrockChat, selector: string): CSSStyleDeclaration =>
  getComputedStyle(find(chat, selector));

/** Styles of the page, for the length of one test. */
function pageStyles(text: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [sheet];
}

describe("appearance", () => {
  afterEach(() => {
    document.adoptedStyleSheets = [];
  });

  it("is not changed by what a page says of everything", async () => {
    const { chat } = await widget();
    await open(chat);
    await ask(chat, "Same?");
    const names = [
      "color",
      "fontSize",
      "letterSpacing",
      "lineHeight",
      "textTransform",
      "textAlign",
      "wordSpacing",
    ] as const;
    const parts = [".title", ".assistant .bubble p", ".input", ".launcher"];
    const read = (): string[] =>
      parts.map((part) =>
        names.map((name) => style(chat, part)[name]).join(" "),
      );
    const before = read();
    pageStyles(
      "* { color: red; font-size: 31px; letter-spacing: 3px; line-height: 3; text-transform: uppercase; text-align: right; word-spacing: 1em }",
    );
    assert.deepEqual(read(), before);
  });

  it("changes nothing outside", async () => {
    const outside = document.createElement("p");
    outside.textContent = "Outside";
    document.body.append(outside);
    const read = (): string =>
      [...getComputedStyle(outside)]
        .map((name) => getComputedStyle(outside).getPropertyValue(name))
        .join();
    const before = read();
    const { chat } = await widget();
    await open(chat);
    assert.equal(read(), before);
    assert.equal(document.head.querySelectorAll("style").length, 0);
    outside.remove();
  });

  it("has the scheme of its theme inside too, for colours of code and controls", async () => {
    const { chat } = await widget({ theme: "dark" });
    await open(chat);
    for (const part of [".panel", ".input", ".transcript"])
      assert.equal(style(chat, part).colorScheme, "dark", part);
    chat.theme = "light";
    assert.equal(style(chat, ".input").colorScheme, "light");
  });

  it("takes custom properties and parts from the page", async () => {
    pageStyles(
      "bedrock-chat { --chat-accent: rgb(120, 0, 80); --chat-z-index: 7 } bedrock-chat::part(bubble) { border-top-left-radius: 3px }",
    );
    const { chat } = await widget();
    await open(chat);
    await ask(chat, "Mine?");
    assert.equal(style(chat, ".launcher").backgroundColor, "rgb(120, 0, 80)");
    assert.equal(style(chat, ".panel").zIndex, "7");
    assert.equal(style(chat, ".assistant .bubble").borderTopLeftRadius, "3px");
  });

  it("shows what the page puts into slots", async () => {
    const { chat } = await widget({ mode: "inline" });
    const slots = [
      "avatar-assistant",
      "header-actions",
      "empty",
      "starters",
      "before-composer",
      "after-composer",
      "disclaimer",
      "footer",
    ];
    for (const slot of slots) {
      const own = document.createElement("span");
      own.slot = slot;
      own.textContent = slot;
      chat.append(own);
    }
    await until(() => chat.shadowRoot!.querySelector(".input"), "the panel");
    await drawn();
    for (const own of chat.children) {
      const { width, height } = own.getBoundingClientRect();
      assert.isAbove(width * height, 0, own.slot);
    }
  });
});

describe("appearance, as the system wants it,", () => {
  afterEach(async function () {
    if (this.currentTest!.isPending()) return;
    await emulateMedia({
      colorScheme: "light",
      reducedMotion: "no-preference",
    });
    await executeServerCommand("media-features", {});
  });

  it("follows the system until it is told a theme", async function () {
    await needs(this, "media");
    const { chat } = await widget();
    const light = style(chat, ".panel").backgroundColor;
    await emulateMedia({ colorScheme: "dark" });
    const dark = style(chat, ".panel").backgroundColor;
    assert.notEqual(dark, light);
    chat.theme = "light";
    assert.equal(style(chat, ".panel").backgroundColor, light);
    await emulateMedia({ colorScheme: "light" });
    chat.theme = "dark";
    assert.equal(style(chat, ".panel").backgroundColor, dark);
  });

  it("moves nothing for those who do not want that", async function () {
    await needs(this, "media");
    await emulateMedia({ reducedMotion: "reduce" });
    const { chat } = await widget();
    await open(chat);
    chat.hide();
    await drawn();
    await open(chat);
    assert.equal(focused(chat), "input", "what appears at once has the focus");
    await ask(chat, "Still?");
    for (const part of [".panel", ".launcher", ".message"]) {
      const { transitionDuration, animationDuration } = style(chat, part);
      for (const duration of `${transitionDuration}, ${animationDuration}`.split(
        ", ",
      ))
        assert.isAtMost(parseFloat(duration), 0.001, part);
    }
  });

  it("keeps its outlines where colours are forced", async function () {
    await needs(this, "media");
    const { chat } = await widget();
    await executeServerCommand("media-features", { "forced-colors": "active" });
    await open(chat);
    await ask(chat, "Visible?");
    for (const part of [".panel", ".launcher", ".bubble", ".field"]) {
      const { borderTopWidth, borderTopStyle } = style(chat, part);
      assert.equal(`${borderTopWidth} ${borderTopStyle}`, "1px solid", part);
    }
    await assert.isAccessible(chat);
  });
});
