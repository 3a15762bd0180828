import { assert } from "@open-wc/testing";
import { ask, has, open, settle, until, widget } from "../../test/widget.ts";

describe("Another user", () => {
  it("of the same page sees nothing of what the last one has said", async () => {
    const { chat, server } = await widget({ "user-id": "anna" });
    await open(chat);
    await ask(chat, "Anna's secret?");
    const stored = Object.keys(localStorage).length;
    chat.userId = "bert";
    await until(() => !has(chat, ".turn"), "an empty transcript");
    assert.deepEqual(chat.messages, []);
    await ask(chat, "Bert's question?");
    const visitors = server.received.flatMap((frame) =>
      frame.type === "hello" ? [frame.visitorToken] : [],
    );
    assert.deepEqual(visitors, [undefined, undefined]);
    assert.isAtMost(Object.keys(localStorage).length, stored);
    chat.userId = "anna";
    await until(() => !has(chat, ".turn"), "an empty transcript again");
    settle(chat);
    assert.deepEqual(chat.messages, []);
  });
});
