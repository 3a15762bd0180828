import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Gives the answer, or undefined to leave the client waiting, or `reset` to break the connection. */
export type Answers = (
  request: Received,
  number: number,
) => Answer | "reset" | undefined;

export interface HttpServer {
  readonly url: string;
  readonly received: readonly Received[];
  readonly close: () => Promise<void>;
}

/** An HTTP server that keeps what it is sent and answers as it is told. */
export async function startHttpServer(answers: Answers): Promise<HttpServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method = "", url = "", headers } = request;
      const entry = { method, path: url, headers, body };
      received.push(entry);
      const answer = answers(entry, received.length);
      if (answer === "reset") request.socket.destroy();
      else if (answer)
        response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async close() {
      const closed = once(server, "close");
      server.close();
      // Connections that are kept alive would hold it up.
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Credentials where the SDK looks for them on Lambda. */
export const setDummyCredentials = (): void => {
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
};
