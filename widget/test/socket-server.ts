/** A real WebSocket server, for tests. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { WebSocketServer, type WebSocket as ServerSocket } from "ws";

export type { ServerSocket };

/** Listens on a free port until the test has ended. */
export async function serve(context: TestContext) {
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  await once(server, "listening");
  context.after(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const connected = async () => {
    const [socket] = (await once(server, "connection")) as [ServerSocket];
    return socket;
  };
  return { server, url: `ws://127.0.0.1:${port}/prod`, connected };
}
