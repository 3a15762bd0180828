/**
 * `npm run test:engines`: the element tests in Chromium, Firefox and WebKit. Installs by apt what is missing, where it
 * may; else says what that is, and fails. Files can be named as for the element tests: `npm run test:engines -- --files …`.
 */
import { execFileSync, spawn } from "node:child_process";
import { accessSync, constants, globSync } from "node:fs";
import { delimiter, join } from "node:path";

interface Part {
  readonly name: string;
  /** Where it is, if it is there. */
  readonly find: () => string | undefined;
  /** The Debian package that brings it. */
  readonly package: string;
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = (...names: readonly string[]): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);

const firefox: Part = {
  name: "Firefox (or its path in FIREFOX_PATH)",
  find: () => process.env["FIREFOX_PATH"] || onPath("firefox-esr", "firefox"),
  package: "firefox-esr",
};
const miniBrowser: Part = {
  name: "WebKitGTK's MiniBrowser (or its path in MINIBROWSER_PATH)",
  find: () =>
    process.env["MINIBROWSER_PATH"] ||
    globSync([
      "/usr/lib/*/webkit2gtk-4.*/MiniBrowser",
      "/usr/lib*/webkit*gtk-*/MiniBrowser",
      "/usr/libexec/webkit*gtk-*/MiniBrowser",
    ]).at(-1),
  package: "webkit2gtk-driver",
};
const parts: readonly Part[] = [
  firefox,
  miniBrowser,
  {
    name: "WebKitWebDriver",
    find: () => onPath("WebKitWebDriver"),
    package: "webkit2gtk-driver",
  },
  {
    name: "xvfb-run (or a display in DISPLAY)",
    find: () => process.env["DISPLAY"] || onPath("xvfb-run"),
    package: "xvfb",
  },
];

const missing = (): readonly Part[] => parts.filter(({ find }) => !find());

function install(packages: readonly string[]): void {
  console.log(`Installing by apt-get: ${packages.join(", ")}`);
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", ...packages],
  ])
    execFileSync("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
}

const packagesOf = (wanted: readonly Part[]): string[] => [
  ...new Set(wanted.map((part) => part.package)),
];

if (missing().length > 0 && process.getuid?.() === 0 && onPath("apt-get"))
  install(packagesOf(missing()));

const stillMissing = missing();
if (stillMissing.length > 0) {
  console.error(
    `The element tests cannot be run in all engines: there is no ${stillMissing.map(({ name }) => name).join(", no ")}. ` +
      `On Debian and Ubuntu: sudo apt-get install ${packagesOf(stillMissing).join(" ")}`,
  );
  process.exit(1);
}

const runner = spawn(
  "npm",
  [
    ...["exec", "--no", "-w", "widget", "--", "wtr"],
    ...["--config", "web-test-runner.engines.config.js"],
    ...process.argv.slice(2),
  ],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      FIREFOX_PATH: firefox.find(),
      MINIBROWSER_PATH: miniBrowser.find(),
    },
  },
);
runner.on("close", (code) => (process.exitCode = code ?? 1));
