/** Pages that allow nothing they need not, and what the chat does to a page before anybody opens it. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { after, before } from "node:test";
import { build } from "esbuild";
import type { Browser, Page } from "puppeteer-core";
import type { LocalStack } from "../../server/local/stack.ts";
import { serveSite, type Site } from "./support/site.ts";
import { launchBrowser, startStack, Visitor } from "./support/world.ts";

const DIST = fileURLToPath(new URL("../../widget/dist", import.meta.url));
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self' ws://localhost:*; style-src 'self'; img-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html";
const ANSWER = `# Title

A *paragraph* with **weight**, \`code\`, a [link](https://example.com/) and <b>HTML</b>.

- one
- [x] two

| a | b |
| - | - |
| 1 | 2 |

\`\`\`js
const answer = "forty-two"; // Coloured.
\`\`\`

> The end.`;

let browser: Browser;
let stack: LocalStack;
before(async () => {
  browser = await launchBrowser();
  stack = await startStack(ANSWER);
});
after(async () => {
  await browser.close();
  await stack.close();
});

const page = (head: string, body: string): string =>
  `<!doctype html><html lang="de"><head><meta charset="utf-8" /><title>A page</title>${head}</head><body><h1>A page</h1><p>With some text.</p>${body}<p>And more.</p></body></html>`;

const element = (): string =>
  `<bedrock-chat endpoint="${stack.webSocketUrl}" theme="light"></bedrock-chat>`;

/** The two ways for a page to have the chat, both from its own origin; `more` are attributes of the script tag. */
const PAGES: Readonly<Record<string, (more?: string) => string>> = {
  "the script tag": (more = "") =>
    page(
      `<script type="module" src="/bedrock-chat.js" ${more}></script>`,
      element(),
    ),
  "embed.js": (more = "") =>
    page(
      `<script async src="/embed.js" ${more} data-endpoint="${stack.webSocketUrl}" data-theme="light"></script>`,
      "",
    ),
};

/** A page that uses a Lit of its own, whose Trusted Types policy has the same name as the chat's. */
async function ownLit(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "bedrock-chat-own-lit-"));
  cpSync(DIST, folder, { recursive: true });
  await build({
    stdin: {
      contents:
        'import { html, render } from "lit"; render(html`<p id="own">${"Mine."}</p>`, document.body.appendChild(document.createElement("div")));',
      resolveDir: DIST,
    },
    bundle: true,
    format: "esm",
    outfile: join(folder, "own.js"),
  });
  return folder;
}

/** Runs `look` in a tab without a past; `prepare` is run in the page before anything of its own. */
async function scene(
  site: Site,
  prepare: () => void,
  look: (visitor: Visitor, requests: readonly string[]) => Promise<void>,
): Promise<void> {
  const context = await browser.createBrowserContext();
  const tab = await context.newPage();
  const requests: string[] = [];
  tab.on("request", (request) => requests.push(request.url()));
  await tab.evaluateOnNewDocument(prepare);
  try {
    const visitor = await Visitor.in(tab, `${site.url}/`);
    await tab.waitForSelector("bedrock-chat >>> [part~=launcher]", {
      visible: true,
    });
    await look(visitor, requests);
  } finally {
    await context.close();
  }
}

function recordViolations(): void {
  const violations: string[] = [];
  Object.assign(window, { violations });
  document.addEventListener("securitypolicyviolation", (event) =>
    violations.push(
      `${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`,
    ),
  );
}

const violations = (tab: Page): Promise<string[]> =>
  tab.evaluate(
    () => (window as unknown as { violations: string[] }).violations,
  );

for (const [way, html] of Object.entries(PAGES))
  test(`${way} needs no exception from a strict policy with Trusted Types`, async () => {
    await using site = await serveSite({
      folder: DIST,
      pages: { "/": html() },
      headers: { "Content-Security-Policy": POLICY },
    });
    await scene(site, recordViolations, async (visitor) => {
      const { page: tab } = visitor;
      await visitor.openChat();
      await visitor.ask("Everything, please.");
      for (const shown of ["h1, h2, h3", "table", "blockquote", "pre span"])
        await tab.waitForSelector(
          `bedrock-chat >>> [part~=message-assistant] :is(${shown})`,
        );
      await tab.$eval("bedrock-chat", (chat) => {
        chat.setAttribute("theme", "dark");
        chat.setAttribute("mode", "sidebar");
      });
      await tab.$eval("bedrock-chat", (chat) => chat.removeAttribute("open"));
      await visitor.openChat();
      assert.deepEqual(await violations(tab), []);
      assert.deepEqual(visitor.complaints, []);

      // The policy is in force, and what breaks it is seen.
      await tab.$eval(
        "h1",
        (heading) =>
          new Promise((resolve) => {
            document.addEventListener("securitypolicyviolation", resolve);
            try {
              heading.innerHTML = "<b>A page</b>";
            } catch {
              // Refused, as it should be.
            }
          }),
      );
      assert.equal((await violations(tab)).length, 1);
    });
  });

