import { assert } from "@open-wc/testing";
import { ModelFault } from "../transport/memory-transport.ts";
import type { BedrockChat } from "./bedrock-chat.ts";
import { ask, drawn, find, open, until, widget } from "../../test/widget.ts";

/** Everything that a live region says from now on. */
function listen(chat: BedrockChat, role: "status" | "alert"): string[] {
  const said: string[] = [];
  const region = find(chat, `.hidden[role=${role}]`);
  assert.equal(region.textContent, "", "there before it is filled");
  new MutationObserver(() => said.push(region.textContent)).observe(region, {
    childList: true,
    characterData: true,
    subtree: true,
  });
  return said;
}

describe("what a screen reader is told", () => {
  it("is that an answer began, and then the finished answer, once", async () => {
    const { chat } = await widget(
      {},
      {
        answer: function* () {
          yield "Basil **likes** sun";
          yield ".\n\n```js\nlet x;\n```\n\nAnd ";
          yield "warmth.";
        },
      },
    );
    await open(chat);
    const said = listen(chat, "status");
    await ask(chat, "What does basil like?");
    await until(() => said.length === 2, "both sentences");
    assert.equal(said[0], "Writing an answer");
    assert.match(
      said[1]!,
      /^Assistant: Basil likes sun\.\n+js\n+let x;\n+And warmth\.$/,
    );
    await drawn();
    assert.equal(said.length, 2);
  });

  it("is no answer of a conversation that the page has left", async () => {
    const { chat } = await widget();
    await open(chat);
    const said = listen(chat, "status");
    chat.addEventListener("chat-response-end", () => void chat.reset());
    await ask(chat, "Hello?");
    await until(() => chat.messages.length === 0, "the end");
    await drawn();
    assert.deepEqual(said, ["Writing an answer"]);
  });

  it("is an error, at once", async () => {
    const { chat } = await widget(
      {},
      {
        answer: () => {
          throw new ModelFault("model_throttled", "Slow down.");
        },
      },
    );
    await open(chat);
    const said = listen(chat, "alert");
    await ask(chat, "Hello?");
    await until(() => said.length === 1, "the error");
    assert.equal(said[0], "Many people are asking right now.");
  });

  it("is that the connection is lost", async () => {
    const { chat, server } = await widget();
    await open(chat);
    await ask(chat, "Hello?");
    const said: string[] = [];
    const region = find(chat, ".hidden[role=status]");
    new MutationObserver(() => said.push(region.textContent)).observe(region, {
      childList: true,
    });
    server.cut();
    await until(() => said.length > 0, "the sentence");
    assert.equal(said[0], "Connection lost. Reconnecting…");
  });

  it("is nothing of the transcript by itself", async () => {
    const { chat } = await widget();
    await open(chat);
    await ask(chat, "Quiet?");
    const log = find(chat, "[role=log]");
    assert.equal(log.ariaLive, "off");
    assert.equal(log.ariaLabel, "Conversation");
    const names = [...log.querySelectorAll("[role=article]")].map((each) =>
      each.ariaLabel!.replace(/,.*/, ""),
    );
    assert.deepEqual(names, ["You", "Assistant"]);
  });
});
