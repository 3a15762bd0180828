/** The chat on a phone, with text twice as large, and under an input method: what only a driven browser can show. */
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { Browser, CDPSession, Page } from "puppeteer-core";
import type { LocalStack } from "../../server/local/stack.ts";
import {
  launchBrowser,
  PATIENT,
  startStack,
  Visitor,
} from "./support/world.ts";

const PHONE = {
  width: 360,
  height: 740,
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
const KEYBOARD_HEIGHT = 300;

let browser: Browser;
let stack: LocalStack;
before(async () => {
  browser = await launchBrowser();
  stack = await startStack("Sow **basil** in May.\n\n```js\nsow();\n```\n");
});
after(async () => {
  await browser.close();
  await stack.close();
});

async function scene(
  prepare: (page: Page, session: CDPSession) => Promise<unknown>,
  scenario: (visitor: Visitor, session: CDPSession) => Promise<void>,
): Promise<void> {
  const context = await browser.createBrowserContext();
  try {
    const page = await context.newPage();
    const session = await page.createCDPSession();
    await prepare(page, session);
    const visitor = await Visitor.in(page, `${stack.url}/`);
    await scenario(visitor, session);
    assert.deepEqual(visitor.complaints, []);
  } finally {
    await context.close();
  }
}

interface Box {
  readonly top: number;
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where a part of the chat is, within the visual viewport. */
const boxOf = ({ page }: Visitor, part: string): Promise<Box> =>
  page.$eval(`bedrock-chat >>> [part~=${part}]`, (element) => {
    const { top, left, right, bottom } = element.getBoundingClientRect();
    return { top, left, right, bottom };
  });

const draft = ({ page }: Visitor): Promise<string> =>
  page.$eval(
    "bedrock-chat >>> [part~=input]",
    (input) => (input as HTMLTextAreaElement).value,
  );

/** What can be pressed and is less than 24 pixels wide or high. */
const smallTargets = ({ page }: Visitor): Promise<string[]> =>
  page.$$eval("bedrock-chat >>> :is(button, summary, textarea)", (targets) =>
    targets.flatMap((target) => {
      const { width, height } = target.getBoundingClientRect();
      const small = width > 0 && (width < 24 || height < 24);
      return small ? [target.outerHTML] : [];
    }),
  );

/** What of the chat can be scrolled sideways and should not. */
const sideways = ({ page }: Visitor): Promise<string[]> =>
  page.$$eval("bedrock-chat >>> :is(.panel, .transcript, .header)", (boxes) =>
    boxes.flatMap(({ scrollWidth, clientWidth, className }) =>
      scrollWidth > clientWidth + 1 ? [className] : [],
    ),
  );

/** Resolves when nothing in the chat moves any more. */
async function still({ page }: Visitor): Promise<void> {
  await page.waitForFunction(
    () =>
      document
        .querySelector("bedrock-chat")!
        .shadowRoot!.getAnimations()
        .every(({ playState }) => playState === "finished"),
    PATIENT,
  );
}

/** Shows an on-screen keyboard, which takes its room from the visual viewport alone. */
const showKeyboard = ({ page }: Visitor, height: number): Promise<void> =>
  page.evaluate((height) => {
    const viewport = window.visualViewport!;
    Object.defineProperty(viewport, "height", {
      configurable: true,
      value: window.innerHeight - height,
    });
    viewport.dispatchEvent(new Event("resize"));
  }, height);

test("on a phone the chat covers the screen, stays above the keyboard, and Enter breaks the line", async () => {
  await scene(
    (page) => page.setViewport(PHONE),
    async (visitor) => {
      const { page } = visitor;
      await page.tap("bedrock-chat >>> [part~=launcher]");
      const input = await page.waitForSelector(
        "bedrock-chat >>> [part~=input]",
        { visible: true },
      );
      const { width, height } = PHONE;
      const screen = { top: 0, left: 0, right: width, bottom: height };
      await page.waitForSelector("bedrock-chat >>> [aria-modal=true]");
      await still(visitor);
      assert.deepEqual(await boxOf(visitor, "panel"), screen);

      await showKeyboard(visitor, KEYBOARD_HEIGHT);
      const bottom = height - KEYBOARD_HEIGHT;
      assert.deepEqual(await boxOf(visitor, "panel"), { ...screen, bottom });
      const composer = await boxOf(visitor, "composer");
      assert.ok(composer.top > 0 && composer.bottom <= bottom);

      await input?.tap();
      await input?.type("When do I\nsow basil?");
      assert.equal(await draft(visitor), "When do I\nsow basil?");
      // Below 16 px a phone zooms into a field.
      const fontSize = await page.evaluate(
        (element) => parseFloat(getComputedStyle(element!).fontSize),
        input,
      );
      assert.ok(fontSize >= 16, `${fontSize} px`);
      await page.tap("bedrock-chat >>> [part~=send]");
      await visitor.answered(1);
      await page.waitForSelector("bedrock-chat >>> .code code span");
      assert.deepEqual(await smallTargets(visitor), []);
      assert.deepEqual(await sideways(visitor), []);

      await showKeyboard(visitor, 0);
      assert.deepEqual(await boxOf(visitor, "panel"), screen);
      await page.tap(
        "bedrock-chat >>> [part~=header] [aria-label='Close chat']",
      );
      await page.waitForSelector("bedrock-chat:not([open])");
    },
  );
});

for (const width of [320, 1280])
  test(`with text twice as large nothing is cut off, ${width} pixels wide`, async () => {
    await scene(
      async (page, session) => {
        await page.setViewport({ width, height: 800 });
        const sizes = { standard: 32, fixed: 26 };
        await session.send("Page.setFontSizes", { fontSizes: sizes });
      },
      async (visitor) => {
        const { page } = visitor;
        await visitor.openChat();
        const size = await page.$eval(
          "bedrock-chat >>> [part~=title]",
          (title) => parseFloat(getComputedStyle(title).fontSize),
        );
        assert.ok(size > 30, `the title has ${size} px`);
        await visitor.ask("When do I sow basil?");
        await visitor.answered(1);
        await page.waitForSelector("bedrock-chat >>> .code code span");
        await still(visitor);
        const panel = await boxOf(visitor, "panel");
        for (const part of ["title", "header-actions", "input", "send"]) {
          const box = await boxOf(visitor, part);
          const inside =
            box.left >= panel.left &&
            box.right <= panel.right &&
            box.top >= panel.top &&
            box.bottom <= panel.bottom;
          assert.ok(inside, `${part} is at ${JSON.stringify(box)}`);
        }
        const transcript = await boxOf(visitor, "transcript");
        const room = transcript.bottom - transcript.top;
        assert.ok(room > 150, `${room} pixels to read in`);
        assert.deepEqual(await sideways(visitor), []);
      },
    );
  });

test("Enter ends a composition of an input method, and sends only after it", async () => {
  await scene(
    () => Promise.resolve(),
    async (visitor, session) => {
      const { page } = visitor;
      await visitor.openChat();
      await visitor.connection("ready");
      await page.focus("bedrock-chat >>> [part~=input]");
      for (const text of ["に", "にほ", "にほん"])
        await session.send("Input.imeSetComposition", {
          text,
          selectionStart: text.length,
          selectionEnd: text.length,
        });
      assert.equal(await draft(visitor), "にほん");
      // The key goes to the input method: what the page gets of it has the code 229.
      await session.send("Input.dispatchKeyEvent", {
        type: "rawKeyDown",
        key: "Enter",
        windowsVirtualKeyCode: 229,
      });
      await session.send("Input.insertText", { text: "日本" });
      assert.equal(await draft(visitor), "日本");
      assert.deepEqual(await visitor.turns(), []);
      await page.keyboard.press("Enter");
      await visitor.answered(1);
      assert.equal((await visitor.turns())[0]?.text, "日本");
    },
  );
});
