/** `npm run pictures`: takes the pictures of the documentation anew, from the demo on the local stack. */
import { fileURLToPath } from "node:url";
import type { Browser } from "puppeteer-core";
import { createDemoModel } from "../../server/local/bedrock/demo-model.ts";
import { startLocalStack } from "../../server/local/stack.ts";
import { launchBrowser, Visitor } from "../test/support/world.ts";

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
  readonly question?: string;
  /** Language and direction of the page. */
  readonly lang?: string;
}

const QUESTION = "How do I put it on a page?";

const PICTURES: readonly Picture[] = [
  {
    name: "chat-light",
    path: "/",
    width: 900,
    height: 760,
    scheme: "light",
    question: QUESTION,
  },
  {
    name: "chat-dark",
    path: "/",
    width: 900,
    height: 760,
    scheme: "dark",
    question: QUESTION,
  },
  {
    name: "chat-phone",
    path: "/",
    width: 360,
    height: 720,
    scheme: "light",
    question: "/markdown",
  },
  {
    name: "chat-phone-dark",
    path: "/",
    width: 360,
    height: 720,
    scheme: "dark",
    question: "/code",
  },
  { name: "chat-start", path: "/", width: 900, height: 760, scheme: "light" },
  {
    name: "chat-inline",
    path: "/inline.html",
    width: 1280,
    height: 820,
    scheme: "dark",
    question: "/markdown",
  },
  {
    name: "chat-right-to-left",
    path: "/",
    width: 900,
    height: 760,
    scheme: "light",
    question: "/echo مرحبا! هذه إجابة قصيرة مع `code` في الوسط.",
    lang: "ar",
  },
];

async function take(
  browser: Browser,
  url: string,
  picture: Picture,
): Promise<void> {
  const { name, path, width, height, scheme, question, lang } = picture;
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const isPhone = width < 500;
  await page.setViewport({
    width,
    height,
    deviceScaleFactor: 2,
    isMobile: isPhone,
    hasTouch: isPhone,
  });
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: scheme },
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  const visitor = await Visitor.in(page, `${url}${path}`);
  if (lang !== undefined)
    await page.evaluate((lang) => {
      document.documentElement.lang = lang;
      document.documentElement.dir = "rtl";
    }, lang);
  if (path === "/") await visitor.openChat();
  if (question !== undefined) {
    await visitor.ask(question);
    if (isPhone) await page.locator("bedrock-chat >>> [part~=send]").click();
    await visitor.answered(1);
  }
  // What is drawn after the last change: fonts, highlighting, the scroll to the end.
  await page.waitForNetworkIdle();
  const file = fileURLToPath(new URL(`${name}.png`, import.meta.url));
  await page.screenshot({ path: file });
  await context.close();
}

const folder = (path: string): string =>
  fileURLToPath(new URL(path, import.meta.url));
const stack = await startLocalStack({
  bedrock: { serve: { model: createDemoModel() } },
  settings: {
    models: [
      {
        id: "demo",
        label: "Demo",
        modelId: "local.demo",
        maxTokens: 64_000,
        contextTokens: 200_000,
      },
    ],
  },
  roots: [
    { path: "/", folder: folder("../") },
    { path: "/", folder: folder("../../widget/dist"), crossOrigin: true },
  ],
});
const browser = await launchBrowser();
try {
  for (const picture of PICTURES) await take(browser, stack.url, picture);
} finally {
  await browser.close();
  await stack.close();
}
