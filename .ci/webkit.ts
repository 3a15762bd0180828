/** Drives WebKitGTK's MiniBrowser by WebDriver, as the test runner for elements wants its browsers driven. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** What of Puppeteer's page the runner's commands use. */
interface DrivenPage {
  readonly keyboard: {
    type(text: string): Promise<void>;
    press(key: string): Promise<void>;
    down(key: string): Promise<void>;
    up(key: string): Promise<void>;
  };
  setViewport(size: {
    readonly width: number;
    readonly height: number;
  }): Promise<void>;
}

/** As much of the runner's `BrowserLauncher` as it needs for a browser in which one page is open at a time. */
export interface WebKitLauncher {
  readonly name: string;
  /** What the runner's commands know how to use. */
  readonly type: "puppeteer";
  readonly concurrency: 1;
  startSession(sessionId: string, url: string): Promise<void>;
  stopSession(sessionId: string): Promise<Record<string, never>>;
  isActive(sessionId: string): boolean;
  getBrowserUrl(sessionId: string): string | undefined;
  getPage(sessionId: string): DrivenPage;
  startDebugSession(): Promise<void>;
  stop(): Promise<void>;
}

/** Keys that are no characters, as WebDriver writes them. */
const KEYS: Readonly<Record<string, string>> = {
  Tab: "\uE004",
  Enter: "\uE006",
  Shift: "\uE008",
  Control: "\uE009",
  Alt: "\uE00A",
  Escape: "\uE00C",
  PageUp: "\uE00E",
  PageDown: "\uE00F",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
};

const VIEWPORT = { width: 800, height: 600 };
const STARTS_WITHIN_MS = 20_000;

class Driver {
  readonly #process: ChildProcess;
  readonly #url: string;
  #session = "";

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.#url = url;
  }

  static async start(miniBrowser: string): Promise<Driver> {
    const port = await freePort();
    const command = ["WebKitWebDriver", "-p", String(port)];
    const [program, ...args] = process.env["DISPLAY"]
      ? command
      : ["xvfb-run", "-a", ...command];
    // A process group of its own, so that ending it ends the display and the browser too.
    const child = spawn(program!, args, { stdio: "ignore", detached: true });
    const driver = new Driver(child, `http://127.0.0.1:${port}`);
    process.once("exit", () => driver.#kill());
    await driver.#listening();
    const { sessionId } = (await driver.#request("POST", "/session", {
      capabilities: {
        alwaysMatch: {
          "webkitgtk:browserOptions": {
            binary: miniBrowser,
            args: ["--automation"],
          },
        },
      },
    })) as { sessionId: string };
    driver.#session = `/session/${sessionId}`;
    return driver;
  }

  /** One command of the session. */
  send(method: string, path: string, body?: object): Promise<unknown> {
    return this.#request(method, `${this.#session}${path}`, body);
  }

  async stop(): Promise<void> {
    await this.send("DELETE", "").catch(() => {}); // It may be gone already.
    this.#kill();
  }

  async #listening(): Promise<void> {
    const giveUp = Date.now() + STARTS_WITHIN_MS;
    for (;;) {
      try {
        await this.#request("GET", "/status");
        return;
      } catch (cause) {
        if (Date.now() > giveUp || this.#process.exitCode !== null)
          throw new Error("WebKitWebDriver does not start.", { cause });
        await delay(100);
      }
    }
  }

  async #request(
    method: string,
    path: string,
    body?: object,
  ): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      ...(method === "POST" && { body: JSON.stringify(body ?? {}) }),
    });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok)
      throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  }

  #kill(): void {
    try {
      process.kill(-this.#process.pid!);
    } catch {
      // It has ended.
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts with the first page that is to be tested. */
export function webKitLauncher(miniBrowser: string): WebKitLauncher {
  let starting: Promise<Driver> | undefined;
  let active: { readonly id: string; readonly url: string } | undefined;
  const driver = () => (starting ??= Driver.start(miniBrowser));

  const key = async (
    ...actions: readonly { readonly type: string; readonly value: string }[]
  ): Promise<void> => {
    const keyboard = { type: "key", id: "keyboard", actions };
    await (await driver()).send("POST", "/actions", { actions: [keyboard] });
  };
  const down = (name: string) => ({
    type: "keyDown",
    value: KEYS[name] ?? name,
  });
  const up = (name: string) => ({ type: "keyUp", value: KEYS[name] ?? name });

  const page: DrivenPage = {
    keyboard: {
      // One at a time: of a character twice in a row in one request the second is lost.
      async type(text) {
        for (const character of text) await key(down(character), up(character));
      },
      press: (name) => key(down(name), up(name)),
      down: (name) => key(down(name)),
      up: (name) => key(up(name)),
    },
    async setViewport({ width, height }) {
      const browser = await driver();
      const inner = async () =>
        (await browser.send("POST", "/execute/sync", {
          script: "return [innerWidth, innerHeight]",
          args: [],
        })) as [number, number];
      const rect = (await browser.send("GET", "/window/rect")) as {
        readonly width: number;
        readonly height: number;
      };
      const [innerWidth, innerHeight] = await inner();
      await browser.send("POST", "/window/rect", {
        width: width + rect.width - innerWidth,
        height: height + rect.height - innerHeight,
      });
      const giveUp = Date.now() + 2_000;
      for (;;) {
        const size = await inner();
        if (size[0] === width && size[1] === height) return;
        if (Date.now() > giveUp)
          throw new Error(
            `The window is ${size.join(" × ")}, and not ${width} × ${height}.`,
          );
        await delay(20);
      }
    },
  };

  return {
    name: "WebKit",
    type: "puppeteer",
    concurrency: 1,
    async startSession(id, url) {
      active = { id, url };
      await page.setViewport(VIEWPORT);
      await (await driver()).send("POST", "/url", { url });
    },
    async stopSession() {
      active = undefined;
      await (await driver()).send("POST", "/url", { url: "about:blank" });
      return {};
    },
    isActive: (id) => active?.id === id,
    getBrowserUrl: () => active?.url,
    getPage: () => page,
    startDebugSession: () =>
      Promise.reject(new Error("WebKit has no debug session here.")),
    async stop() {
      await (await starting)?.stop();
    },
  };
}
