import assert from "node:assert/strict";
import { test } from "node:test";
import { HELP, readOptions, UsageError } from "./options.ts";

const DEFAULTS = {
  help: false,
  fresh: false,
  verbose: false,
  port: 3000,
  model: { kind: "demo" },
  usage: "raised",
};
const ENDPOINT = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME";

const accepted: [string[], Record<string, string>, object][] = [
  [[], {}, {}],
  [[], { PORT: "" }, {}],
  [[], { PORT: "0" }, { port: 0 }],
  [[], { PORT: "65535" }, { port: 65_535 }],
  [["--fresh", "--verbose"], {}, { fresh: true, verbose: true }],
  [["--help"], {}, { help: true }],
  [["--"], {}, {}],
  [
    ["--model-url", "http://localhost:11434/v1", "--model-name=llama3.2"],
    {},
    {
      model: {
        kind: "server",
        url: "http://localhost:11434/v1",
        name: "llama3.2",
      },
    },
  ],
  [["--bedrock"], {}, { model: { kind: "bedrock" } }],
  [["--limits", "deployed"], {}, { usage: "deployed" }],
  [["--limits=raised"], {}, {}],
  // The user's own endpoint with the user's own credentials.
  [
    ["--bedrock"],
    { [ENDPOINT]: "https://vpce.example" },
    { model: { kind: "bedrock" } },
  ],
  [
    [],
    { [ENDPOINT]: "http://localhost:9000" },
    { model: { kind: "endpoint", url: "http://localhost:9000" } },
  ],
  [[], { [ENDPOINT]: "" }, {}],
];
for (const [args, env, expected] of accepted) {
  test(`npm start -- ${args.join(" ")} ${JSON.stringify(env)}`, () => {
    assert.deepEqual(readOptions(args, env), { ...DEFAULTS, ...expected });
  });
}

const refused: [string[], Record<string, string>, string][] = [
  [
    ["--foo"],
    {},
    "--foo is not an option; npm start -- --help lists the options.",
  ],
  [["-x"], {}, "-x is not an option; npm start -- --help lists the options."],
  [
    ["--no-fresh"],
    {},
    "--no-fresh is not an option; npm start -- --help lists the options.",
  ],
  [
    ["3000"],
    {},
    "3000 is not an option; npm start -- --help lists the options.",
  ],
  [
    ["--", "3000"],
    {},
    "3000 is not an option; npm start -- --help lists the options.",
  ],
  [["--fresh=yes"], {}, "--fresh takes no value, got yes."],
  [
    ["--limits", "none"],
    {},
    "--limits is none; expected deployed or raised, which is the default.",
  ],
  [["--fresh", "--fresh"], {}, "--fresh is given twice; once is enough."],
  [
    ["--model-url"],
    {},
    "--model-url needs a value; npm start -- --help lists the options.",
  ],
  [
    ["--model-url="],
    {},
    "--model-url needs a value; npm start -- --help lists the options.",
  ],
  [
    ["--model-url", "--verbose"],
    {},
    "--model-url needs a value; npm start -- --help lists the options.",
  ],
  [
    ["--model-url", "http://localhost:11434/v1"],
    {},
    "--model-url needs --model-name, the model that this server is to use.",
  ],
  [
    ["--model-name", "llama3.2"],
    {},
    "--model-name needs --model-url, which says where that model is served.",
  ],
  [
    ["--model-url", "localhost:11434", "--model-name", "llama3.2"],
    {},
    "--model-url is localhost:11434; expected an address such as http://localhost:11434/v1.",
  ],
  [
    ["--bedrock", "--model-url", "http://x", "--model-name", "y"],
    {},
    "--bedrock and --model-url name two models; choose one of them.",
  ],
  [
    ["--model-url", "http://x", "--model-name", "y"],
    { [ENDPOINT]: "http://localhost:9000" },
    `--model-url and ${ENDPOINT} name two models; leave one of them out.`,
  ],
  [
    [],
    { [ENDPOINT]: "localhost" },
    `${ENDPOINT} is localhost; expected an address such as http://localhost:11434/v1.`,
  ],
  ...["abc", "-1", "65536", "3000.5", "0x10", " 1"].map(
    (PORT): [string[], Record<string, string>, string] => [
      [],
      { PORT },
      `PORT is ${PORT}; expected a whole number from 0 to 65535.`,
    ],
  ),
];
for (const [args, env, message] of refused) {
  test(`npm start -- ${args.join(" ")} ${JSON.stringify(env)}: ${message}`, () => {
    assert.throws(
      () => readOptions(args, env),
      (error) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.message, message);
        return true;
      },
    );
  });
}

test("the help names every flag that is understood", () => {
  for (const [flag] of HELP.matchAll(/--[a-z-]+/g)) {
    const value = flag.startsWith("--model") ? ["x"] : [];
    assert.doesNotThrow(() => {
      try {
        readOptions([flag, ...value], {});
      } catch (error) {
        assert.doesNotMatch((error as Error).message, /is not an option/);
      }
    });
  }
});
