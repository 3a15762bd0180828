/** Builds an example and chats on its page with the local stack, as a visitor would. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import type { Browser } from "puppeteer-core";
import {
  build,
  packWidget,
  prepare,
  serve,
  type PackedWidget,
} from "../../examples/project.ts";
import type { LocalStack } from "../../../server/local/stack.ts";
import { serveSite, type Site } from "./site.ts";
import { launchBrowser, startStack, Visitor } from "./world.ts";

/** Examples that a second build checks: what React does twice in development must happen once. */
const IN_DEVELOPMENT = ["react"];
/** Examples whose server renders the page, the chat's tag included. */
const ON_A_SERVER = ["next"];

/** Declares a test for each of these examples. */
export function testExamples(names: readonly string[]): void {
  let browser: Browser;
  let stack: LocalStack;
  let widget: PackedWidget;
  let cdn: Site;
  const folder = mkdtempSync(join(tmpdir(), "bedrock-chat-examples-"));
  before(async () => {
    widget = await packWidget(folder);
    browser = await launchBrowser();
    stack = await startStack("**Hello** from the model.");
    cdn = await serveSite({
      folder: widget.dist,
      headers: { "Access-Control-Allow-Origin": "*" },
    });
  });
  after(async () => {
    await browser.close();
    await cdn.close();
    await stack.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const name of names)
    test(`example ${name}: builds with the packed widget, and chats`, async () => {
      const project = await prepare(name, {
        widget,
        folder,
        endpoint: stack.webSocketUrl,
        cdn: cdn.url,
      });
      await chat(browser, stack, project);
      if (ON_A_SERVER.includes(name)) await rendersOnServer(project);
      if (!IN_DEVELOPMENT.includes(name)) return;
      await build(project, { NODE_ENV: "development" });
      await chat(browser, stack, project);
    });
}

async function chat(
  browser: Browser,
  stack: LocalStack,
  project: string,
): Promise<void> {
  const context = await browser.createBrowserContext();
  await using site = await serve(project);
  try {
    const visitor = await Visitor.open(context, `${site.url}/`);
    await visitor.openChat();
    assert.equal(await starters(visitor), 1);
    await visitor.ask("Hello?");
    await visitor.answered(1);
    await visitor.shows("Hello from the model.");
    assert.equal(
      await visitor.page.$eval("output", ({ textContent }) => textContent),
      "1",
    );
    assert.equal(stack.gateway.connectionIds.length, 1);
    assert.deepEqual(visitor.complaints, []);
  } finally {
    await context.close();
  }
}

async function rendersOnServer(project: string): Promise<void> {
  await using site = await serve(project);
  const response = await fetch(`${site.url}/`);
  assert.match(await response.text(), /<bedrock-chat\b/);
}

/** How many questions to begin with the empty chat offers. */
function starters({ page }: Visitor): Promise<number> {
  return page.$$eval(
    "bedrock-chat >>> [part~=starter]",
    ({ length }) => length,
  );
}
