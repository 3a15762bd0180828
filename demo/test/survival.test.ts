/** What a visitor sees when the network, the page or the tab goes away in mid-answer. */
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { Browser } from "puppeteer-core";
import type { LocalStack } from "../../server/local/stack.ts";
import { GatedAnswer } from "./support/gates.ts";
import {
  launchBrowser,
  PATIENT,
  startStack,
  Visitor,
} from "./support/world.ts";

const PIECES = ["One, ", "two, ", "three 🙂, ", "four, ", "five."];

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Runs `scenario` with a stack of its own and a visitor who has no past. */
async function scene(
  answers: Parameters<typeof startStack>,
  scenario: (stack: LocalStack, visitor: Visitor) => Promise<void>,
): Promise<void> {
  const stack = await startStack(...answers);
  const context = await browser.createBrowserContext();
  try {
    const visitor = await Visitor.open(context, `${stack.url}/`);
    await visitor.openChat();
    await visitor.connection("ready");
    await scenario(stack, visitor);
  } finally {
    await context.close();
    await stack.close();
  }
}

test("the network is cut in mid-answer: the answer completes when it is back", async () => {
  const counting = new GatedAnswer(PIECES);
  await scene([counting.answer], async (_stack, visitor) => {
    await visitor.ask("Count to five.");
    counting.open(2);
    await visitor.received("One, two, ".length);
    await visitor.page.setOfflineMode(true);
    await visitor.connection("offline");
    counting.open();
    await visitor.page.setOfflineMode(false);
    await visitor.answered(1);
    await visitor.shows(counting.text);
    assert.equal(counting.calls, 1);
  });
});

test("the page is reloaded in mid-answer: the conversation comes back and the answer goes on", async () => {
  const counting = new GatedAnswer(PIECES);
  await scene(["Hello!", counting.answer], async (_stack, visitor) => {
    await visitor.ask("Hi.");
    await visitor.answered(1);
    await visitor.ask("Count to five.");
    counting.open(2);
    await visitor.received("One, two, ".length);
    await visitor.page.reload();
    await visitor.received("One, two, ".length);
    counting.open();
    await visitor.answered(2);
    assert.deepEqual(
      (await visitor.turns()).map(({ text, answer }) => [text, answer]),
      [
        ["Hi.", "Hello!"],
        ["Count to five.", counting.text],
      ],
    );
    assert.equal(counting.calls, 1);
  });
});

test("two tabs show the same conversation as it comes", async () => {
  const counting = new GatedAnswer(PIECES);
  await scene([counting.answer, "Six."], async (_stack, first) => {
    const second = await first.openSecondTab();
    await first.ask("Count to five.");
    counting.open();
    await first.answered(1);
    await second.answered(1);
    await second.page.bringToFront();
    await second.ask("And then?");
    await second.answered(2);
    await first.answered(2);
    assert.deepEqual(await first.turns(), await second.turns());
  });
});

test("questions typed offline are answered once each, in order", async () => {
  await scene(["First.", "Second."], async (stack, visitor) => {
    await visitor.page.setOfflineMode(true);
    await visitor.connection("offline");
    await visitor.ask("What is first?");
    await visitor.ask("What is second?");
    assert.deepEqual(
      (await visitor.turns()).map(({ status }) => status),
      ["waiting", "waiting"],
    );
    await visitor.page.setOfflineMode(false);
    await visitor.answered(2);
    assert.deepEqual(
      (await visitor.turns()).map(({ text, answer }) => [text, answer]),
      [
        ["What is first?", "First."],
        ["What is second?", "Second."],
      ],
    );
    assert.equal(stack.bedrock?.calls.length, 2);
  });
});

test("a part of the chat that could not be fetched offline is fetched when the network is back", async () => {
  await scene(["Hello!"], async (_stack, visitor) => {
    const forget = (): Promise<string> =>
      visitor.page.evaluate(() => {
        const chat = document.querySelector("bedrock-chat") as unknown as {
          forget(): Promise<void>;
        };
        return chat.forget().then(
          () => "forgotten",
          () => "rejected",
        );
      });
    await visitor.ask("Hi.");
    await visitor.answered(1);
    await visitor.page.setOfflineMode(true);
    await visitor.connection("offline");
    assert.equal(await forget(), "rejected");
    await visitor.page.setOfflineMode(false);
    await visitor.connection("ready");
    assert.equal(await forget(), "forgotten");
    assert.deepEqual(await visitor.turns(), []);
  });
});

test("a new conversation is one and the same in both tabs", async () => {
  await scene(["Hello!", "Again!"], async (_stack, first) => {
    await first.ask("Hi.");
    await first.answered(1);
    const second = await first.openSecondTab();
    await second.answered(1);
    const changes = await first.count("chat-conversation-change");
    await second.page.evaluate(() => {
      const chat = document.querySelector("bedrock-chat") as unknown as {
        newConversation(): Promise<void>;
      };
      return chat.newConversation();
    });
    await first.answered(0);
    await first.ask("And now?");
    await first.answered(1);
    await second.answered(1);
    assert.equal(await changes(), 1);
  });
});

test("stop closes the model's stream, and the next question sees what was said", async () => {
  const counting = new GatedAnswer(PIECES);
  await scene([counting.answer, "You are welcome."], async (stack, visitor) => {
    await visitor.ask("Count to five.");
    counting.open(2);
    await visitor.received("One, two, ".length);
    await visitor.page.locator("bedrock-chat >>> [part~=stop]").click();
    assert.equal(await stack.bedrock?.calls[0]?.ended, "client-closed");
    await visitor.answered(1, "stopped");
    assert.equal(stack.bedrock?.calls[0]?.pieces, 2);
    await visitor.ask("Thank you.");
    await visitor.page.waitForFunction(
      () =>
        (
          document.querySelector("bedrock-chat") as unknown as {
            messages: unknown[];
          }
        ).messages.length === 2,
      PATIENT,
    );
    await visitor.received("You are welcome.".length);
    assert.deepEqual(stack.bedrock?.calls[1]?.body?.messages[1], {
      role: "assistant",
      content: [{ text: "One, two, " }],
    });
  });
});
