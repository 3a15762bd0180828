/** HTTP/1.1 and cleartext HTTP/2 on one port: the SDK's default client speaks the latter, boto3 and curl the former. */
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, createServer as createHttp2Server } from "node:http2";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export type HttpRequest = IncomingMessage | Http2ServerRequest;

/** What the responses of both protocols have in common. */
export interface HttpResponse {
  statusCode: number;
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  setHeader(name: string, value: string | number): unknown;
  /** False when the reader is behind: `drain` follows. */
  write(bytes: Uint8Array): boolean;
  end(body?: string | Uint8Array): unknown;
  on(event: "close" | "drain", listener: () => void): unknown;
  once(event: "close" | "drain", listener: () => void): unknown;
}

/** Breaks an answer off so that its reader sees an error. */
export function resetResponse(response: HttpResponse): void {
  const real = response as ServerResponse | Http2ServerResponse;
  if ("stream" in real) real.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else real.destroy();
}

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n");

/** Which protocol the first bytes of a connection belong to; undefined while that is open. */
function sniff(start: Buffer): "h2" | "http/1.1" | undefined {
  const length = Math.min(start.length, PREFACE.length);
  if (!start.subarray(0, length).equals(PREFACE.subarray(0, length)))
    return "http/1.1";
  return length === PREFACE.length ? "h2" : undefined;
}

/** Serves both protocols on 127.0.0.1. `close` ends open connections too. */
export async function startDualServer(
  handle: (request: HttpRequest, response: HttpResponse) => void,
  port = 0,
): Promise<{ port: number; close: () => Promise<void> }> {
  const http = createHttpServer(handle);
  const http2 = createHttp2Server(handle);
  const sockets = new Set<Socket>();

  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once("close", () => sockets.delete(socket));
    // A client that goes away resets the connection: its streams hear of it by their own `close`.
    socket.on("error", () => socket.destroy());
    let start = Buffer.alloc(0);
    const look = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk) start = Buffer.concat([start, chunk]);
      const protocol = sniff(start);
      if (start.length === 0 || !protocol) return;
      socket.off("readable", look);
      socket.unshift(start);
      (protocol === "h2" ? http2 : http).emit("connection", socket);
    };
    socket.on("readable", look);
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
