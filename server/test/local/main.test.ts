import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startDualServer } from "../../local/bedrock/dual-server.ts";
import { startBedrockEndpoint } from "../../local/bedrock/endpoint.ts";
import { listen } from "../../local/http.ts";
import { ChatClient } from "../support/chat-client.ts";
import {
  createConversationModel,
  userTexts,
} from "../support/conversation-model.ts";

const MAIN = fileURLToPath(new URL("../../local/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bedrock-chat-main-"));
after(() => rmSync(folder, { recursive: true }));
let folders = 0;
const newFolder = () => join(folder, String(folders++));

/** The command as a process, with an environment that has nothing of AWS in it. */
class Command {
  readonly child: ChildProcess;
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  out = "";
  err = "";
  #waiting: (() => void)[] = [];

  constructor(args: string[], env: Record<string, string> = {}) {
    this.child = spawn(process.execPath, [MAIN, ...args], {
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_CONFIG_FILE: devNull,
        PORT: "0",
        STATE_FOLDER: newFolder(),
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout!.on("data", (chunk) => {
      this.out += String(chunk);
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
    this.child.stderr!.on("data", (chunk) => (this.err += String(chunk)));
    this.exited = once(this.child, "close").then(([code, signal]) => {
      for (const resolve of this.#waiting.splice(0)) resolve();
      return {
        code: code as number | null,
        signal: signal as string | null,
      };
    });
    running.add(this);
    void this.exited.then(() => running.delete(this));
  }

  /** Resolves with the first match in what was printed. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.out);
      if (match) return match;
      if (this.child.exitCode !== null) {
        throw new Error(`It ended: ${this.out} ${this.err}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async url(): Promise<string> {
    return (await this.printed(/Page +(http:\/\/localhost:\d+)\//))[1]!;
  }

  async connect(): Promise<ChatClient> {
    const url = (await this.printed(/WebSocket +(ws:\/\/\S+)/))[1]!;
    return ChatClient.connect(url);
  }

  async stop(): Promise<void> {
    this.child.kill("SIGINT");
    assert.deepEqual(await this.exited, { code: 0, signal: null });
    assert.equal(this.err, "");
  }
}

const running = new Set<Command>();
after(() => {
  for (const { child } of running) child.kill("SIGKILL");
});

async function failure(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; err: string; out: string }> {
  const command = new Command(args, env);
  const { code } = await command.exited;
  return { code, err: command.err, out: command.out };
}

describe("npm start", { concurrency: 4 }, () => {
  test("--help explains itself", async () => {
    const { code, out, err } = await failure(["--help"]);
    assert.equal(code, 0);
    assert.match(out, /npm start -- \[options\]/);
    assert.equal(err, "");
  });

  test("what cannot be meant is one sentence and exit code 2", async () => {
    const cases: [string[], Record<string, string>, RegExp][] = [
      [["--nonsense"], {}, /^--nonsense is not an option/],
      [[], { PORT: "http" }, /^PORT is http; expected/],
      [["--bedrock"], {}, /^--bedrock needs a region; set AWS_REGION/],
      [
        ["--bedrock"],
        { AWS_REGION: "us-east-1" },
        /^--bedrock found no AWS credentials \(.+\); set AWS_PROFILE/,
      ],
      [[], { SETTINGS_FILE: "/nowhere" }, /^SETTINGS_FILE is \/nowhere, which/],
    ];
    for (const [args, env, pattern] of cases) {
      const { code, out, err } = await failure(args, env);
      assert.equal(code, 2, err);
      assert.match(err, pattern);
      assert.equal(err.trimEnd().split("\n").length, 1, err);
      assert.equal(out, "");
    }
  });

  test("illegal settings are named", async () => {
    const file = join(folder, "settings.json");
    writeFileSync(file, '{"models":[]}');
    const { code, err } = await failure([], { SETTINGS_FILE: file });
    assert.equal(code, 2);
    assert.match(err, /which cannot be used: models is/);
  });

  test("a port in use is one sentence with a remedy", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { code, err } = await failure([], { PORT: String(port) });
    server.close();
    assert.equal(code, 1);
    assert.equal(
      err,
      `Port ${port} is in use; stop what uses it, or choose another one: PORT=${port + 1} npm start\n`,
    );
  });

  test("two stacks do not share a state", async () => {
    const STATE_FOLDER = newFolder();
    const first = new Command([], { STATE_FOLDER });
    await first.url();
    const { code, err } = await failure([], { STATE_FOLDER });
    assert.equal(code, 1);
    assert.match(err, /^Another local stack keeps its state in .+; stop/);
    await first.stop();
  });

  test("a question is answered and told, and Ctrl-C ends all of it", async () => {
    const command = new Command([]);
    const page = await fetch(await command.url());
    assert.equal(page.status, 200);
    assert.match(await page.text(), /bedrock-chat/);
    const client = await command.connect();
    await client.hello();
    const { text } = await client.answer("c1", "/help");
    assert.ok(text.length > 0);
    await command.printed(/answered +\S+: \d+ characters/);
    // What was said is nobody's business but the visitor's.
    assert.doesNotMatch(command.out.split("Ctrl-C stops")[1]!, /help/);
    const busy = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const other = await command.connect();
        await other.hello();
        await other.ask(`busy-${i}`, "/long 20000");
        await other.frame("text-delta");
        return other;
      }),
    );
    // npm passes the terminal's signal on to a process that got it already.
    command.child.kill("SIGINT");
    command.child.kill("SIGINT");
    assert.deepEqual(await command.exited, { code: 0, signal: null });
    for (const one of [client, ...busy]) {
      assert.equal((await one.closed).code, 1001);
    }
    assert.match(command.out, /Stopping\.\n/);
    assert.equal(command.err, "");
  });

  test("the demo model calls the tool of the demo page, and no other", async () => {
    const command = new Command([]);
    const client = await command.connect();
    await client.hello();
    const inputSchema = { type: "object" };
    const tools = ["set_theme", "pay"].map((name) => ({
      name,
      description: "Does it.",
      inputSchema,
    }));
    const { text } = await client.answer("c1", "/tool", { tools });
    assert.match(text, /`\/tool set_theme/);
    assert.doesNotMatch(text, /pay/);
    const question = '/tool set_theme {"theme":"dark"}';
    const turnId = await client.ask("c1", question, { tools });
    const { toolCallId, name, input } = await client.frame("tool-call");
    assert.deepEqual([name, input], ["set_theme", { theme: "dark" }]);
    client.send({
      type: "tool-result",
      conversationId: "c1",
      turnId,
      toolCallId,
      output: { theme: "dark" },
    });
    const { text: after } = await client.turn(turnId);
    assert.match(after, /The page's tool gave:[\s\S]*"theme":"dark"/);
    await command.stop();
  });

  test("a restart remembers, --fresh forgets", async () => {
    const STATE_FOLDER = newFolder();
    const first = new Command([], { STATE_FOLDER });
    const client = await first.connect();
    const { visitorToken } = await client.hello();
    await client.answer("c1", "/help");
    await first.stop();
    const remembered = async (args: string[]) => {
      const command = new Command(args, { STATE_FOLDER });
      const back = await command.connect();
      const ready = await back.hello({ visitorToken, conversationId: "c1" });
      await command.stop();
      return ready.conversationId;
    };
    assert.equal(await remembered([]), "c1");
    // What somebody else put there stays.
    writeFileSync(join(STATE_FOLDER, "notes.txt"), "mine");
    assert.equal(await remembered(["--fresh"]), undefined);
    assert.ok(existsSync(join(STATE_FOLDER, "notes.txt")));
  });

  test("--verbose shows frames", async () => {
    const command = new Command(["--verbose"]);
    const client = await command.connect();
    client.send({ type: "ping" });
    await command.printed(/→ +\S+ \{"type":"ping"\}/);
    await command.printed(/← +\S+ \{"type":"pong"\}/);
    await command.stop();
  });

  test("an endpoint in the environment is used, and none is started", async () => {
    const bedrock = await startBedrockEndpoint({
      model: createConversationModel(),
    });
    const command = new Command([], {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
      BEDROCK_MODEL_ID: "some.model-v1:0",
    });
    await command.printed(
      new RegExp(`Model +some.model-v1:0 at ${bedrock.url}`),
    );
    const client = await command.connect();
    await client.hello();
    const { text } = await client.answer("c1", "Hello?");
    assert.match(text, /You said so far: Hello\?/);
    assert.equal(bedrock.calls[0]!.modelId, "some.model-v1:0");
    assert.deepEqual(userTexts(bedrock.calls[0]!.body!), ["Hello?"]);
    await command.stop();
    await bedrock.close();
  });

  test("--model-url puts another server behind the chat", async () => {
    const asked = Promise.withResolvers<{ path: string; body: string }>();
    const server = createHttpServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        asked.resolve({ path: request.url!, body });
        response.writeHead(200, { "content-type": "text/event-stream" });
        for (const content of ["From ", "afar."]) {
          const chunk = { choices: [{ index: 0, delta: { content } }] };
          response.write(`data: ${JSON.stringify(chunk)}\n\n`);
        }
        const end = { choices: [{ delta: {}, finish_reason: "stop" }] };
        response.end(`data: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n`);
      });
    });
    const { url, close } = await listen(server);
    const command = new Command([
      ...["--model-url", `${url}/v1`, "--model-name", "llama3.2"],
    ]);
    await command.printed(new RegExp(`Model +llama3.2 at ${url}/v1`));
    const client = await command.connect();
    await client.hello();
    const { text } = await client.answer("c1", "Hello?");
    assert.equal(text, "From afar.");
    const { path, body } = await asked.promise;
    assert.equal(path, "/v1/chat/completions");
    assert.match(body, /"model":"llama3\.2".*Hello\?/s);
    await command.stop();
    await close();
  });

  test("--bedrock takes the user's credentials and no others", async () => {
    const authorization = Promise.withResolvers<string>();
    const bedrock = await startDualServer((request, response) => {
      authorization.resolve(String(request.headers.authorization));
      response.statusCode = 403;
      response.setHeader("x-amzn-errortype", "AccessDeniedException");
      response.setHeader("content-type", "application/json");
      response.end('{"message":"no"}');
    });
    const command = new Command(["--bedrock"], {
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "AKIAUSER",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `http://127.0.0.1:${bedrock.port}`,
    });
    await command.printed(/Model +Amazon Bedrock, \S+ \(your AWS account/);
    const client = await command.connect();
    await client.hello();
    const { end } = await client.answer("c1", "Hello?");
    assert.equal(end.type, "error");
    assert.match(
      await authorization.promise,
      /Credential=AKIAUSER\/\d{8}\/eu-central-1\/bedrock\/aws4_request/,
    );
    await command.stop();
    await bedrock.close();
  });
});
