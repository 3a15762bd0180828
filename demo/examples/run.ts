/** `npm run examples -- <name>`: builds an example and serves it, with the local stack behind it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseModel } from "../../server/local/models.ts";
import { startLocalStack } from "../../server/local/stack.ts";
import { names, packWidget, prepare, serve } from "./project.ts";

const PORT = Number(process.env.PORT ?? 4000);

const name = process.argv[2];
if (name === undefined || !names.includes(name)) {
  console.error(
    `Say which example: npm run examples -- <${names.join(" | ")}>`,
  );
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "bedrock-chat-example-"));
const widget = await packWidget(folder);
const { bedrock, settings } = await chooseModel({ kind: "demo" }, process.env);
const stack = await startLocalStack({
  bedrock,
  settings,
  roots: [{ path: "/", folder: widget.dist, crossOrigin: true }],
});
console.log(`Building ${name} with ${widget.tarball} …`);
const project = await prepare(name, {
  widget,
  folder,
  endpoint: stack.webSocketUrl,
  cdn: stack.url,
});
const site = await serve(project, PORT);
console.log(`
  Page       ${site.url}/
  WebSocket  ${stack.webSocketUrl}
  Project    ${project}

  Ctrl-C stops.
`);

const stop = async () => {
  await site.close();
  await stack.close();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void stop());
