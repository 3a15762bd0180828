/** What the model does on the page: the functions that the demo offers it, in a real browser. */
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { Browser } from "puppeteer-core";
import type { EndpointEvent } from "../../server/local/bedrock/endpoint-model.ts";
import type { LocalStack } from "../../server/local/stack.ts";
import { GatedAnswer } from "./support/gates.ts";
import { launchBrowser, startStack, Visitor } from "./support/world.ts";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const callSetTheme = (theme: string): EndpointEvent[] => [
  { type: "text", text: "One moment. " },
  {
    type: "tool-use",
    toolUseId: "tooluse_1",
    name: "set_theme",
    inputPieces: ["", '{"theme":', ` "${theme}"}`],
  },
  { type: "stop", stopReason: "tool_use" },
];

const themeOf = ({ page }: Visitor): Promise<string | undefined> =>
  page.evaluate(() => document.documentElement.dataset["theme"]);

/** What the model's next request tells it of the call. */
const result = ({ bedrock }: LocalStack): unknown =>
  bedrock?.calls[1]?.body?.messages.at(-1)?.content[0]?.toolResult;

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
    assert.deepEqual(visitor.complaints, []);
  } finally {
    await context.close();
    await stack.close();
  }
}

test("a call is run once, by the tab that asked, and its result goes to the model, which goes on", async () => {
  const rest = new GatedAnswer(["It is ", "dark now."]);
  await scene([callSetTheme("dark"), rest.answer], async (stack, asking) => {
    const other = await asking.openSecondTab();
    const calls = await Promise.all(
      [asking, other].map((tab) => tab.count("chat-tool-call")),
    );

    await asking.ask("Make it dark.");
    rest.open(1);
    for (const tab of [asking, other])
      await tab.received("One moment. It is ".length);
    assert.deepEqual(await Promise.all(calls.map((count) => count())), [1, 0]);
    assert.equal(await themeOf(asking), "dark");
    assert.equal(await themeOf(other), undefined);
    assert.deepEqual(result(stack), {
      toolUseId: "tooluse_1",
      content: [{ text: '{"theme":"dark"}' }],
    });

    rest.open();
    for (const tab of [asking, other]) await tab.answered(1);
    await asking.shows("One moment. It is dark now.");
    assert.equal(stack.bedrock?.calls.length, 2);
  });
});

test("a call that fails on the page is told to the model as a failure", async () => {
  await scene(
    [callSetTheme("plaid"), "There is no such theme."],
    async (stack, visitor) => {
      await visitor.ask("Make it plaid.");
      await visitor.answered(1);
      await visitor.shows("One moment. There is no such theme.");
      assert.deepEqual(result(stack), {
        toolUseId: "tooluse_1",
        content: [{ text: "The theme must be dark, light or auto." }],
        status: "error",
      });
    },
  );
});
