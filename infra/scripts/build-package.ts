/** What `npm pack` packs: the constructs as one compiled module with types, and all that they deploy. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { run } from "./run.ts";
import "./build.ts";

const infra = resolve(import.meta.dirname, "..");
const dist = join(infra, "dist");

await build({
  entryPoints: [join(infra, "lib/index.ts")],
  outfile: join(dist, "index.js"),
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  // The app that installs the package brings these, and there must be one of each.
  external: ["aws-cdk-lib", "aws-cdk-lib/*", "constructs"],
  logLevel: "warning",
});

run('npm exec --no -c "tsc -p infra/tsconfig.package.json"');
for (const name of readdirSync(dist).filter((file) => file.endsWith(".d.ts"))) {
  const path = join(dist, name);
  const types = readFileSync(path, "utf8");
  if (types.includes("bedrock-chat-server"))
    throw new Error(
      `${path} names bedrock-chat-server, which is not published; expected a type of its own.`,
    );
  writeFileSync(path, types.replace(/(from "\.\/[\w-]+)\.ts"/g, '$1.js"'));
}
