/** The element tests in three engines, one after the other; see `.ci/engines.ts`, which finds or installs them. */
import { chromeLauncher } from "@web/test-runner-chrome";
import puppeteer from "puppeteer-core";
import { webKitLauncher } from "../.ci/webkit.ts";
import config from "./web-test-runner.config.js";

const { FIREFOX_PATH, MINIBROWSER_PATH } = process.env;

/** One line an engine, since the runner's own report is a picture that moves. */
const enginesReporter = {
  onTestRunFinished({ sessions }) {
    const testsOf = (suite) => [
      ...suite.tests,
      ...suite.suites.flatMap((inner) => testsOf(inner)),
    ];
    for (const [name, own] of Map.groupBy(
      sessions,
      ({ browser }) => browser.name,
    )) {
      const tests = own.flatMap(({ testResults }) =>
        testResults ? testsOf(testResults) : [],
      );
      const skipped = tests.filter((test) => test.skipped).length;
      const passed = tests.filter((test) => test.passed && !test.skipped);
      const failed = tests.length - skipped - passed.length;
      console.log(
        `${name}: ${passed.length} passed, ${failed} failed, ${skipped} skipped`,
      );
    }
  },
};

/** `ENGINES=firefox,webkit` chooses some of them. */
const wanted = process.env.ENGINES?.toLowerCase().split(",");

export default {
  ...config,
  browsers: [
    ...config.browsers,
    chromeLauncher({
      puppeteer,
      concurrency: 1,
      launchOptions: {
        browser: "firefox",
        executablePath: FIREFOX_PATH,
        env: { ...process.env, TZ: "UTC" },
        extraPrefsFirefox: { "intl.accept_languages": "en-US" },
      },
    }),
    webKitLauncher(MINIBROWSER_PATH),
  ].filter(({ name }) => wanted?.includes(name.toLowerCase()) ?? true),
  testsFinishTimeout: 300_000,
  concurrentBrowsers: 1,
  reporters: [...config.reporters, enginesReporter],
};
