import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { listen } from "./http.ts";
import { serveStatic } from "./static.ts";

const folder = mkdtempSync(join(tmpdir(), "bedrock-chat-static-"));
const write = (name: string, text: string) =>
  writeFileSync(join(folder, name), text);
for (const name of [
  "site",
  "site/ü",
  "site/sub",
  "site/.git",
  "site/empty",
  "built",
]) {
  mkdirSync(join(folder, name));
}
write("secret.txt", "secret");
write("site/index.html", "<h1>page</h1>");
write("site/sub/index.html", "<h1>sub</h1>");
write("site/ü/index.html", "");
write("site/sub/ünï code.svg", "<svg/>");
write("site/.git/config", "hidden");
write("site/.env", "hidden");
write("site/unknown.xyz", "?");
write("built/bedrock-chat.js", "export {};");
write("built/index.html", "never this one");

const server = createServer((incoming, response) => {
  void serveStatic(
    [
      { path: "/widget/", folder: join(folder, "built"), crossOrigin: true },
      { path: "/", folder: join(folder, "site") },
      { path: "/", folder: join(folder, "built"), crossOrigin: true },
    ],
    incoming,
    response,
  );
});
const listening = await listen(server);
after(async () => {
  await listening.close();
  rmSync(folder, { recursive: true });
});

/** As it stands: `fetch` would tidy the path. */
async function get(
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: object } = {},
) {
  const sent = request({
    port: listening.port,
    path,
    method,
    headers: { ...headers },
  }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, headers: response.headers, body };
}

const served: [string, string, string][] = [
  ["/", "<h1>page</h1>", "text/html; charset=utf-8"],
  ["/?q=1", "<h1>page</h1>", "text/html; charset=utf-8"],
  ["/index.html", "<h1>page</h1>", "text/html; charset=utf-8"],
  ["/sub/", "<h1>sub</h1>", "text/html; charset=utf-8"],
  ["/sub/%C3%BCn%C3%AF%20code.svg", "<svg/>", "image/svg+xml"],
  ["/unknown.xyz", "?", "application/octet-stream"],
  ["/bedrock-chat.js", "export {};", "text/javascript; charset=utf-8"],
  ["/widget/bedrock-chat.js", "export {};", "text/javascript; charset=utf-8"],
];
for (const [path, body, type] of served) {
  test(`${path} is served as ${type}`, async () => {
    const answer = await get(path);
    assert.equal(answer.status, 200);
    assert.equal(answer.body, body);
    assert.equal(answer.headers["content-type"], type);
    assert.equal(answer.headers["cache-control"], "no-cache");
    assert.equal(answer.headers["x-content-type-options"], "nosniff");
    // The script may be loaded from anywhere, the page only by itself.
    const isScript = path.endsWith(".js");
    assert.equal(
      answer.headers["access-control-allow-origin"],
      isScript ? "*" : undefined,
    );
  });
}

for (const path of [
  "/secret.txt",
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/sub/../../secret.txt",
  "/..\\secret.txt",
  "/..%5csecret.txt",
  "/widget/../../secret.txt",
  "//etc/passwd",
  "/.git/config",
  "/.env",
  "/sub/%00.svg",
  "/%",
  "/index.html/",
  "/empty/",
  "/none",
]) {
  test(`${path} is not there`, async () => {
    const answer = await get(path);
    assert.equal(answer.status, 404);
    assert.doesNotMatch(answer.body, /secret$|hidden|root:/);
  });
}

test("a folder is sent to its slash, and never to another host", async () => {
  for (const path of ["/sub", "//sub", "///sub"]) {
    const answer = await get(path);
    assert.equal(answer.status, 308);
    assert.equal(answer.headers.location, "/sub/");
  }
  assert.equal((await get("/%C3%BC")).headers.location, "/%C3%BC/");
});

test("what did not change is not sent again", async () => {
  const first = await get("/");
  const tag = first.headers.etag!;
  const same = await get("/", { headers: { "If-None-Match": tag } });
  assert.equal(same.status, 304);
  assert.equal(same.body, "");
  write("site/index.html", "<h1>another page</h1>");
  const changed = await get("/", { headers: { "If-None-Match": tag } });
  assert.equal(changed.status, 200);
  assert.equal(changed.body, "<h1>another page</h1>");
});

test("HEAD has no body, and nothing but GET and HEAD is served", async () => {
  const head = await get("/sub/", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.headers["content-length"], "12");
  assert.equal(head.body, "");
  const post = await get("/", { method: "POST" });
  assert.equal(post.status, 405);
  assert.equal(post.headers.allow, "GET, HEAD");
});
