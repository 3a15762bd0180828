import { assert } from "@open-wc/testing";
import { ask, find, next, open, until, widget } from "../../test/widget.ts";

/** The tokens that hellos have brought. */
const tokens = ({ received }: Awaited<ReturnType<typeof widget>>["server"]) =>
  received.flatMap((frame) =>
    frame.type === "hello" ? [frame.authToken] : [],
  );

describe("A user who signs in", () => {
  it("may do so after the chat was opened", async () => {
    const { chat, server } = await widget();
    await open(chat);
    await ask(chat, "Before?");
    chat.getToken = () => Promise.resolve("late");
    chat.disconnect();
    await chat.connect();
    await until(() => tokens(server).length === 2, "another hello");
    assert.deepEqual(tokens(server), [undefined, "late"]);
  });

  it("is told to when the server wants that, and goes on from there", async () => {
    const { chat, server } = await widget();
    let signedIn = false;
    server.intercept = (frame) =>
      frame.type === "hello" && frame.authToken !== "good"
        ? { code: "unauthorized" }
        : undefined;
    chat.getToken = () => Promise.resolve(signedIn ? "good" : "");
    await open(chat);
    const told = next(chat, "chat-error");
    await chat.send("May I?");
    assert.equal((await told).code, "unauthorized");
    await until(() => chat.shadowRoot?.querySelector(".banner"), "a banner");
    assert.include(
      find(chat, ".banner").textContent,
      "Please sign in to use the chat.",
    );
    assert.deepEqual(
      chat.messages.map(({ text, status }) => [text, status]),
      [["May I?", "waiting"]],
    );
    signedIn = true;
    const answered = next(chat, "chat-response-end");
    find(chat, ".banner button").click();
    assert.equal((await answered).status, "complete");
    assert.equal(tokens(server).at(-1), "good");
  });
});
