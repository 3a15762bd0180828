import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { Browser } from "puppeteer-core";
import { GatedAnswer } from "./support/gates.ts";
import { launchBrowser, startStack, Visitor } from "./support/world.ts";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test("a question is answered in streamed pieces, and the next one refers to it", async () => {
  const lambda = new GatedAnswer([
    "Lambda runs ",
    "your code ",
    "without ",
    "a server.",
  ]);
  await using stack = disposable(
    await startStack(lambda.answer, "In Seattle, in 2014."),
  );
  const visitor = await Visitor.open(browser, `${stack.value.url}/`);
  await visitor.openChat();
  const deltas = await visitor.count("chat-response-delta");

  await visitor.ask("What is AWS Lambda?");
  for (let pieces = 1; pieces <= 4; pieces++) {
    lambda.open(pieces);
    await visitor.received(
      ["Lambda runs ", "your code ", "without ", "a server."]
        .slice(0, pieces)
        .join("").length,
    );
  }
  await visitor.answered(1);
  assert.equal(await deltas(), 4);
  await visitor.shows(lambda.text);

  await visitor.ask("Where was it made?");
  await visitor.answered(2);
  await visitor.shows("In Seattle, in 2014.");
  assert.deepEqual(stack.value.bedrock?.calls[1]?.body?.messages, [
    { role: "user", content: [{ text: "What is AWS Lambda?" }] },
    { role: "assistant", content: [{ text: lambda.text }] },
    { role: "user", content: [{ text: "Where was it made?" }] },
  ]);
  assert.deepEqual(visitor.strangers, []);
  assert.deepEqual(visitor.complaints, []);
});

test("a failed answer is a sentence with a way to try again", async () => {
  await using stack = disposable(
    await startStack(
      [
        {
          type: "exception",
          name: "ServiceUnavailableException",
          message: "Bedrock is unable to process your request.",
        },
      ],
      "Now it works.",
    ),
  );
  const visitor = await Visitor.open(browser, `${stack.value.url}/`);
  await visitor.openChat();
  await visitor.ask("Can you hear me?");
  await visitor.answered(1, "failed");
  const retry = visitor.page.locator("bedrock-chat >>> [part~=retry]");
  await retry.click();
  await visitor.answered(1);
  await visitor.shows("Now it works.");
});

test("nothing is stored and no socket is opened before the chat is", async () => {
  await using stack = disposable(await startStack("Hello."));
  const context = await browser.createBrowserContext();
  const visitor = await Visitor.open(context, `${stack.value.url}/`);
  await visitor.page.waitForSelector("bedrock-chat >>> [part~=launcher]", {
    visible: true,
  });
  const stored = () =>
    visitor.page.evaluate(
      () =>
        localStorage.length + sessionStorage.length + document.cookie.length,
    );
  assert.equal(await stored(), 0);
  assert.deepEqual(stack.value.gateway.connectionIds, []);
  await visitor.openChat();
  await visitor.connection("ready");
  assert.equal(stack.value.gateway.connectionIds.length, 1);
  await context.close();
});

/** Closes the stack at the end of the test, also of one that fails. */
function disposable<T extends { close(): Promise<void> }>(
  value: T,
): AsyncDisposable & { readonly value: T } {
  return { value, [Symbol.asyncDispose]: () => value.close() };
}
