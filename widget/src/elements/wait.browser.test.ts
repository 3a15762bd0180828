import { assert } from "@open-wc/testing";
import { find, has, next, open, until, widget } from "../../test/widget.ts";

describe("A question that was too much for now", () => {
  it("counts down, is told of once, and can be asked again when the time is over", async () => {
    const { chat, server } = await widget();
    server.intercept = (frame) =>
      frame.type === "send"
        ? { code: "budget_exceeded", message: "Later.", retryAfterMs: 1_500 }
        : undefined;
    await open(chat);
    await chat.send("Hello?");
    await until(() => has(chat, ".turn .notice-text"), "the refusal");
    const notice = find(chat, ".turn .notice-text");
    const alert = find(chat, "[role=alert]");
    const said = alert.textContent;
    assert.match(said, /in 2 seconds/);
    assert.equal(notice.textContent, said);
    assert.isFalse(has(chat, "[part=retry]"));
    await until(
      () => /in 1 second/.test(notice.textContent),
      "the last second",
    );
    assert.isFalse(has(chat, "[part=retry]"));
    await until(() => has(chat, "[part=retry]"), "the end of the wait");
    assert.notMatch(notice.textContent, /second/);
    assert.equal(alert.textContent, said);
    server.intercept = undefined;
    const ended = next(chat, "chat-response-end");
    find(chat, "[part=retry]").click();
    await ended;
  });
});
