/** `npm start`: the whole chat on this machine. */
import { rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chooseModel } from "./models.ts";
import type { ChosenModel } from "./models.ts";
import { Narrator } from "./narrator.ts";
import { HELP, readOptions, UsageError } from "./options.ts";
import type { CliOptions } from "./options.ts";
import { startLocalStack, STATE } from "./stack.ts";
import type { LocalStack } from "./stack.ts";
import { lockFolder } from "./state-lock.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DEFAULT_STATE_FOLDER = `${ROOT}.local`;
const WIDGET = `${ROOT}widget/dist`;
const ROOTS = [
  { path: "/widget/", folder: WIDGET, crossOrigin: true },
  { path: "/", folder: `${ROOT}demo` },
  // The script's short address, as on a CDN.
  { path: "/", folder: WIDGET, crossOrigin: true },
];

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** npm passes a Ctrl-C on to a process that got it already: two signals this close are one. */
const SAME_SIGNAL_MS = 500;

/** A failure that needs no stack trace. */
class StartError extends Error {}

try {
  await main();
} catch (error) {
  fail(error);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const chosen = await chooseModel(options.model, process.env);
  const stateFolder = resolve(options.stateFolder ?? DEFAULT_STATE_FOLDER);
  const lock = await lockFolder(stateFolder);
  if (!lock) {
    throw new StartError(
      `Another local stack keeps its state in ${stateFolder}; stop that one first.`,
    );
  }
  if (options.fresh) {
    for (const name of STATE) {
      rmSync(join(stateFolder, name), { recursive: true, force: true });
    }
  }
  const stack = await start(options, chosen, stateFolder);
  stopOnSignals(async () => {
    await stack.close();
    await lock.release();
  });
  announce(stack, chosen.description, stateFolder);
}

async function start(
  options: CliOptions,
  chosen: ChosenModel,
  stateFolder: string,
): Promise<LocalStack> {
  const { port, verbose, usage } = options;
  const narrator = new Narrator({ write: (line) => print(line), verbose });
  try {
    return await startLocalStack({
      bedrock: chosen.bedrock,
      settings: chosen.settings,
      port,
      usage,
      stateFolder,
      roots: ROOTS,
      observer: narrator.gatewayObserver,
      onFunctionLog: (name, line) => narrator.functionLog(name, line),
      onFunctionFailure: (name, reason) =>
        narrator.functionFailure(name, reason),
    });
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case "EADDRINUSE":
        throw new StartError(
          `Port ${port} is in use; stop what uses it, or choose another one: PORT=${port + 1} npm start`,
        );
      case "EACCES":
        throw new StartError(
          `Port ${port} may not be used by you; choose another one: PORT=3000 npm start`,
        );
      default:
        throw error;
    }
  }
}

function announce(stack: LocalStack, model: string, stateFolder: string): void {
  const path = relative(process.cwd(), stateFolder);
  const kept = path.startsWith("..") ? stateFolder : path;
  print(`
  Page       ${stack.url}/
  WebSocket  ${stack.webSocketUrl}
  Model      ${model}

  Conversations are kept in ${kept}; npm start -- --fresh forgets them. Ctrl-C stops.
`);
}

function stopOnSignals(stop: () => Promise<void>): void {
  let stoppingSince: number | undefined;
  const handle = () => {
    if (stoppingSince !== undefined) {
      if (Date.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(130);
      return;
    }
    stoppingSince = Date.now();
    print("Stopping.");
    stop().then(() => process.exit(0), fail);
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
}

function fail(error: unknown): never {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_USAGE);
  }
  const text =
    error instanceof StartError || !(error instanceof Error)
      ? String(error instanceof Error ? error.message : error)
      : (error.stack ?? error.message);
  process.stderr.write(`${text}\n`);
  process.exit(EXIT_FAILED);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
