import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { esbuildPlugin } from "@web/dev-server-esbuild";
import { defaultReporter } from "@web/test-runner";
import { chromeLauncher } from "@web/test-runner-chrome";
import { refractorImportsInBrowser } from "./refractor-imports.js";
import { chromeFlags, findChrome } from "../.ci/chrome.ts";

/** A command that sets any CSS media feature, e.g. `{"forced-colors": "active"}`; an empty object resets them. */
const mediaFeatures = {
  name: "media-features",
  async executeCommand({ command, payload, session }) {
    if (command !== "media-features" || session.browser.type !== "puppeteer")
      return undefined;
    const page = session.browser.getPage(session.id);
    page.mediaSession ??= await page.createCDPSession();
    await page.mediaSession.send("Emulation.setEmulatedMedia", {
      features: Object.entries(payload).map(([name, value]) => ({
        name,
        value,
      })),
    });
    return true;
  },
};

/** What a browser cannot do for a test, and so what is left out there. Browsers that are not named can do everything. */
const LACKS = {
  Firefox: { media: "no media features can be set in Firefox" },
  WebKit: {
    media: "no media features can be set in WebKit",
    narrow: "WebKit's window cannot be as narrow as a phone",
    "held-keys": "WebKit's driver sometimes lets go of a key that is held",
  },
};

/** A command that says whether a browser can do what a test needs. What is left out is told at the end, with the reason. */
const leftOut = new Set();
const abilities = {
  name: "abilities",
  executeCommand({ command, payload, session }) {
    if (command !== "can") return undefined;
    const { name } = session.browser;
    const reason = LACKS[name]?.[payload.what];
    if (reason) leftOut.add(`${name} leaves out "${payload.test}": ${reason}`);
    return { can: reason === undefined };
  },
};

const testsOf = (suite) => [
  ...suite.tests,
  ...suite.suites.flatMap((inner) => testsOf(inner)),
];

const leftOutReporter = {
  onTestRunFinished() {
    for (const line of leftOut) console.log(line);
  },
};

/** Writes the counts to the file named by `TEST_TOTALS`, for the project's own check runner. */
const totalsReporter = {
  onTestRunFinished({ sessions }) {
    const file = process.env.TEST_TOTALS;
    if (!file) return;
    const tests = sessions.flatMap(({ testResults }) =>
      testResults ? testsOf(testResults) : [],
    );
    // A file that could not be loaded or ended with an error has no failed test to show for it.
    const broken = sessions.filter(
      ({ passed, testResults }) =>
        !passed &&
        !(testResults && testsOf(testResults).some((test) => !test.passed)),
    );
    const skipped = tests.filter((test) => test.skipped).length;
    const failed = tests.filter((test) => !test.passed && !test.skipped).length;
    writeFileSync(
      file,
      JSON.stringify({
        passed: tests.length - skipped - failed,
        failed: failed + broken.length,
        skipped,
      }),
    );
  },
};

export default {
  files: "src/**/*.browser.test.ts",
  rootDir: fileURLToPath(new URL("..", import.meta.url)),
  nodeResolve: { exportConditions: ["development"] },
  plugins: [
    refractorImportsInBrowser,
    esbuildPlugin({
      ts: true,
      target: "es2022",
      tsconfig: fileURLToPath(new URL("tsconfig.json", import.meta.url)),
      define: { __VERSION__: '"test"' },
    }),
    mediaFeatures,
    abilities,
  ],
  browsers: [
    chromeLauncher({
      launchOptions: {
        executablePath: await findChrome(),
        args: [...chromeFlags, "--lang=en-US"],
        env: { ...process.env, TZ: "UTC" },
      },
    }),
  ],
  reporters: [defaultReporter(), totalsReporter, leftOutReporter],
  testFramework: { config: { timeout: 15_000 } },
  // Lit says at every start that it runs in development mode.
  filterBrowserLogs: ({ args }) => !String(args[0]).startsWith("Lit is in dev"),
};
