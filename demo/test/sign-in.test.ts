/** Users who sign in, in a real browser: the page has their tokens from an issuer of the test's own. */
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { Browser } from "puppeteer-core";
import type { LocalStack } from "../../server/local/stack.ts";
import { seconds, TestIssuer } from "../../server/test/support/issuer.ts";
import { launchBrowser, startStackWith, Visitor } from "./support/world.ts";

interface Chat extends Element {
  getToken: () => Promise<string>;
  userId: string;
  disconnect(): void;
  connect(): Promise<void>;
}

let browser: Browser;
let issuer: TestIssuer;
let stack: LocalStack;
before(async () => {
  browser = await launchBrowser();
  issuer = await TestIssuer.start();
  const issuers = [{ type: "oidc", issuer: issuer.url, audience: "chat" }];
  stack = await startStackWith({ auth: { issuers } }, "Hello.");
});
after(async () => {
  await stack.close();
  await issuer.close();
  await browser.close();
});

/** A page whose `getToken` gives what `token` gives. */
async function visit(token: () => string): Promise<Visitor> {
  const context = await browser.createBrowserContext();
  const visitor = await Visitor.open(context, `${stack.url}/`);
  await visitor.page.exposeFunction("tokenOfTest", token);
  await visitor.page.evaluate(() => {
    const { tokenOfTest } = window as unknown as {
      tokenOfTest: () => Promise<string>;
    };
    (document.querySelector("bedrock-chat") as Chat).getToken = tokenOfTest;
  });
  await visitor.openChat();
  return visitor;
}

test("a sign-in that ends in mid-connection is renewed once, and the question is answered once", async () => {
  const exp = seconds();
  let asked = 0;
  const visitor = await visit(() =>
    issuer.token("ann", asked++ === 0 ? { exp } : {}),
  );
  await visitor.connection("ready");
  const changes = await visitor.count("chat-connection");
  const errors = await visitor.count("chat-error");
  // A token counts for 5 seconds more than it says.
  await wait((exp + 5) * 1_000 - Date.now() + 50);
  const called = stack.bedrock!.calls.length;
  await visitor.ask("Am I still here?");
  await visitor.answered(1);
  await visitor.shows("Hello.");
  assert.equal(asked, 2);
  assert.equal(stack.bedrock!.calls.length, called + 1);
  assert.deepEqual([await changes(), await errors()], [0, 0]);
  assert.deepEqual(visitor.complaints, []);
});

test("a page that has no token says that a sign-in is needed, keeps the question, and goes on after it", async () => {
  let signedIn = false;
  const visitor = await visit(() => (signedIn ? issuer.token("ann") : ""));
  await visitor.connection("failed");
  const called = stack.bedrock!.calls.length;
  // A question is one more occasion to ask for a token.
  const refused = visitor.next("chat-error");
  await visitor.ask("May I?");
  await refused;
  const banner = await visitor.page.waitForSelector("bedrock-chat >>> .banner");
  assert.match(
    await banner!.evaluate((element) => element.textContent ?? ""),
    /Please sign in to use the chat\./,
  );
  await visitor.answered(1, "waiting");
  assert.equal(stack.bedrock!.calls.length, called);
  signedIn = true;
  await visitor.page.locator("bedrock-chat >>> .banner button").click();
  await visitor.answered(1);
  await visitor.shows("Hello.");
});

test("the next user never sees what the last one has said, whether or not the page tells of the change", async () => {
  let user = "ann";
  const visitor = await visit(() => issuer.token(user));
  await visitor.ask("Ann's secret?");
  await visitor.answered(1);

  user = "bob";
  await visitor.page.evaluate(() => {
    (document.querySelector("bedrock-chat") as Chat).userId = "bob";
  });
  await visitor.answered(0);
  await visitor.ask("Bob's secret?");
  await visitor.answered(1);

  user = "cy";
  await visitor.page.evaluate(async () => {
    const chat = document.querySelector("bedrock-chat") as Chat;
    chat.disconnect();
    await chat.connect();
  });
  await visitor.answered(0);
  await visitor.ask("Cy's secret?");
  await visitor.answered(1);
  assert.deepEqual(
    (await visitor.turns()).map(({ text }) => text),
    ["Cy's secret?"],
  );
  const asked = stack.bedrock!.calls.map(({ body }) => body!.messages.length);
  assert.deepEqual(asked.slice(-3), [1, 1, 1]);
});
