/** The package as `npm pack` makes it, looked at by the tools that its users trust, and imported where no browser is. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { after } from "node:test";
import { render } from "@lit-labs/ssr";
import { collectResult } from "@lit-labs/ssr/lib/render-result.js";
import { build } from "esbuild";
import { html } from "lit";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { createElement, StrictMode } from "react";
import { renderToString } from "react-dom/server";
import ts from "typescript";

const widget = fileURLToPath(new URL("..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "bedrock-chat-pack-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const read = (path: string): string => readFileSync(join(widget, path), "utf8");
const manifest = JSON.parse(read("package.json")) as {
  exports: Record<string, string | { types: string; default: string }>;
};
const [packed] = JSON.parse(
  execFileSync(
    "npm",
    ["pack", "--json", "--ignore-scripts", `--pack-destination=${scratch}`],
    { cwd: widget, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
  ),
) as [Packed];
const files = packed.files.map(({ path }) => path);

test("the package has what it should and nothing else", () => {
  for (const path of [
    "LICENSE",
    "README.md",
    "PROTOCOL.md",
    "CHANGELOG.md",
    "package.json",
    "dist/bedrock-chat.js",
    "dist/bedrock-chat.licenses.txt",
    "dist/embed.js",
    "dist/sri.json",
    "dist/custom-elements.json",
    "dist/vscode.html-custom-data.json",
  ])
    assert.ok(files.includes(path), `${path} is missing`);
  const wanted =
    /^([A-Z]+(\.md)?|package\.json|dist\/([\w.-]+\/)*[\w.-]+\.(js|d\.ts|json|txt))$/;
  assert.deepEqual(
    files.filter((path) => !wanted.test(path) || path.includes(".test.")),
    [],
  );
});

test("the package's license is the project's", () => {
  assert.equal(read("LICENSE"), read("../LICENSE"));
});

test("every entry of exports is in the package", () => {
  for (const target of Object.values(manifest.exports))
    for (const path of typeof target === "string"
      ? [target]
      : Object.values(target))
      assert.ok(files.includes(path.replace("./", "")), path);
});

test("publint has nothing to say", async () => {
  const { messages, pkg } = await publint({ pkgDir: widget, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg, { color: false })),
    [],
  );
});

test("the types of every import path resolve as the modules do", () => {
  const attw = fileURLToPath(
    import.meta.resolve("@arethetypeswrong/cli/package.json"),
  );
  const output = execFileSync(
    process.execPath,
    [
      join(attw, "../dist/index.js"),
      join(scratch, packed.filename),
      "--profile=esm-only",
      "--no-emoji",
      "--format=ascii",
    ],
    { encoding: "utf8" },
  );
  for (const resolution of ["node16 (from ESM)", "bundler"])
    assert.equal(
      output.split(`${resolution}: OK`).length - 1,
      Object.keys(manifest.exports).length,
      output,
    );
});

/** What each import path gives. Loaded by name, as a user of the package does. */
const EXPORTS: Readonly<Record<string, readonly string[]>> = {
  "bedrock-chat-widget": ["BedrockChat", "ChatEvent", "ChatSendEvent"],
  "bedrock-chat-widget/define": ["BedrockChat", "ChatSendEvent"],
  "bedrock-chat-widget/react": ["BedrockChat"],
  "bedrock-chat-widget/protocol": ["parseServerFrame"],
};

test("every import path of a module is tried", () => {
  const modules = Object.entries(manifest.exports)
    .filter(([, target]) => typeof target !== "string")
    .map(([path]) => path.replace(/^\./, "bedrock-chat-widget"));
  assert.deepEqual(modules.sort(), Object.keys(EXPORTS).sort());
});

for (const [path, names] of Object.entries(EXPORTS))
  test(`${path} can be imported without a browser`, async () => {
    const module = (await import(path)) as Record<string, unknown>;
    for (const name of names) assert.ok(name in module, `${name} is missing`);
  });

