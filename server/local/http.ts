import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Listening {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Drops open connections too. */
  close(): Promise<void>;
}

/** Listens on a port, by default any free one, and only for this machine. Rejects when the port is taken. */
export async function listen(
  server: Server,
  { port = 0, host = "127.0.0.1" }: { port?: number; host?: string } = {},
): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The body of a request. The rest of one that is too large is read and dropped, so that the client hears the answer. */
export async function readBody(
  request: IncomingMessage,
  limit: number,
): Promise<Buffer | "too-large" | "aborted"> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
    }
  } catch {
    // The client hung up: there is nobody left to answer.
    return "aborted";
  }
  return length > limit ? "too-large" : Buffer.concat(chunks);
}
