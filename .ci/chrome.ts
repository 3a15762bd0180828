/** Finds the Chrome or Chromium that element and end-to-end tests drive. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Launcher } from "chrome-launcher";

/** Flags that keep a test browser quiet: nothing is fetched in the background. */
export const chromeFlags: readonly string[] = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
  // Chrome's sandbox refuses to run as root, which is who a bare container is.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

function installedChrome(): string | undefined {
  try {
    return Launcher.getFirstInstallation();
  } catch {
    return undefined; // What chrome-launcher throws on Linux when there is none.
  }
}

/**
 * Unpacks the Chromium of the npm package with the shared libraries that a bare container lacks. The package unpacks
 * into the temporary folder and never looks at the version of what lies there, so each version gets a folder of its own.
 */
async function packagedChromium(): Promise<string> {
  const {
    default: chromium,
    inflate,
    setupLambdaEnvironment,
  } = await import("@sparticuz/chromium");
  const packageFolder = join(
    dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))),
    "..",
  );
  const { version } = JSON.parse(
    readFileSync(join(packageFolder, "package.json"), "utf8"),
  ) as { version: string };
  const saved = process.env.TMPDIR;
  const unpacked = join(packageFolder, "../../.cache", `chromium-${version}`);
  mkdirSync(unpacked, { recursive: true });
  process.env.TMPDIR = unpacked;
  try {
    const path = await chromium.executablePath();
    const libraries = await inflate(
      join(packageFolder, "bin", "al2023.tar.br"),
    );
    process.env.FONTCONFIG_PATH ??= writeFontConfig(unpacked);
    setupLambdaEnvironment(join(libraries, "lib"));
    return path;
  } finally {
    if (saved === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = saved;
  }
}

/** The package's own configuration looks for its fonts in /tmp only, where this does not put them. */
function writeFontConfig(unpacked: string): string {
  const folder = join(unpacked, "fontconfig");
  mkdirSync(folder, { recursive: true });
  const directories = [join(unpacked, "fonts"), "/usr/share/fonts"];
  writeFileSync(
    join(folder, "fonts.conf"),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${directories.map((directory) => `  <dir>${directory}</dir>`).join("\n")}
  <cachedir>${join(folder, "cache")}</cachedir>
  <alias binding="same"><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias binding="same"><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias binding="same"><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`,
  );
  return folder;
}

/** Path of a browser: `CHROME_PATH`, else an installed Chrome or Chromium, else the one that npm installed (Linux x64). */
export async function findChrome(): Promise<string> {
  const path = process.env.CHROME_PATH || installedChrome();
  if (path) return path;
  if (process.platform === "linux" && process.arch === "x64")
    return packagedChromium();
  throw new Error(
    "No Chrome found: install Chrome or Chromium, or set CHROME_PATH to one (Debian: apt-get install chromium).",
  );
}