/** What the compiler says of each of these elements in a page of React's. */
function typeErrors(elements: readonly string[]): string[][] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    jsx: ts.JsxEmit.ReactJSX,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    types: [],
  };
  const pages = new Map(
    elements.map((element, i) => [
      join(widget, "test", `page-${i}.tsx`),
      `import type {} from "bedrock-chat-widget/react";\nexport const page = ${element};\n`,
    ]),
  );
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => pages.has(path) || disk.fileExists(path),
    readFile: (path) => pages.get(path) ?? disk.readFile(path),
    getSourceFile(path, ...rest) {
      const page = pages.get(path);
      return page === undefined
        ? disk.getSourceFile(path, ...rest)
        : ts.createSourceFile(path, page, ts.ScriptTarget.ES2022);
    },
  };
  const program = ts.createProgram([...pages.keys()], options, host);
  return [...pages.keys()].map((path) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(path))
      .map(({ messageText }) =>
        ts.flattenDiagnosticMessageText(messageText, "\n"),
      ),
  );
}

test("the tag is typed in the JSX of React", () => {
  const [right, starters, theme, event] = typeErrors(
    [
      'starters={["Hi?"]} noLauncher onchat-send={({ text }) => text.trim()} className="chat"',
      "starters={3}",
      'theme="pink"',
      "onchat-send={({ texts }) => texts}",
    ].map((props) => `<bedrock-chat endpoint="wss://chat.example" ${props} />`),
  );
  assert.deepEqual(right, []);
  assert.match(starters!.join(), /'number' is not assignable/);
  assert.match(theme!.join(), /"pink"/);
  assert.match(event!.join(), /'texts' does not exist/);
});

test("an import that is not used costs nothing, unless it registers the element", async () => {
  const bundled = async (contents: string): Promise<number> => {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: widget },
      bundle: true,
      format: "esm",
      write: false,
      minify: true,
      splitting: false,
      external: ["react", "lit"],
    });
    return outputFiles[0]!.contents.length;
  };
  assert.equal(
    await bundled('import { BedrockChat } from "bedrock-chat-widget";'),
    0,
  );
  assert.ok((await bundled('import "bedrock-chat-widget/define";')) > 10_000);
});

test("importing does not need a browser's globals in a process of its own", () => {
  const script = `${Object.keys(EXPORTS)
    .map((path) => `await import(${JSON.stringify(path)});`)
    .join("")}console.log(typeof window, typeof customElements)`;
  const output = execFileSync(
    process.execPath,
    ["--input-type=module", "--eval", script],
    { cwd: widget, encoding: "utf8" },
  );
  assert.equal(output.trim(), "undefined undefined");
});

test("React renders the bare tag on a server, in strict mode too", async () => {
  // eslint-disable-next-line import-x/extensions -- the path as users of the package write it
  const { BedrockChat } = await import("bedrock-chat-widget/react");
  const element = createElement(
    StrictMode,
    null,
    createElement(BedrockChat, {
      endpoint: "wss://example.com/prod",
      starters: ["Hello?"],
      className: "support",
      onChatSend: ({ text }) => text,
    }),
  );
  assert.equal(
    renderToString(element),
    '<bedrock-chat class="support"></bedrock-chat>',
  );
});

test("Lit renders a page with the chat on a server", async () => {
  // eslint-disable-next-line import-x/extensions -- the path as users of the package write it
  await import("bedrock-chat-widget/define");
  const page = html`<main>
    <bedrock-chat endpoint=${"wss://example.com/prod"} heading="Ask us">
      <p slot="footer">Ours</p>
    </bedrock-chat>
  </main>`;
  const rendered = await collectResult(render(page));
  const [tag] = /<bedrock-chat[^>]*>/.exec(rendered) ?? [];
  assert.match(tag ?? "", / endpoint="wss:\/\/example\.com\/prod"/);
  assert.match(tag ?? "", / heading="Ask us"/);
  assert.match(rendered, /<p slot="footer">Ours<\/p>/);
});
