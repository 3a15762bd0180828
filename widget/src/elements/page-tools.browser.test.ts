import { assert } from "@open-wc/testing";
import { ask, open, widget } from "../../test/widget.ts";

const tools = {
  cart: {
    description: "Says what is in the cart.",
    inputSchema: { type: "object" },
    handler: () => [],
  },
};

/** The names of the tools that came with each question. */
const offered = ({ received }: Awaited<ReturnType<typeof widget>>["server"]) =>
  received.flatMap((frame) =>
    frame.type === "send"
      ? [(frame.tools ?? []).map(({ name }) => name).join()]
      : [],
  );

describe("The tools of a page", () => {
  it("go with the first question", async () => {
    const { chat, server } = await widget();
    chat.tools = tools;
    await ask(chat, "What did I choose?");
    assert.deepEqual(offered(server), ["cart"]);
  });

  it("go with the next question when they come after the chat was opened", async () => {
    const { chat, server } = await widget();
    await open(chat);
    await ask(chat, "What did I choose?");
    chat.tools = tools;
    await ask(chat, "And now?");
    assert.deepEqual(offered(server), ["", "cart"]);
  });
});
