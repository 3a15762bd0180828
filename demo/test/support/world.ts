/** The demo on the local stack with a scripted model, and a real browser in front of it. */
import { fileURLToPath } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { chromeFlags, findChrome } from "../../../.ci/chrome.ts";
import {
  createScriptedModel,
  type ScriptedAnswer,
} from "../../../server/local/bedrock/scripted-model.ts";
import {
  startLocalStack,
  type LocalStack,
} from "../../../server/local/stack.ts";

const demo = fileURLToPath(new URL("../../", import.meta.url));
const widget = fileURLToPath(new URL("../../../widget/dist", import.meta.url));

export const launchBrowser = async (): Promise<Browser> =>
  puppeteer.launch({
    executablePath: await findChrome(),
    args: [...chromeFlags],
    // Everything that awaits in these tests awaits an event; this is the last resort against a hang.
    protocolTimeout: 60_000,
  });

type Answers = readonly [ScriptedAnswer, ...ScriptedAnswer[]];

/** Starts the stack; the model gives `answers` in turn, the last one from then on. */
export const startStack = (...answers: Answers): Promise<LocalStack> =>
  startStackWith({}, ...answers);

/** The same with further settings. */
export const startStackWith = (
  settings: object,
  ...answers: Answers
): Promise<LocalStack> =>
  startLocalStack({
    bedrock: { serve: { model: createScriptedModel(...answers) } },
    settings: {
      models: [
        {
          id: "scripted",
          label: "Scripted",
          modelId: "test.scripted-v1:0",
          maxTokens: 4_096,
          contextTokens: 100_000,
        },
      ],
      tools: ["set_theme"],
      ...settings,
    },
    roots: [
      { path: "/", folder: demo },
      { path: "/", folder: widget, crossOrigin: true },
    ],
  });

/** A page in the background draws no frames, so conditions are looked at by the clock. */
export const PATIENT = { timeout: 60_000, polling: 50 };

/** What a visitor sees of one turn. */
export interface SeenTurn {
  readonly text: string;
  readonly answer: string;
  readonly status: string;
}

/** A page with the chat in it, as a visitor uses it. */
export class Visitor {
  readonly page: Page;
  /** Requests to other hosts than the stack's, and what the page complained about. */
  readonly strangers: string[] = [];
  readonly complaints: string[] = [];

  private constructor(page: Page, host: string) {
    this.page = page;
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.host !== host)
        this.strangers.push(request.url());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
  }

  static async open(
    browser: Browser | Awaited<ReturnType<Browser["createBrowserContext"]>>,
    url: string,
  ): Promise<Visitor> {
    return Visitor.in(await browser.newPage(), url);
  }

  /** Goes to `url` in a tab that the test has prepared. */
  static async in(page: Page, url: string): Promise<Visitor> {
    const visitor = new Visitor(page, new URL(url).host);
    await page.goto(url);
    return visitor;
  }

  async openChat(): Promise<void> {
    await this.page.locator("bedrock-chat >>> [part~=launcher]").click();
    await this.page.waitForSelector("bedrock-chat >>> [part~=input]", {
      visible: true,
    });
  }

  /** Another tab of the same visitor, in which the chat opens by itself as it was left here; this one stays in front. */
  async openSecondTab(): Promise<Visitor> {
    const second = await Visitor.open(
      this.page.browserContext(),
      this.page.url(),
    );
    await second.page.waitForSelector("bedrock-chat[open]");
    await second.connection("ready");
    await this.page.bringToFront();
    return second;
  }

  /** Types into the composer and presses Enter. */
  async ask(question: string): Promise<void> {
    const input = await this.page.waitForSelector(
      "bedrock-chat >>> [part~=input]",
      { visible: true },
    );
    await input?.type(question);
    await input?.press("Enter");
  }

  turns(): Promise<SeenTurn[]> {
    return this.page.evaluate(() =>
      (
        document.querySelector("bedrock-chat") as unknown as {
          messages: SeenTurn[];
        }
      ).messages.map(({ text, answer, status }) => ({ text, answer, status })),
    );
  }

  /** Waits until the last answer stands on the page as this text: it is revealed a little later than it comes. */
  async shows(text: string): Promise<void> {
    await this.page.waitForFunction(
      (text) => {
        const answers = document
          .querySelector("bedrock-chat")
          ?.shadowRoot?.querySelectorAll<HTMLElement>(
            "[part~=message-assistant] [part~=bubble]",
          );
        return answers?.[answers.length - 1]?.innerText.trim() === text;
      },
      PATIENT,
      text,
    );
  }

  /** Waits until the answers to all questions so far have this status. */
  async answered(count: number, status = "complete"): Promise<void> {
    await this.page.waitForFunction(
      (count, status) => {
        const { messages } = document.querySelector(
          "bedrock-chat",
        ) as unknown as { messages: SeenTurn[] };
        return (
          messages.length === count &&
          messages.every((turn) => turn.status === status)
        );
      },
      PATIENT,
      count,
      status,
    );
  }

  /** Waits until the last answer holds at least `length` characters. */
  async received(length: number): Promise<void> {
    await this.page.waitForFunction(
      (length) => {
        const { messages } = document.querySelector(
          "bedrock-chat",
        ) as unknown as { messages: SeenTurn[] };
        return (messages.at(-1)?.answer.length ?? 0) >= length;
      },
      PATIENT,
      length,
    );
  }

  /** Resolves at the next event of this name; to be called before what causes it. */
  next(event: string): Promise<void> {
    return this.page.evaluate(
      (name) =>
        new Promise<void>((resolve) => {
          document.addEventListener(name, () => resolve(), { once: true });
        }),
      event,
    );
  }

  /** Counts the events of this name from now on. */
  async count(event: string): Promise<() => Promise<number>> {
    await this.page.evaluate((name) => {
      const counts = ((
        window as unknown as { counts?: Record<string, number> }
      ).counts ??= {});
      counts[name] = 0;
      document.addEventListener(name, () => counts[name]!++);
    }, event);
    return () =>
      this.page.evaluate(
        (name) =>
          (window as unknown as { counts: Record<string, number> }).counts[
            name
          ]!,
        event,
      );
  }

  /** Resolves when the chat says that its connection is in this state. */
  async connection(state: string): Promise<void> {
    await this.page.waitForFunction(
      (state) =>
        (
          document.querySelector("bedrock-chat") as unknown as {
            connectionState: string;
          }
        ).connectionState === state,
      PATIENT,
      state,
    );
  }
}
