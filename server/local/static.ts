import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";

/** A folder that is served below a path. */
export interface StaticRoot {
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly folder: string;
  /** Whether pages of other origins may load these files. */
  readonly crossOrigin?: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".gif": "image/gif",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** Serves files. The first root that has the file wins. */
export async function serveStatic(
  roots: readonly StaticRoot[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    sendText(response, 405, `${request.method} is not served here.`);
    return;
  }
  const path = decodedPath(request.url ?? "/");
  const found = path === undefined ? undefined : await find(roots, path);
  if (!found) {
    sendText(response, 404, `There is no ${path ?? "such file"} here.`);
    return;
  }
  if (found.redirect !== undefined) {
    response.writeHead(308, { Location: encodeURI(found.redirect) }).end();
    return;
  }
  await sendFile(found, request, response);
}

interface Found {
  readonly file: string;
  readonly size: number;
  readonly modified: Date;
  readonly crossOrigin: boolean;
  /** A folder was asked for without its slash. */
  readonly redirect?: string;
}

async function find(
  roots: readonly StaticRoot[],
  path: string,
): Promise<Found | undefined> {
  for (const { path: prefix, folder, crossOrigin = false } of roots) {
    if (!path.startsWith(prefix)) continue;
    const root = resolve(folder);
    const file = resolve(root, `./${path.slice(prefix.length)}`);
    // Neither `..` nor a hidden file: what was not meant to be served is not served.
    if (file !== root && !file.startsWith(root + sep)) continue;
    if (/(?:^|[/\\])\.[^/\\]/.test(file.slice(root.length))) continue;
    const stats = await statOf(file);
    if (stats?.isDirectory()) {
      const index = resolve(file, "index.html");
      const indexStats = await statOf(index);
      if (!indexStats?.isFile()) continue;
      return {
        file: index,
        size: indexStats.size,
        modified: indexStats.mtime,
        crossOrigin,
        ...(!path.endsWith("/") && { redirect: `${path}/` }),
      };
    }
    if (stats?.isFile() && !path.endsWith("/")) {
      return { file, size: stats.size, modified: stats.mtime, crossOrigin };
    }
  }
  return undefined;
}

async function sendFile(
  { file, size, modified, crossOrigin }: Found,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const tag = `"${size.toString(16)}-${modified.getTime().toString(16)}"`;
  const headers = {
    "Content-Type":
      TYPES[extname(file).toLowerCase()] ?? "application/octet-stream",
    // A rebuilt file is seen at once, and one that did not change is not sent again.
    "Cache-Control": "no-cache",
    ETag: tag,
    "X-Content-Type-Options": "nosniff",
    ...(crossOrigin && {
      "Access-Control-Allow-Origin": "*",
      "Cross-Origin-Resource-Policy": "cross-origin",
    }),
  };
  if (request.headers["if-none-match"] === tag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, "Content-Length": size });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  try {
    await pipeline(createReadStream(file), response);
  } catch {
    // The browser left, or the file went away in the middle: the connection ends short of its length.
    response.destroy();
  }
}

function decodedPath(url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split(/[?#]/, 1)[0]!);
    if (path.includes("\0") || path.includes("\\")) return undefined;
    // Two slashes at the start of a redirect would name another host.
    return path.replace(/^\/+/, "/");
  } catch {
    return undefined;
  }
}

async function statOf(file: string) {
  try {
    return await stat(file);
  } catch {
    // Whatever keeps it from being read, it cannot be served.
    return undefined;
  }
}

function sendText(response: ServerResponse, status: number, text: string) {
  response
    .writeHead(status, { "Content-Type": "text/plain; charset=utf-8" })
    .end(`${text}\n`);
}