for (const [way, html] of Object.entries(PAGES))
  test(`${way} with a nonce is all that a policy need allow of scripts`, async () => {
    await using site = await serveSite({
      folder: DIST,
      pages: { "/": html('nonce="r4nd0m"') },
      headers: {
        "Content-Security-Policy": POLICY.replace(
          "script-src 'self'",
          "script-src 'nonce-r4nd0m'",
        ),
      },
    });
    await scene(site, recordViolations, async (visitor) => {
      await visitor.openChat();
      await visitor.ask("Everything, please.");
      await visitor.page.waitForSelector(
        "bedrock-chat >>> [part~=message-assistant] pre span",
      );
      assert.deepEqual(await violations(visitor.page), []);
      assert.deepEqual(visitor.complaints, []);
    });
  });

test("beside a Lit of the page's own, the policy needs 'allow-duplicates' and nothing else", async () => {
  const folder = await ownLit();
  const html = page(
    '<script type="module" src="/own.js"></script><script type="module" src="/bedrock-chat.js"></script>',
    element(),
  );
  await using site = await serveSite({
    folder,
    pages: { "/": html },
    headers: { "Content-Security-Policy": `${POLICY} 'allow-duplicates'` },
  });
  await scene(site, recordViolations, async (visitor) => {
    await visitor.page.waitForSelector("#own");
    await visitor.openChat();
    await visitor.ask("Everything, please.");
    await visitor.page.waitForSelector(
      "bedrock-chat >>> [part~=message-assistant] table",
    );
    assert.deepEqual(await violations(visitor.page), []);
    assert.deepEqual(visitor.complaints, []);
  });
  rmSync(folder, { recursive: true });
});

function recordDisturbances(): void {
  const disturbances: { type: string; value: number }[] = [];
  Object.assign(window, { disturbances });
  for (const type of ["longtask", "layout-shift"])
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        disturbances.push({
          type,
          value: "value" in entry ? Number(entry.value) : entry.duration,
        });
    }).observe({ type, buffered: true });
}

/** What the observers have seen when the page has come to rest. */
const disturbances = (tab: Page) =>
  tab.evaluate(async () => {
    for (let frames = 0; frames < 3; frames++)
      await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => requestIdleCallback(resolve));
    return (
      window as unknown as { disturbances: { type: string; value: number }[] }
    ).disturbances;
  });

/** Everything that a page can leave in a browser. */
const stored = (tab: Page): Promise<unknown> =>
  tab.evaluate(async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    cookies: document.cookie,
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
  }));

for (const [way, html] of Object.entries(PAGES))
  test(`${way} disturbs nothing before the chat is opened`, async () => {
    await using site = await serveSite({
      folder: DIST,
      pages: { "/": html().replace('lang="de"', 'lang="en"') },
    });
    // A task can be long because the machine is busy; one that is long by itself is long each time.
    let longTasks = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 3 && longTasks > 0; attempt++)
      await scene(site, recordDisturbances, async (visitor, requests) => {
        const seen = await disturbances(visitor.page);
        longTasks = seen.filter(({ type }) => type === "longtask").length;
        assert.deepEqual(
          seen.filter(({ type }) => type === "layout-shift"),
          [],
        );
        const paths = requests.map((url) => url.replace(site.url, ""));
        const expected =
          /^\/($|embed\.js$|favicon\.ico$|bedrock-chat(\.cdn-[\w-]+)?\.js$)/;
        assert.deepEqual(
          paths.filter((path) => !expected.test(path)),
          [],
        );
        assert.deepEqual(await stored(visitor.page), {
          local: [],
          session: [],
          cookies: "",
          databases: [],
          caches: [],
        });
        assert.deepEqual(stack.gateway.connectionIds, []);
        assert.deepEqual(visitor.strangers, []);
        assert.deepEqual(visitor.complaints, []);
      });
    assert.equal(longTasks, 0);
  });
