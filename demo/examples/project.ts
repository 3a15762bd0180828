/**
 * Turns an example into a page: its files are copied to a folder of their own, the address of the backend is put in, the
 * packed widget and what else it names is installed, and it is built as its framework does it.
 */
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveSite, type Site } from "../test/support/site.ts";

const EXAMPLES = fileURLToPath(new URL(".", import.meta.url));
const WIDGET = fileURLToPath(new URL("../../widget", import.meta.url));

/** What stands in the examples where a page has addresses of its own. */
const ENDPOINT = "wss://abc123.execute-api.us-east-1.amazonaws.com/prod";
const CDN = "https://your-cdn.example";

export const names: readonly string[] = globSync("*/", { cwd: EXAMPLES })
  .map((name) => name.replace(/[/\\]$/, ""))
  .sort();

export interface PackedWidget {
  readonly tarball: string;
  /** The package's `dist`, as a CDN has it. */
  readonly dist: string;
}

export interface Surroundings {
  readonly widget: PackedWidget;
  /** Where projects are put. */
  readonly folder: string;
  /** `ws://…` of the backend. */
  readonly endpoint: string;
  /** Where the scripts for script tags are served. */
  readonly cdn: string;
  /** Variables for the build. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Environment of a project that is not in this workspace. */
function foreignEnvironment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|config_local)|INIT_CWD)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    FORCE_COLOR: "0",
    NEXT_TELEMETRY_DISABLED: "1",
    NG_CLI_ANALYTICS: "false",
    ...env,
  };
}

/** Runs npm to its end and gives what it printed; rejects with all of that when it fails. */
function npm(
  cwd: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("npm", args, {
      cwd,
      env: foreignEnvironment(env),
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    let output = "";
    let printed = "";
    child.stdout.on("data", (data: Buffer) => {
      output += data.toString();
      printed += data.toString();
    });
    child.stderr.on("data", (data: Buffer) => (printed += data.toString()));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`npm ${args.join(" ")} failed:\n${printed}`)),
    );
  });
}

/** Packs the widget as it would be published, and unpacks it for script tags. */
export async function packWidget(folder: string): Promise<PackedWidget> {
  const packed = await npm(WIDGET, [
    "pack",
    "--json",
    "--ignore-scripts",
    `--pack-destination=${folder}`,
  ]);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  const tarball = join(folder, filename);
  const unpacked = join(folder, "cdn");
  mkdirSync(unpacked, { recursive: true });
  await new Promise<void>((resolve, reject) => {
    spawn("tar", ["-xzf", tarball, "-C", unpacked])
      .on("error", reject)
      .on("close", (code) =>
        code === 0 ? resolve() : reject(new Error(`tar failed on ${tarball}.`)),
      );
  });
  return { tarball, dist: join(unpacked, "package", "dist") };
}

/** Copies an example and puts the addresses in. */
function copy(name: string, { folder, endpoint, cdn }: Surroundings): string {
  const project = join(folder, name);
  cpSync(join(EXAMPLES, name), project, { recursive: true });
  for (const path of globSync("**/*", { cwd: project })) {
    const file = join(project, path);
    if (!statSync(file).isFile()) continue;
    const text = readFileSync(file, "utf8");
    writeFileSync(
      file,
      text.replaceAll(ENDPOINT, endpoint).replaceAll(CDN, cdn),
    );
  }
  return project;
}

/** Makes the example ready to be served; gives its folder. */
export async function prepare(
  name: string,
  surroundings: Surroundings,
): Promise<string> {
  if (!names.includes(name))
    throw new Error(
      `There is no example ${JSON.stringify(name)}; there are ${names.join(", ")}.`,
    );
  const project = copy(name, surroundings);
  if (!existsSync(join(project, "package.json"))) return project;
  await npm(project, [
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    surroundings.widget.tarball,
  ]);
  await build(project, surroundings.env);
  return project;
}

/** Builds a project that was prepared. */
export async function build(
  project: string,
  env?: NodeJS.ProcessEnv,
): Promise<void> {
  await npm(project, ["run", "build"], env);
}

/** Serves a project that was prepared: by its own server if it has one, else as files. */
export async function serve(project: string, port = 0): Promise<Site> {
  const manifest = join(project, "package.json");
  if (!existsSync(manifest)) return serveSite({ folder: project, port });
  const { scripts } = JSON.parse(readFileSync(manifest, "utf8")) as {
    scripts: Record<string, string>;
  };
  return "start" in scripts
    ? startServer(project, port)
    : serveSite({ folder: join(project, "dist"), port });
}

/** Starts the project's own server and waits until it says where it listens. */
function startServer(project: string, port: number): Promise<Site> {
  const child = spawn("npm", ["start", "--", "--port", String(port)], {
    cwd: project,
    env: foreignEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, for npm does not pass a signal on to all that it started.
    detached: process.platform !== "win32",
    shell: process.platform === "win32",
  });
  const ended = new Promise<void>((resolve) => child.on("close", resolve));
  const close = async () => {
    if (child.exitCode === null && child.pid !== undefined)
      process.kill(process.platform === "win32" ? child.pid : -child.pid);
    await ended;
  };
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (data: Buffer) => {
      output += data.toString();
      const url = /http:\/\/localhost:\d+/.exec(output)?.[0];
      if (url !== undefined && /ready/i.test(output))
        resolve({ url, close, [Symbol.asyncDispose]: close });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
    void ended.then(() =>
      reject(new Error(`The server of ${project} ended:\n${output}`)),
    );
  });
}
