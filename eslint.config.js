import importX from "eslint-plugin-import-x";
import lit from "eslint-plugin-lit";
import tseslint from "typescript-eslint";

/** Modules and globals that only the named places may use; the message says where instead. */
const only = (files, options, message) => ({
  files,
  ignores: ["**/*.test.ts"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: options.map((group) => ({ group: [group].flat(), message })),
      },
    ],
  },
});

const aws = ["@aws-sdk/*", "@smithy/*"];

export default tseslint.config(
  {
    ignores: [
      "**/dist/",
      "**/cdk.out/",
      "**/node_modules/",
      ".local/",
      // Projects of their own, with packages of their own.
      "demo/examples/*/",
    ],
  },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { "import-x": importX },
    rules: {
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            {
              from: "package",
              name: ["test", "it", "describe", "suite", "before", "after"],
              package: "node:test",
            },
          ],
        },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "off",
      // A package need not be looked into: no package imports this project.
      "import-x/no-cycle": ["error", { ignoreExternal: true }],
      "import-x/no-default-export": "error",
      "import-x/extensions": ["error", "always", { ignorePackages: true }],
      "import-x/no-restricted-paths": [
        "error",
        {
          basePath: import.meta.dirname,
          zones: [
            // widget: elements ▶ session ▶ state ▶ protocol; session ▶ transport (port).
            {
              target: "./widget/src/protocol.ts",
              from: "./widget/src",
              message: "protocol.ts imports nothing.",
            },
            {
              target: "./widget/src/chat",
              from: [
                "./widget/src/elements",
                "./widget/src/markdown",
                "./widget/src/locales",
                "./widget/src/transport/socket-transport.ts",
              ],
              message: "chat/ knows no element, no DOM and no socket.",
            },
            {
              target: "./widget/src/transport",
              from: ["./widget/src/elements", "./widget/src/chat"],
              message: "A transport knows frames only.",
            },
            {
              target: "./widget/src/markdown",
              from: [
                "./widget/src/elements",
                "./widget/src/chat",
                "./widget/src/transport",
              ],
              message: "markdown/ knows text and nodes only.",
            },
            // server: handlers ▶ chat ▶ protocol; handlers ▶ {bedrock, dynamodb, gateway} ▶ chat/ports; local ▶ handlers.
            {
              target: "./server/src/chat",
              from: "./server/src",
              except: ["./chat"],
              message: "chat/ knows ports, not services.",
            },
            {
              target: "./server/src/**/!(*.test).ts",
              from: ["./server/local/**/*", "./server/test/**/*"],
              message: "What runs on AWS knows nothing of the local stack.",
            },
            {
              target: "./server",
              from: ["./infra", "./demo"],
              message: "Arrows never return.",
            },
            {
              target: "./widget",
              from: ["./server", "./infra", "./demo"],
              message: "Arrows never return.",
            },
          ],
        },
      ],
    },
  },
  {
    // Where frames are parsed, the environment is read, the log is written.
    files: ["widget/src/**/*.ts", "server/src/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-console": "error",
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Only config.ts reads the environment.",
        },
      ],
    },
  },
  only(
    ["server/src/chat/**/*.ts"],
    [aws, "node:*", "aws-lambda"],
    "chat/ holds rules: no AWS, no Node.",
  ),
  only(
    ["widget/src/chat/**/*.ts", "widget/src/transport/**/*.ts"],
    [["lit", "lit/*"]],
    "Lit only in elements/.",
  ),
  {
    files: ["widget/src/**/*.ts"],
    ignores: ["**/*.test.ts"],
    plugins: { lit },
    rules: {
      ...lit.configs["flat/recommended"].rules,
      // Lit binds event listeners to the host.
      "@typescript-eslint/unbound-method": "off",
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "Identifier[name=/^(innerHTML|outerHTML|insertAdjacentHTML|unsafeHTML)$/]",
          message: "Build nodes: HTML strings are never parsed here.",
        },
        {
          selector: "NewExpression[callee.name='WebSocket']",
          message: "Only transport/socket-transport.ts opens sockets.",
        },
      ],
      "no-restricted-globals": [
        "error",
        { name: "localStorage", message: "Only storage.ts stores." },
        { name: "sessionStorage", message: "Only storage.ts stores." },
      ],
    },
  },
  {
    files: ["widget/src/storage.ts"],
    rules: { "no-restricted-globals": "off" },
  },
  {
    files: ["server/src/config.ts", "server/src/handlers/*.ts"],
    rules: { "no-restricted-properties": "off" },
  },
  {
    files: ["server/src/log.ts", "widget/src/log.ts"],
    rules: { "no-console": "off" },
  },
  {
    files: ["**/*.config.ts", "**/*.config.js"],
    rules: { "import-x/no-default-export": "off" },
  },
);
