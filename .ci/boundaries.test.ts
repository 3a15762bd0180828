/** Breaking an import rule must fail `npm test`: here each rule is broken on purpose. */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import test from "node:test";
import { ESLint } from "eslint";
import ts from "typescript";

const root = resolve(import.meta.dirname, "..");
const eslint = new ESLint({ cwd: root });

/** Lints `source` as if it stood in `file`. */
async function lint(file: string, source: string): Promise<string[]> {
  const results = await eslint.lintText(source, {
    filePath: resolve(root, file),
  });
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message }) => `${ruleId}: ${message}`),
  );
}

const forbidden: readonly (readonly [
  why: string,
  file: string,
  source: string,
  rule: RegExp,
])[] = [
  [
    "the protocol imports nothing",
    "widget/src/protocol.ts",
    'import "./chat/state.ts";',
    /no-restricted-paths.*protocol\.ts imports nothing/,
  ],
  [
    "the widget's core knows no element",
    "widget/src/chat/session.ts",
    'import "../elements/bedrock-chat.ts";',
    /no-restricted-paths.*chat\/ knows no element/,
  ],
  [
    "the widget's core knows no socket",
    "widget/src/chat/session.ts",
    'import "../transport/socket-transport.ts";',
    /no-restricted-paths.*chat\/ knows no element/,
  ],
  [
    "the widget's core knows no Lit",
    "widget/src/chat/state.ts",
    'import "lit";',
    /no-restricted-imports.*Lit only in/,
  ],
  [
    "a transport knows frames only",
    "widget/src/transport/socket-transport.ts",
    'import "../chat/session.ts";',
    /no-restricted-paths.*A transport knows frames only/,
  ],
  [
    "the server's rules know no AWS",
    "server/src/chat/ports.ts",
    'import "@aws-sdk/client-lambda";',
    /no-restricted-imports.*no AWS/,
  ],
  [
    "the server's rules know no service",
    "server/src/chat/ports.ts",
    'import "../dynamodb/store.ts";',
    /no-restricted-paths.*chat\/ knows ports/,
  ],
  [
    "what runs on AWS knows no local stack",
    "server/src/handlers/router.ts",
    'import "../../local/stack.ts";',
    /no-restricted-paths.*knows nothing of the local stack/,
  ],
  [
    "the environment is read in one place",
    "server/src/chat/ports.ts",
    "export const x = process.env;",
    /no-restricted-properties.*Only config\.ts/,
  ],
  [
    "HTML strings are never parsed",
    "widget/src/elements/bedrock-chat.ts",
    'document.body.innerHTML = "";',
    /no-restricted-syntax.*Build nodes/,
  ],
  [
    "storage is used in one place",
    "widget/src/elements/bedrock-chat.ts",
    "localStorage.clear();",
    /no-restricted-globals.*Only storage\.ts/,
  ],
];

for (const [why, file, source, rule] of forbidden) {
  test(`lint: ${why}`, async () => {
    const messages = await lint(file, `${source}\n`);
    assert.ok(
      messages.some((message) => rule.test(message)),
      `expected ${String(rule)}, got:\n${messages.join("\n")}`,
    );
  });
}

/** What the compiler says of `file` when `source` stands in it. */
function compile(project: string, file: string, source: string): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    resolve(root, project),
    { composite: false, noEmit: true },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: ({ messageText }) =>
        assert.fail(ts.flattenDiagnosticMessageText(messageText, "\n")),
    },
  );
  assert.ok(config);
  const path = resolve(root, file);
  const host = ts.createCompilerHost(config.options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    resolve(name) === path
      ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram([path], config.options, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(path))
    .map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "\n"),
    );
}

for (const [project, file] of [
  ["widget/tsconfig.protocol.json", "widget/src/protocol.ts"],
  ["widget/tsconfig.core.json", "widget/src/chat/session.ts"],
] as const) {
  for (const name of ["document", "process", "WebSocket"]) {
    test(`types: ${file} cannot see ${name}`, () => {
      const messages = compile(
        project,
        file,
        `export const it: unknown = ${name};\n`,
      );
      assert.ok(
        messages.some((message) =>
          message.startsWith(`Cannot find name '${name}'`),
        ),
        `expected an error, got: ${messages.join("; ") || "none"}`,
      );
    });
  }
}
