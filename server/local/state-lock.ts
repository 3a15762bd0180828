import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Keeps a folder for one process. */
export interface StateLock {
  release(): Promise<void>;
}

/**
 * Takes the folder, or gives undefined when another process has it. A socket is the lock: it ends with its process,
 * however that ends, where the number in a lock file may meanwhile belong to another one.
 */
export async function lockFolder(
  folder: string,
): Promise<StateLock | undefined> {
  const name = createHash("sha256").update(resolve(folder)).digest("hex");
  const socketName = `bedrock-chat-${name.slice(0, 16)}`;
  const path =
    process.platform === "win32"
      ? `\\\\.\\pipe\\${socketName}`
      : join(tmpdir(), `${socketName}.sock`);
  if (await isAnswered(path)) return undefined;
  if (process.platform !== "win32") rmSync(path, { force: true });
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(path, listening);
  });
  server.unref();
  return {
    release: () => new Promise((closed) => server.close(() => closed())),
  };
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      answer(true);
    });
    socket.once("error", () => answer(false));
  });
}
