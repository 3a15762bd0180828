/** Somebody else's web site: static pages on a port, and so an origin, of their own. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serveStatic } from "../../../server/local/static.ts";

export interface SiteOptions {
  /** Files of the site. */
  readonly folder?: string;
  /** Pages by path, which win over files. */
  readonly pages?: Readonly<Record<string, string>>;
  /** What every page is served with. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly port?: number;
}

export interface Site extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash. */
  readonly url: string;
  close(): Promise<void>;
}

export async function serveSite({
  folder,
  pages = {},
  headers = {},
  port = 0,
}: SiteOptions): Promise<Site> {
  const roots = folder === undefined ? [] : [{ path: "/", folder }];
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers))
      response.setHeader(name, value);
    const page = pages[(request.url ?? "/").split("?", 1)[0]!];
    if (page === undefined) void serveStatic(roots, request, response);
    else
      response
        .writeHead(200, { "Content-Type": "text/html; charset=utf-8" })
        .end(page);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}
