/** The snippets of the README, pasted into pages of another origin than the script's and the backend's. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test, { after, before } from "node:test";
import type { Browser } from "puppeteer-core";
import type { LocalStack } from "../../server/local/stack.ts";
import { serveSite } from "./support/site.ts";
import { launchBrowser, startStack, Visitor } from "./support/world.ts";

const README = readFileSync(
  new URL("../../README.md", import.meta.url),
  "utf8",
);

let browser: Browser;
let stack: LocalStack;
before(async () => {
  browser = await launchBrowser();
  stack = await startStack("Good **morning**.");
});
after(async () => {
  await browser.close();
  await stack.close();
});

/** The snippets of the README that load `script`, with the addresses of the local stack. */
function snippets(script: string): string[] {
  const blocks = [...README.matchAll(/```html\n([^]*?)```/g)]
    .map(([, block]) => block!)
    .filter((block) => block.includes(`/${script}"`));
  return blocks.map((block) =>
    block
      .replaceAll("https://your-cdn.example", stack.url)
      .replaceAll(/wss:\/\/[^"]+/g, stack.webSocketUrl),
  );
}

const page = (head: string, body = ""): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8" /><title>A page</title>${head}</head><body><h1>A page</h1>${body}</body></html>`;

const embed = (attributes: string, query = ""): string =>
  `<script async src="${stack.url}/embed.js${query}" ${attributes}></script>`;

interface Scene {
  readonly visitor: Visitor;
  readonly warnings: readonly string[];
  readonly requests: readonly string[];
}

/** Opens `html` as a page of another origin, and looks at it. */
async function scene(
  html: string,
  look: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using site = await serveSite({ pages: { "/": html } });
  const context = await browser.createBrowserContext();
  const tab = await context.newPage();
  const warnings: string[] = [];
  const requests: string[] = [];
  tab.on("console", (message) => {
    if (message.type() === "warn") warnings.push(message.text());
  });
  tab.on("request", (request) => requests.push(request.url()));
  const visitor = await Visitor.in(tab, `${site.url}/`);
  try {
    await visitor.page.waitForSelector("bedrock-chat >>> [part~=launcher]", {
      visible: true,
    });
    await look({ visitor, warnings, requests });
    assert.deepEqual(visitor.complaints, []);
  } finally {
    await context.close();
  }
}

async function chat(visitor: Visitor): Promise<void> {
  await visitor.openChat();
  await visitor.ask("Hello?");
  await visitor.answered(1);
  await visitor.shows("Good morning.");
}

const heading = ({ page }: Visitor): Promise<string | null> =>
  page.$eval("bedrock-chat", (chat) => chat.getAttribute("heading"));

const count = ({ page }: Visitor): Promise<number> =>
  page.$$eval("bedrock-chat", ({ length }) => length);

test("each script tag of the README chats", async () => {
  const found = snippets("bedrock-chat.js");
  assert.ok(found.length >= 1);
  for (const snippet of found)
    await scene(page("", snippet), async ({ visitor, warnings }) => {
      await chat(visitor);
      assert.deepEqual(warnings, []);
    });
});

test("the integrities of sri.json fit the script and all that it loads", async () => {
  const response = await fetch(`${stack.url}/sri.json`);
  const table = (await response.json()) as Record<string, string>;
  const integrity = Object.fromEntries(
    Object.entries(table).map(([name, hash]) => [`${stack.url}/${name}`, hash]),
  );
  const html = (entry: string | undefined): string =>
    page(
      `<script type="importmap">${JSON.stringify({ integrity })}</script><script type="module" src="${stack.url}/bedrock-chat.js" integrity="${entry}" crossorigin="anonymous"></script>`,
      `<bedrock-chat endpoint="${stack.webSocketUrl}"></bedrock-chat>`,
    );
  await scene(html(table["bedrock-chat.js"]), async ({ visitor }) => {
    await chat(visitor);
  });

  // Another file's integrity is refused: the attribute is looked at.
  await using site = await serveSite({
    pages: { "/": html(table["embed.js"]) },
  });
  const tab = await browser.newPage();
  await tab.goto(site.url);
  assert.equal(
    await tab.evaluate(() => customElements.get("bedrock-chat")),
    undefined,
  );
  await tab.close();
});

test("the tag manager's line of the README chats", async () => {
  const [line] = snippets("embed.js");
  assert.ok(line);
  for (const html of [page(line), page("", line)])
    await scene(html, async ({ visitor, warnings }) => {
      assert.equal(await heading(visitor), "Ask us");
      await chat(visitor);
      assert.deepEqual(warnings, []);
    });
});

test("embed.js takes its settings from its URL, and from window.bedrockChat", async () => {
  const endpoint = encodeURIComponent(stack.webSocketUrl);
  await scene(
    page(
      '<script>window.bedrockChat = { starters: ["How?"], heading: "No", noAutofocus: true, getToken: async () => "" };</script>' +
        embed("", `?v=3&endpoint=${endpoint}&heading=By+URL&no-launcher=false`),
    ),
    async ({ visitor, warnings }) => {
      assert.equal(await heading(visitor), "By URL");
      const seen = await visitor.page.$eval("bedrock-chat", (element) => {
        const chat = element as Element & {
          starters: unknown;
          getToken: unknown;
        };
        return {
          starters: chat.starters,
          attributes: chat.getAttributeNames().sort(),
          getToken: typeof chat.getToken,
        };
      });
      assert.deepEqual(seen, {
        starters: ["How?"],
        attributes: ["endpoint", "heading", "no-autofocus"],
        getToken: "function",
      });
      assert.deepEqual(warnings, []);
      await chat(visitor);
    },
  );
});

test("embed.js twice on a page, and once more later, makes one chat", async () => {
  const line = embed(`data-endpoint="${stack.webSocketUrl}"`);
  await scene(page(line + line), async ({ visitor }) => {
    await visitor.page.evaluate(
      (src) =>
        new Promise((resolve) => {
          const script = document.createElement("script");
          script.src = src;
          script.dataset.endpoint = "ws://localhost:1/";
          script.onload = resolve;
          document.body.append(script);
        }),
      `${stack.url}/embed.js?again`,
    );
    await visitor.page.evaluate(
      () =>
        (window as unknown as Record<symbol, Promise<unknown>>)[
          Symbol.for("bedrock-chat.embedded")
        ],
    );
    assert.equal(await count(visitor), 1);
    await chat(visitor);
  });
});

test("embed.js tells the console once about all that it does not understand", async () => {
  await scene(
    page(
      embed(
        `data-endpoint="${stack.webSocketUrl}" data-colour="red" data-starters="one"`,
        "?fontsize=9",
      ),
    ),
    async ({ visitor, warnings }) => {
      assert.deepEqual(warnings, [
        "<bedrock-chat> embed.js does not understand fontsize=9, colour=red, starters=one.",
      ]);
      await chat(visitor);
    },
  );
});

test("embed.js without an endpoint says so and leaves the page alone", async () => {
  await using site = await serveSite({ pages: { "/": page(embed("")) } });
  const tab = await browser.newPage();
  const warning = new Promise<string>((resolve) =>
    tab.on("console", (message) => resolve(message.text())),
  );
  await tab.goto(site.url);
  assert.match(await warning, /embed\.js needs the address/);
  assert.equal(await tab.$("bedrock-chat"), null);
  await tab.close();
});

test("a version in the URL does not run the script twice", async () => {
  const chats = `<bedrock-chat endpoint="${stack.webSocketUrl}"></bedrock-chat>`;
  const script = (query: string): string =>
    `<script type="module" src="${stack.url}/bedrock-chat.js${query}" crossorigin="anonymous"></script>`;
  await scene(
    page(script("?v=1") + script("?v=2"), chats),
    async ({ visitor, requests }) => {
      await chat(visitor);
      const files = requests
        .map((url) => new URL(url))
        .filter(({ origin }) => origin === stack.url);
      const entries = files.filter(
        ({ pathname }) => pathname === "/bedrock-chat.js",
      );
      assert.deepEqual(entries.map(({ search }) => search).sort(), [
        "?v=1",
        "?v=2",
      ]);
      const chunks = files
        .filter(({ pathname }) => pathname !== "/bedrock-chat.js")
        .map(({ href }) => href);
      assert.deepEqual(chunks, [...new Set(chunks)]);
    },
  );
});
