import type { IncomingMessage, Server } from "node:http";
import { createServer as createSocketServer } from "node:net";
import type { AddressInfo, Server as SocketServer } from "node:net";

export interface Listening {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Drops open connections too. */
  readonly close: () => Promise<void>;
}

/** Listens on a port, by default any free one, and only for this machine. Rejects when the port is taken. */
export async function listen(server: Server, port = 0): Promise<Listening> {
  await bind(server, port, "127.0.0.1");
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

/** {@link listen} on both addresses that `localhost` may mean, so that nobody else answers under the name. */
export async function listenAsLocalhost(
  server: Server,
  port = 0,
): Promise<Listening> {
  const listening = await listen(server, port);
  const second = createSocketServer((socket) => {
    server.emit("connection", socket);
  });
  try {
    await bind(second, listening.port, "::1");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      await listening.close();
      throw error;
    }
    // This machine has no IPv6: `localhost` cannot mean it.
    return listening;
  }
  return {
    ...listening,
    close: async () => {
      const closed = new Promise((resolve) => second.close(resolve));
      await listening.close();
      await closed;
    },
  };
}

function bind(server: SocketServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
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
